"""The inputs that workers compute with: development rows preprocessed in every way that is asked for, shared once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.candidate import Preprocessing
from experiments.data.prepare import StudyData, fitted_on, preprocessed_folds
from experiments.data.preprocessing import Preprocessor
from experiments.data.splits import DevelopmentSet
from experiments.search.shared_data import DataReference, write_folds
from experiments.space import Space
from nnet.batches import FoldData


def share_folds(space: Space, data: StudyData, folder: Path) -> dict[Preprocessing, DataReference]:
    """The folds by every preprocessing that a trial may ask for.

    Raises:
        SpecError: the inputs are too many for a network of the space; the message names the key.
    """
    references = {}
    for number, preprocessing in enumerate(space.preprocessings):
        folds = preprocessed_folds(data.development, data.folds, preprocessing)
        space.check(max(fold.x.shape[1] for fold in folds), data.target)
        references[preprocessing] = write_folds(folder / str(number), folds, data.target)
    return references


def share_everything(
    development: DevelopmentSet, preprocessing: Preprocessing, folder: Path
) -> tuple[Preprocessor, DataReference]:
    """All development rows to learn from and none to validate on, and what was learnt from them."""
    rows = np.arange(len(development.y))
    fitted = fitted_on(development, rows, preprocessing)
    x = fitted.transform(development.features)
    fold = FoldData(x, development.y, rows, np.empty(0, np.intp), development.table.weights)
    return fitted, write_folds(folder, [fold], development.target)
