"""A table: rows as a source gives them, before a target is judged, split or encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.data.cells import SourceCells

if TYPE_CHECKING:
    import pandas as pd
from dataclasses import replace

from experiments.data.raw_table import listed, shown
from experiments.errors import DataError

Kind = Literal["number", "category", "pixel"]
LARGEST = 1e100  # of a number, so that a variance is finite


@dataclass(frozen=True)
class Table:
    """What a source gives; its arrays are read-only.

    features:    (N, d): an array when every column is a number or a pixel (float64 or uint8, no NaN), else a DataFrame
                 whose number columns are float64 (NaN: missing) and whose category columns are strings (None: missing).
    kinds:       of each column.
    columns:     names, each once; "0" to "d-1" where the source has none.
    target:      (N,) as it came: int64 labels, float64 numbers or strings; none is missing.
    target_name: how the source calls it.
    classes:     names, where the source says that the target is classes (then target holds indices into them); None
                 where that is to be told from its values.
    pixel_range: the largest value a pixel can have; None where features are not pixels.
    own_test:    how many rows at the end are the source's own test part; 0 where it has none.
    groups:      (N,) rows of one group must not be parted; None where every row stands alone.
    time:        (N,) what orders the rows: int64, float64 or datetime64.
    weights:     (N,) how much each row counts.
    picture:     (height, width), and 3 for colour, of the picture that a row's pixels are; None where they are none.
    numbers:     (N,) which row of the source each is, from 0; None where all of them are here, in order.
    cells:       cells of every row as they stand in the source, all columns; None where these are not kept.
    """

    name: str
    features: NDArray[Any] | pd.DataFrame
    kinds: tuple[Kind, ...]
    columns: tuple[str, ...]
    target: NDArray[Any]
    target_name: str
    classes: tuple[str, ...] | None
    pixel_range: float | None = None
    own_test: int = 0
    groups: NDArray[Any] | None = None
    time: NDArray[Any] | None = None
    weights: NDArray[np.float64] | None = None
    picture: tuple[int, ...] | None = None
    numbers: NDArray[np.intp] | None = None
    cells: SourceCells | None = None

    def __post_init__(self) -> None:
        for array in (self.features, self.target, self.groups, self.time, self.weights, self.numbers):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    def source_cells(self) -> SourceCells:
        """Return the cells of every row in the source: features and target, where nothing else is kept."""
        return SourceCells.of(self.features, self.target) if self.cells is None else self.cells


def picture_of(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The picture that bytes of this shape are: grey (height, width), or in colour (height, width, 3); else None.

    >>> picture_of((28, 28)), picture_of((28, 28, 1)), picture_of((32, 32, 3)), picture_of((3, 32, 32))
    ((28, 28), (28, 28), (32, 32, 3), None)
    """
    if len(shape) == 3 and shape[2] == 1:
        return shape[:2]
    return shape if len(shape) == 2 or (len(shape) == 3 and shape[2] == 3) else None


def appended(table: Table, test: Table) -> Table:
    """A table with another's rows as its own test part.

    Raises:
        DataError: their targets or widths are not of one kind.
    """
    classes = table.classes
    if classes is not None and test.classes is not None and classes != test.classes:
        strange = sorted(set(test.classes) - set(classes))
        if strange:
            raise DataError(f"data.test: has classes that {table.name} has not: {listed(strange)}.")
        test = replace(test, target=np.array([classes.index(one) for one in test.classes])[test.target])
    one_kind = (table.classes is None) == (test.classes is None)
    if not one_kind or (table.target.dtype.kind == "U") != (test.target.dtype.kind == "U"):
        raise DataError(
            f"data.test: target {shown(table.target_name)} is of another type in one file than in the other."
        )
    if table.time is not None and (table.time.dtype.kind == "M") != (np.asarray(test.time).dtype.kind == "M"):
        raise DataError("data.test: data.time holds dates in one file and numbers in the other.")
    if table.features.shape[1] != test.features.shape[1] or table.kinds != test.kinds:
        raise DataError(
            f"data.test: its rows must have the {table.features.shape[1]} features of {table.name}, of the same kinds, "
            f"but have {test.features.shape[1]}."
        )
    optional: dict[str, Any] = {
        key: None if (own := getattr(table, key)) is None else np.concatenate([own, getattr(test, key)])
        for key in ("groups", "time", "weights")
    }
    features: Any
    if isinstance(table.features, np.ndarray) and isinstance(test.features, np.ndarray):
        features = np.concatenate([table.features, test.features])
    else:
        import pandas as pd

        frames = [pd.DataFrame(one.features, columns=list(one.columns)) for one in (table, test)]
        features = pd.concat(frames, ignore_index=True)
    return replace(
        table,
        features=features,
        target=np.concatenate([table.target, test.target]),
        own_test=len(test.target),
        cells=table.source_cells().followed_by(test.source_cells()),
        **optional,
    )
