"""The development rows of studies that are compared, and whether two studies have the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.prepare import StudyData
from experiments.data.table import Table
from experiments.errors import ExperimentError, SpecError
from experiments.evaluation.validation_rows import ValidationRows, load_validation_rows, numbers_of, validation_rows
from experiments.search.out_of_fold import are_outputs
from experiments.study.compared import ReadStudy, source_of
from experiments.study.find_data import data_again, spec_again
from experiments.study.folder import StudyFolder


@dataclass(frozen=True)
class KnownRows:
    """The rows of a study's out-of-fold predictions.

    validated: their truths, folds and units.
    numbers:   (P,) number of each in the data, from 0.
    target:    the study's target.
    source:    all rows of the source, and the study's data; None where they are not at hand.
    """

    validated: ValidationRows
    numbers: NDArray[np.integer[Any]]
    target: Target
    source: tuple[Table, StudyData] | None = None

    def are_predicted_by(self, content: bytes) -> bool:
        """Tell whether a trial's out-of-fold outputs are such of these rows."""
        return are_outputs(content, len(self.validated.y), self.target)

    @cached_property
    def cells(self) -> tuple[bytes, ...] | None:
        """Return the hash of each row of the source in all its columns; None where the data is not at hand."""
        return None if self.source is None else self.source[0].source_cells().hashes()


Rows = Mapping[int, KnownRows | str]  # by position of a study: its rows, or the reason why they are not known


def rows_of(studies: Sequence[ReadStudy], data: str | None) -> Rows:
    """Find the rows of the studies that may have rows in common: those with the same folds.

    Args:
        data: the file or folder where the data is now, for the studies of a file of that name.

    Raises:
        SpecError: no study has data of that name.
    """
    if data is not None and not any(_is_of(study, data) for study in studies):
        names = ", ".join(sorted({source_of(study) for study in studies}))
        raise SpecError(f"--data: must be named as the data of a study ({names}), but got {data!r}.")
    folds = [study.rows[1] for study in studies]
    known: dict[int, KnownRows | str] = {}
    loaded: dict[tuple[Any, ...], KnownRows] = {}
    for at, study in enumerate(studies):
        if study.recorded is not None and folds.count(study.rows[1]) > 1:
            key = (*study.rows, study.recorded.result.data.classes, study.setting("data", "target_transform"))
            found = loaded.get(key) or _rows_of(study, data if data is not None and _is_of(study, data) else None)
            known[at] = found
            if not isinstance(found, str) and found.source is not None:
                loaded[key] = found
    return known


def same_rows(studies: Sequence[ReadStudy], rows: Rows, first: int, second: int) -> bool:
    """Tell whether two studies have the same rows in the same folds, whatever columns of them they use."""
    one, other = studies[first].rows, studies[second].rows
    if one == other:
        return True
    if one[1] != other[1]:
        return False
    found = [known.cells for at in (first, second) if isinstance(known := rows.get(at), KnownRows)]
    return len(found) == 2 and found[0] is not None and found[0] == found[1]


def same_truths(rows: Rows, first: int, second: int) -> bool:
    """Tell whether two studies with the same rows predict the same target."""
    one, other = rows.get(first), rows.get(second)
    if not isinstance(one, KnownRows) or not isinstance(other, KnownRows):
        return False
    return one.target.classes == other.target.classes and np.array_equal(one.validated.y, other.validated.y)


def _rows_of(study: ReadStudy, data: str | None) -> KnownRows | str:
    """Load the rows from the data, or from the file in the study's folder."""
    assert study.recorded is not None
    result = study.recorded.result
    folds = result.split.folds_fingerprint
    try:
        source = data_again(spec_again(study.recorded, data), study.recorded)
    except ExperimentError as error:
        why = str(error)
    else:
        development, made = source[1].development, source[1].folds
        if made.fingerprint == folds:
            validated = validation_rows(development, made)
            return KnownRows(validated, numbers_of(development, validated.rows), development.target, source)
        why = "this version of the program makes other folds"
    try:
        validated, numbers = load_validation_rows(StudyFolder(study.folder).validated, folds)
    except ExperimentError:
        return why
    log = study.setting("data", "target_transform") is not None
    return KnownRows(validated, numbers, Target(result.data.classes, log))


def _is_of(study: ReadStudy, data: str) -> bool:
    return PurePath(data).name == PurePath(source_of(study)).name
