"""The rows of a trial's out-of-fold predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Targets

if TYPE_CHECKING:  # workers load no pydantic
    from experiments.data.splits import DevelopmentSet, Folds


@dataclass(frozen=True)
class ValidationRows:
    """The rows of P out-of-fold predictions, fold after fold; the same for every trial of a study.

    rows:  (P,) development row of each prediction.
    folds: (P,) fold whose validation rows it is among.
    y:     (P,) its truth.
    units: (P,) number of the unit that is drawn as a whole, in [0, U): the row, or its group.
    """

    rows: NDArray[np.intp]
    folds: NDArray[np.intp]
    y: Targets
    units: NDArray[np.intp]


def validation_rows(development: DevelopmentSet, folds: Folds) -> ValidationRows:
    """List the rows that every trial of the study predicts out of fold."""
    parts = [validation for _, validation in folds.pairs]
    rows, groups = np.concatenate(parts), development.table.groups
    _, units = np.unique(rows if groups is None else groups[rows], return_inverse=True)
    fold_of_row = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return ValidationRows(rows, fold_of_row, development.y[rows], units)
