"""The workers' inputs: development rows by every preprocessing that the study asks for, shared once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.data.prepare import StudyData, fitted_on, preprocessed_folds
from experiments.data.preprocessing import Preprocessor
from experiments.data.splits import DevelopmentSet
from experiments.search.executors.shared_data import DataReference, Share, share_folds
from nnet.batches import FoldData

Inputs = Mapping[Preprocessing, DataReference]


def share_inputs(space: Space, data: StudyData, share: Share) -> Inputs:
    """Share the folds by every preprocessing that a trial may ask for.

    Raises:
        SpecError: the inputs are too many for a network of the space; the message names the key.
    """
    references = {}
    for preprocessing in space.preprocessings:
        folds = preprocessed_folds(data.development, data.folds, preprocessing)
        space.check(max(fold.x.shape[1] for fold in folds), data.target)
        references[preprocessing] = share_folds(folds, data.target, share)
    return references


def share_everything(
    development: DevelopmentSet, preprocessing: Preprocessing, share: Share
) -> tuple[Preprocessor, DataReference]:
    """Share all development rows as a fold without validation rows, and return the preprocessor fitted on them."""
    rows = np.arange(len(development.y))
    fitted = fitted_on(development, rows, preprocessing)
    x = fitted.transform(development.features)
    fold = FoldData(x, development.y, rows, np.empty(0, np.intp), development.table.weights)
    return fitted, share_folds([fold], development.target, share)
