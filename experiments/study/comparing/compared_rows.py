"""The development rows of studies that are compared, and whether two studies have the same ones."""

from __future__ import annotations

from collections.abc import Sequence
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
from experiments.study.comparing.compared import ReadStudy, source_of
from experiments.study.folders.find_data import data_again, spec_again
from experiments.study.folders.folder import StudyFolder


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


@dataclass(frozen=True)
class Side:
    """A study of a comparison.

    rows: its rows, or the reason why they are not known; None before its end, and where no other has its folds.
    """

    study: ReadStudy
    rows: KnownRows | str | None

    @property
    def known(self) -> KnownRows | None:
        """Return its rows; None where they are not known."""
        return self.rows if isinstance(self.rows, KnownRows) else None


def sides_of(studies: Sequence[ReadStudy], data: str | None) -> list[Side]:
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
    sides, loaded = list[Side](), dict[tuple[Any, ...], KnownRows]()
    for study in studies:
        found: KnownRows | str | None = None
        if study.recorded is not None and folds.count(study.rows[1]) > 1:
            key = (*study.rows, study.recorded.result.data.classes, study.setting("data", "target_transform"))
            found = loaded.get(key) or _rows_of(study, data if data is not None and _is_of(study, data) else None)
            if not isinstance(found, str) and found.source is not None:
                loaded[key] = found
        sides.append(Side(study, found))
    return sides


def same_rows(one: Side, other: Side) -> bool:
    """Tell whether two studies have the same rows in the same folds, whatever columns of them they use."""
    ours, theirs = one.study.rows, other.study.rows
    if ours == theirs or ours[1] != theirs[1] or one.known is None or other.known is None:
        return ours == theirs
    return one.known.cells is not None and one.known.cells == other.known.cells


def same_truths(one: Side, other: Side) -> bool:
    """Tell whether two studies with the same rows predict the same target."""
    if one.known is None or other.known is None:
        return False
    same_classes = one.known.target.classes == other.known.target.classes
    return same_classes and np.array_equal(one.known.validated.y, other.known.validated.y)


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
    target = Target(result.data.classes, log=study.setting("data", "target_transform") is not None)
    try:
        return KnownRows(*load_validation_rows(StudyFolder(study.folder).validated, folds, target), target)
    except ExperimentError:
        return why


def _is_of(study: ReadStudy, data: str) -> bool:
    return PurePath(data).name == PurePath(source_of(study)).name
