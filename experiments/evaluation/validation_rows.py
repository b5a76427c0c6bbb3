"""The rows of a trial's out-of-fold predictions."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.config.regular_file import check_regular
from experiments.errors import StudyStateError
from nnet.arrays import Array, Rows, Targets
from nnet.errors import SavingError
from nnet.npz import content_of, members_of, npz

if TYPE_CHECKING:  # workers load no pydantic
    from experiments.config.target import Target
    from experiments.data.splits.folds import Folds
    from experiments.data.splits.split import DevelopmentSet


@dataclass(frozen=True)
class ValidationRows:
    """The rows of P out-of-fold predictions, fold after fold; the same for every trial of a study.

    rows:  (P,) development row of each prediction.
    folds: (P,) fold whose validation rows it is among.
    y:     (P,) its truth.
    units: (P,) number of the unit that is drawn as a whole, in [0, U): the row, its group, or its copies.
    """

    rows: Rows
    folds: NDArray[np.intp]
    y: Targets
    units: NDArray[np.intp]

    def largest(self, values: Array, among: NDArray[np.bool_], most: int) -> list[int]:
        """Return positions of the largest values (P,) among some predictions, each row once; of equals the first row.

        >>> zeros = np.zeros(4, np.intp)
        >>> rows = ValidationRows(np.array([4, 7, 7, 1]), zeros, zeros, zeros)
        >>> rows.largest(np.array([0.5, 3.0, 2.0, 3.0]), np.ones(4, bool), most=9)
        [3, 1, 0]
        """
        order = np.lexsort((self.rows, -values))
        order = order[among[order]]
        _, first = np.unique(self.rows[order], return_index=True)
        positions: list[int] = order[np.sort(first)[:most]].tolist()
        return positions


def validation_rows(development: DevelopmentSet, folds: Folds) -> ValidationRows:
    """List the rows that every trial of the study predicts out of fold."""
    from experiments.data.splits.copies import groups_of

    parts = [validation for _, validation in folds.pairs]
    rows, groups = np.concatenate(parts), groups_of(development.table)
    _, units = np.unique(rows if groups is None else groups[rows], return_inverse=True)
    fold_of_row = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return ValidationRows(rows, fold_of_row, development.y[rows], units)


def numbers_of(development: DevelopmentSet, rows: Rows) -> Rows:
    """Return the number in the data, from 0, of each development row."""
    return development.table.positions[rows]


def validation_file(development: DevelopmentSet, folds: Folds) -> bytes:
    """Return an .npz file of the rows, by which outputs are scored without the data: the same rows, the same bytes."""
    validated = validation_rows(development, folds)
    arrays = {name: getattr(validated, name) for name in ("rows", "folds", "y", "units")}
    fingerprint = np.frombuffer(bytes.fromhex(folds.fingerprint), np.uint8)
    return npz({**arrays, "numbers": numbers_of(development, validated.rows), "fingerprint": fingerprint})


def load_validation_rows(path: Path, folds: str, target: Target) -> tuple[ValidationRows, NDArray[np.intp]]:
    """Read the file of `validation_file`; return the rows and their numbers in the data.

    Args:
        folds: fingerprint of the folds.

    Raises:
        StudyStateError: there is no such file, or it is damaged or of other folds or another target.
    """
    try:
        check_regular(path)
        with zipfile.ZipFile(path) as archive:
            members = members_of(path, archive, path.stat().st_size)
            arrays = {name: content_of(archive, member) for name, member in members.items()}
        fingerprint = arrays.pop("fingerprint").tobytes().hex()
        numbers, validated = arrays.pop("numbers"), ValidationRows(**arrays)
    except (OSError, zipfile.BadZipFile, zlib.error, SavingError, KeyError, TypeError):
        raise StudyStateError(f"{path}: the file of the rows is not there, was damaged or is another file.") from None
    if fingerprint != folds or not _are_of(target, validated, numbers):
        raise StudyStateError(f"{path}: is of other rows or folds than the study.")
    return validated, numbers


def _are_of(target: Target, validated: ValidationRows, numbers: NDArray[np.intp]) -> bool:
    """Tell whether arrays of a file can be rows with truths of a target."""
    y, places = validated.y, [validated.rows, validated.folds, validated.units, numbers]
    if not y.size or any(one.shape != (y.size,) for one in (y, *places)):
        return False
    if not all(one.dtype.kind == "i" and one.min() >= 0 for one in places) or validated.units.max() >= y.size:
        return False
    if target.classes:
        return y.dtype.kind == "i" and y.min() >= 0 and y.max() < len(target.classes)
    return y.dtype.kind in "if" and bool(np.isfinite(y).all())
