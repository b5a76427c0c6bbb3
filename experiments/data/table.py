"""A table: the rows of a source, before the target is interpreted and before any split or encoding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from experiments.data.features import Features, column_values
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.equal_rows import EqualRows
from experiments.data.raw_table import listed, shown
from experiments.errors import DataError
from nnet.arrays import Rows

if TYPE_CHECKING:
    from experiments.config.data_options import Decided

Kind = Literal["number", "category", "pixel", "date"]
ColumnReason = Literal[
    "counts_rows", "identifies_rows", "mixed_numbers", "free_text", "dates", "empty", "constant", "no_values", "index"
]
REASONS: dict[ColumnReason, str] = {
    "counts_rows": "counts the rows",
    "identifies_rows": "differs in nearly every row",
    "mixed_numbers": "numbers and other cells that differ in nearly every row",
    "free_text": "long texts",
    "dates": "dates",
    "empty": "empty",
    "constant": "always the same",
    "no_values": "no single values",
    "index": "the index of its DataFrame",
}
LARGEST = 1e100  # largest number, so that a variance is finite
WHITE = 255.0  # largest value of a pixel of a byte


@dataclass(frozen=True)
class LeftOut:
    """A column that is no feature, and the reason.

    detail: the reason in words, where it names a cell; empty where its code says all.
    """

    name: str
    reason: ColumnReason
    detail: str = ""

    @property
    def why(self) -> str:
        """Return the reason in words."""
        return self.detail or REASONS[self.reason]


@dataclass(frozen=True)
class TableReading:
    """The reading of a table.

    columns:   name and kind of each feature, in the order of the file.
    formats:   name of a column -> format of its numbers or dates, where they are not written plainly.
    left_out:  the columns that have no role and are no features.
    missing:   words among numbers that are read as missing numbers, though nobody named them.
    named_missing: words that the study file names as missing numbers.
    keys:      the keys of [data] with which nothing is left to decide.
    no_target: number of rows that were left out because they have no target.
    dropped:   class that data.drop_classes leaves out -> number of its rows.
    target_words: words that stand for a missing target in those rows.
    notes:     lines about how the file was read.
    unnamed:   names of columns without a name in the file, which are their positions.
    texts:     whether a program gave the target as texts, also where these are numbers.
    coded:     whether a program gave the target as categories that are numbers.
    unread:    number of cells that are missing because they do not fit their column.
    zoned:     the columns of dates whose times have a zone.
    large:     number of cells that are missing because they are infinite or enormous.
    """

    columns: tuple[tuple[str, Kind], ...]
    formats: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[str, ...] = ()
    named_missing: tuple[str, ...] = ()
    keys: Decided = field(default_factory=dict)
    no_target: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    target_words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unnamed: frozenset[str] = frozenset()
    texts: bool = False
    coded: bool = False
    zoned: tuple[str, ...] = ()
    unread: int = field(default=0, compare=False)
    large: int = field(default=0, compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """Return all words among numbers that are missing numbers."""
        return (*self.named_missing, *self.missing)

    def explicit(self, dropped: tuple[str, ...], classes: tuple[str, ...]) -> Decided:
        """Return the keys of [data] with which nothing is left to decide; none where all columns are plain numbers.

        Args:
            dropped: names of the columns that the study file drops.
            classes: the target's name, if the study file names it as a category.
        """
        named = {kind: tuple(name for name, other in self.columns if other == kind) for kind in get_args(Kind)}
        if not (self.left_out or self.missing or self.formats or named["category"] or named["date"]):
            return {}
        return {
            "drop": (*dropped, *(one.name for one in self.left_out)),
            "missing": self.words,
            "categories": (*classes, *named["category"]),
            "numbers": named["number"],
            "dates": named["date"],
            "formats": self.formats,
            "keep": (),
        }

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(kind for _, kind in self.columns)


@dataclass(frozen=True)
class Table:
    """The rows of a source; its arrays are read-only.

    features:    (N, d): an array if every column is a number or a pixel (float64 or uint8, no NaN), else a DataFrame
                 whose number columns are float64 (NaN: missing) and whose category columns are strings (None: missing).
                 Dates are float64, too: days since 1970, or parts of a day.
    kinds:       the kind of each column.
    columns:     unique names; "0" to "d-1" for a source without names.
    target:      (N,) int64 labels, float64 numbers or strings; none is missing.
    target_name: the target's name in the source.
    classes:     names, where the source declares classes, and target holds indices into them; None where the task is
                 inferred from the target's values.
    pixel_range: largest value of a pixel; None where features are not pixels.
    own_test:    number of rows at the end that are the source's own test part; 0 without a test part.
    groups:      (N,) group of each row, which no split may divide; None without groups.
    time:        (N,) int64, float64 or datetime64 by which the rows are ordered; None without an order.
    weights:     (N,) weight of each row; None for equal weights.
    picture:     (height, width) or (height, width, 3) of the image in a row; None where the rows are not images.
    numbers:     (N,) position of each row in the source, from 0; None where all rows are here in order.
    files:       (N,) path of each picture below its folder; None where rows are no files.
    reading:     how the columns of a file were read; None where nothing was to be decided.
    spelled:     column as [data] names it -> its name in the source, where the two differ in case or white space.
    cells:       cells of every row as they are in the source, in all columns; None where they are not kept.
    equal:       the rows that are equal in the source; None where they were not compared.
    copies:      (N,) a number for each row, the same for copies, which no split may divide; None where all are free.
    """

    name: str
    features: Features
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
    numbers: Rows | None = None
    files: NDArray[np.object_] | None = None
    cells: SourceCells | None = None
    equal: EqualRows | None = None
    copies: NDArray[np.uint64] | None = None
    reading: TableReading | None = None
    spelled: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.features, self.target, self.groups, self.time, self.weights, self.numbers):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def learned(self) -> int:
        """Return the number of rows but the source's own test part, which follows them."""
        return len(self.target) - self.own_test

    @property
    def positions(self) -> Rows:
        """Return (N,) the position of each row in the source, from 0."""
        return np.arange(len(self.target)) if self.numbers is None else self.numbers

    @property
    def split_key(self) -> Literal["groups", "time"] | None:
        """Return the key of [data] that decides the splits; None where rows are drawn one by one."""
        return "groups" if self.groups is not None else "time" if self.time is not None else None

    def without_features(self) -> Table:
        """Return the rows as a split needs them: with one number, the same in every row, and without their cells."""
        nothing = np.zeros((len(self.target), 1))
        return replace(self, features=nothing, kinds=("number",), columns=("",), cells=None, picture=None)

    def columns_of(self, *kinds: Kind) -> Iterator[tuple[int, str]]:
        """Yield the position and the name of each column of some kinds."""
        for at, (name, kind) in enumerate(zip(self.columns, self.kinds, strict=True)):
            if kind in kinds:
                yield at, name

    def values_of(self, *kinds: Kind) -> Iterator[tuple[str, Kind, NDArray[Any]]]:
        """Yield the name, the kind and the (N,) values of each column of some kinds."""
        for at, name in self.columns_of(*kinds):
            yield name, self.kinds[at], column_values(self.features, at)

    def source_cells(self) -> SourceCells:
        """Return the cells of every row in the source, or the features and target where no cells are kept."""
        return SourceCells.of(self.features, self.target) if self.cells is None else self.cells


