"""The workers' inputs: development rows by every preprocessing that the study asks for, shared once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.data.inputs.preprocessing import Preprocessor
from experiments.data.prepare import StudyData, fitted_folds, fitted_on, preprocessed_folds
from experiments.data.splits.split import DevelopmentSet
from experiments.search.executors.shared_data import DataReference, Share, share_folds
from nnet.batches import FoldData

Inputs = Mapping[Preprocessing, DataReference]


def share_inputs(space: Space, data: StudyData, share: Share) -> Inputs:
    """Share the folds by every preprocessing that a trial may ask for. All are checked before the first is computed.

    Raises:
        ExperimentError: the inputs are too many for a network of the space, or to be computed; the message names the
                         key.
    """
    fitted = {one: fitted_folds(data.development, data.folds, one) for one in space.preprocessings}
    for of_folds in fitted.values():
        space.check(max(of_fold.width for of_fold in of_folds), data.target)
        for of_fold in of_folds:
            of_fold.check(len(data.development.y))
    return {
        one: share_folds(preprocessed_folds(data.development, data.folds, one, of_folds), data.target, share)
        for one, of_folds in fitted.items()
    }


def share_everything(
    development: DevelopmentSet, preprocessing: Preprocessing, share: Share
) -> tuple[Preprocessor, DataReference]:
    """Share all development rows as a fold without validation rows, and return the preprocessor fitted on them."""
    rows = np.arange(len(development.y))
    fitted = fitted_on(development, rows, preprocessing)
    x = fitted.transform(development.features)
    fold = FoldData(x, development.y, rows, np.empty(0, np.intp), development.table.weights)
    return fitted, share_folds([fold], development.target, share)