def array_columns(x: NDArray[Any], where: str) -> dict[str, Any]:
    """Return the fields of a Table that describe an array of features.

    Bytes with three or more axes are images. Other axes are flattened.

    Args:
        x:     (N, ...) bool, integers or floats, in which NaN is a missing number.
        where: the array's place, for messages.

    Raises:
        DataError: a number is too large.
    """
    is_image = x.dtype == np.uint8 and x.ndim > 2
    wide: NDArray[Any] = np.ascontiguousarray(x.reshape(len(x), -1), np.uint8 if is_image else np.float64)
    names = tuple(map(str, range(wide.shape[1])))
    features: Any = wide
    if not is_image:
        refuse_large(wide, names, where)
        if np.isnan(wide).any():
            import pandas as pd

            features = pd.DataFrame(wide, columns=list(names))
    return {
        "features": features,
        "kinds": ("pixel" if is_image else "number",) * len(names),
        "columns": names,
        "pixel_range": WHITE if is_image else None,
        "picture": picture_of(x.shape[1:]) if is_image else None,
    }


def picture_of(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape of an image: grey (height, width), or in colour (height, width, 3); else None.

    >>> picture_of((28, 28)), picture_of((28, 28, 1)), picture_of((32, 32, 3)), picture_of((3, 32, 32))
    ((28, 28), (28, 28), (32, 32, 3), None)
    """
    if len(shape) == 3 and shape[2] == 1:
        return shape[:2]
    return shape if len(shape) == 2 or (len(shape) == 3 and shape[2] == 3) else None


def refuse_large(values: NDArray[np.float64], names: Sequence[str], where: str) -> None:
    """Refuse numbers that are too large to compute with; NaN is accepted.

    Raises:
        DataError: a number is too large.
    """
    large = np.argwhere(np.abs(values) > LARGEST)
    if len(large):
        row, column = large[0]
        raise DataError(
            f"{where}: a number must be at most {LARGEST:g}, but row {row} (from 0) of column {names[column]!r} has "
            f"{values[row, column]}; correct it."
        )


def appended(table: Table, test: Table, before: int | None = None) -> Table:
    """Append another table's rows as the test part.

    Args:
        before: number of rows in the first table's file, with those that were left out; None: all are in the table; 0:
            both tables are of one file.

    Raises:
        DataError: the target, the time or the features differ in kind.
    """
    if table.classes is not None and test.classes is not None and table.classes != test.classes:
        unknown = sorted(set(test.classes) - set(table.classes))
        if unknown:
            rule = "data: the test rows have classes that the rows to learn from lack"
            raise DataError(f"{rule}: {listed(unknown)}; remove their rows.")
        test = replace(test, target=np.array([table.classes.index(name) for name in test.classes])[test.target])
    if (table.classes is None, table.target.dtype.kind == "U") != (test.classes is None, test.target.dtype.kind == "U"):
        rule = "must have the same type in the test rows as in the others"
        raise DataError(f"data: target {shown(table.target_name)} {rule}; correct it.")
    if table.time is not None and (table.time.dtype.kind == "M") != (np.asarray(test.time).dtype.kind == "M"):
        raise DataError("data.time: the test rows and the others must all have dates, or all numbers; use the same.")
    if table.kinds != test.kinds:
        raise DataError(
            f"data: the test rows must have the {len(table.kinds)} features of {table.name}, of the same kinds, but "
            f"have {len(test.kinds)}."
        )
    joined: dict[str, Any] = {
        key: None if (own := getattr(table, key)) is None else np.concatenate([own, getattr(test, key)])
        for key in ("target", "groups", "time", "weights")
    }
    if isinstance(table.features, np.ndarray) and isinstance(test.features, np.ndarray):
        joined["features"] = np.concatenate([table.features, test.features])
    else:
        import pandas as pd

        frames = [pd.DataFrame(part.features, columns=list(part.columns)) for part in (table, test)]
        joined["features"] = pd.concat(frames, ignore_index=True)
    cells = table.source_cells().followed_by(test.source_cells())
    numbers = None
    if table.numbers is not None or test.numbers is not None:
        numbers = np.concatenate([table.positions, test.positions + (len(table.target) if before is None else before)])
    return replace(table, own_test=len(test.target), cells=cells, numbers=numbers, **joined)
