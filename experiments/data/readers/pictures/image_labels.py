"""A table beside the pictures that names each of them and its class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.config.data_options import DataSection, Decided
from experiments.config.folder_tables import tables_in
from experiments.data.columns.column_roles import check_named, named_column
from experiments.data.columns.target_type import MOST_CLASSES
from experiments.data.formats.column_types import cleaned, is_text, lenient_numbers, texts, words_in
from experiments.data.parts import part_of, rows_of_parts
from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.pictures.image_folder import PictureFolder
from experiments.data.readers.pictures.image_layout import in_test_part
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError
from nnet.near import composed

MOST_TABLES = 20  # of a folder that are looked at
Names = Mapping[str, Path | None]  # name of a picture in a table -> the picture; None where several have it

HEAD = 1000  # first cells of a column, of which one must name a picture
SAMPLES = ("sample", "submission")  # in the name of a table whose classes are made up


@dataclass(frozen=True)
class PictureLabels:
    """Classes and groups of pictures that lie in no class folders.

    origin:   where the classes stand, as in "the column 'breed' of labels.csv".
    target:   name of the target.
    classes:  picture -> its class.
    table:    the file name of the table that names the pictures; empty without one.
    groups:   picture -> its group; empty without data.groups.
    unknown:  number of rows that name no picture.
    several:  number of pictures that have no class because rows give them different ones.
    keys:     the keys of [data] with which nothing is left to decide.
    parts:    a column of the table that divides the pictures into parts, which is not used; empty without one.
    """

    origin: str
    target: str
    classes: Mapping[Path, str]
    table: str = ""
    groups: Mapping[Path, str] = field(default_factory=dict)
    unknown: int = 0
    several: int = 0
    keys: Decided = field(default_factory=dict)
    parts: str = ""


@dataclass(frozen=True)
class _NamingTable:
    """A table, its column that names pictures, and the picture that each row names; None where it names none."""

    raw: RawTable
    column: str
    pictures: Sequence[Path | None]


def find_labels(found: PictureFolder, data: DataSection) -> PictureLabels | None:
    """Read the one table of a folder that names its pictures; None where there is none.

    A picture is named by its path below the folder, or by the end of it, with the file's ending or without. The classes
    are in data.target, or in the only other column. The table is no longer among the folder's other files.

    Raises:
        DataError: several tables name the pictures, the column of the classes must be named, or it holds numbers.
    """
    if (table := _naming_table(found)) is None:
        return None
    labels = _read(table, data)
    found.others = [name for name in found.others if name != labels.table]
    return labels


def find_groups(found: PictureFolder, data: DataSection, pictures: Iterable[Path]) -> dict[Path, str]:
    """Read the group of each picture, where folders are the classes; the table is no longer among the other files.

    Raises:
        DataError: no table names the pictures, it has no such column, or it lacks the group of a picture.
    """
    if (table := _naming_table(found)) is None:
        raise DataError(
            f"data.groups: no table in {found.root} names its pictures, one in each row; put it there, or remove it."
        )
    check_named(table.raw, data)
    groups = _groups(table, data, pictures)
    found.others = [name for name in found.others if name != Path(table.raw.where).name]
    return groups


def _naming_table(found: PictureFolder) -> _NamingTable | None:
    """Find the one table of a folder that names its pictures.

    Raises:
        DataError: there are several.
    """
    names = _names(found)
    tables = [table for raw in _tables(found.root, names) if (table := _as_naming(raw, names)) is not None]
    if len(tables) > 1:
        several = listed([Path(one.raw.where).name for one in tables])
        raise DataError(f"{found.root}: one table may name the pictures, but {several} do; move the others elsewhere.")
    return tables[0] if tables else None


def _tables(folder: Path, names: Names) -> Iterator[RawTable]:
    """Yield the tables of a folder that can be read; those of a test part or a sample only if there are no others."""
    paths = tables_in(folder)[:MOST_TABLES]
    for path in [path for path in paths if not _is_of_others(path.stem)] or paths:
        try:
            raw = read_table(path, FileKeys())
            if any(_named(name, names) for name in raw.columns):  # the first line names a picture, too
                raw = read_table(path, FileKeys(header=False))
        except (DataError, OSError):
            continue
        if raw.rows:
            yield raw


def _is_of_others(stem: str) -> bool:
    return part_of(stem) == "test" or any(word in stem.casefold() for word in SAMPLES)


def _names(found: PictureFolder) -> Names:
    """Return the names by which a table may name pictures.

    A name that pictures to learn from and of a test part have is theirs to learn from, as where a table's 1.png is
    train/1.png beside test/1.png. Letters are composed, as tables have them: a Mac names files by e and an accent.
    """
    ours: dict[str, Path | None] = {}
    tests: dict[str, Path | None] = {}
    for one in found.pictures:
        names, path = tests if in_test_part(one) else ours, PurePosixPath(*map(composed, one.order))
        ends = ["/".join(path.parts[at:]) for at in range(len(path.parts))]
        for name in {*ends, *(end.removesuffix(path.suffix) for end in ends)}:
            names[name] = None if name in names else one.path
    return tests | ours


def _pictures(raw: RawTable, column: str, names: Names) -> list[Path | None]:
    """Return the picture that each cell of a column names; None where it names none."""
    try:
        cells = texts(cleaned(raw, [column]), column).to_pylist()
    except DataError:
        return [None] * raw.rows
    return [_named(cell or "", names) for cell in cells]


def _named(cell: str, names: Names) -> Path | None:
    """Return the picture that a cell names; the path from another computer ends alike."""
    path = PurePosixPath(composed(cell).replace("\\", "/"))
    ends = ("/".join(path.parts[at:]) for at in range(len(path.parts)))
    return next((one for end in ends if (one := names.get(end)) is not None), None)


def _as_naming(raw: RawTable, names: Names) -> _NamingTable | None:
    """Take the column that names the most pictures, if these are more than half of the rows or of the pictures."""
    head = replace(raw, columns={name: column.slice(0, HEAD) for name, column in raw.columns.items()})
    named = {name: _pictures(raw, name, names) for name in raw.columns if any(_pictures(head, name, names))}
    if not named:
        return None
    numbers = {name: len({*pictures} - {None}) for name, pictures in named.items()}
    best = max(numbers, key=lambda name: numbers[name])
    every = len({path for path in names.values() if path is not None})
    return _NamingTable(raw, best, named[best]) if 2 * numbers[best] > min(raw.rows, every) else None


def _read(table: _NamingTable, data: DataSection) -> PictureLabels:
    """Read the classes and the groups of a table."""
    check_named(table.raw, data)
    target, keys = _target(table.raw, table.column, data)
    raw = cleaned(table.raw, [target])
    _refuse_numbers(raw, target, data)
    classes, several = _of_pictures(raw, target, table.pictures)
    groups = {} if data.groups is None else _groups(table, data, classes)
    name, unknown = Path(raw.where).name, sum(one is None for one in table.pictures)
    origin = f"the column {shown(target)} of {name}"
    parts = next((one for one, column in table.raw.columns.items() if one != target and _divides(column)), "")
    return PictureLabels(origin, target, classes, name, groups, unknown, several, keys, parts)


def _divides(column: pa.ChunkedArray) -> bool:
    """Return whether a column says of which part each picture is."""
    return is_text(column.type) and bool(rows_of_parts(column.to_pylist()))


def _groups(table: _NamingTable, data: DataSection, pictures: Iterable[Path]) -> dict[Path, str]:
    """Return picture -> its group.

    Raises:
        DataError: a picture has none, or several.
    """
    column = named_column(table.raw, data.groups or "") or ""
    groups, _ = _of_pictures(cleaned(table.raw, [column]), column, table.pictures)
    if lacking := [path for path in pictures if path not in groups]:
        raise DataError(
            f"{table.raw.at(column)} must name one group for each picture, but {lacking[0].name!r} has none or several "
            f"({len(lacking)} such pictures); correct it."
        )
    return groups


def _target(raw: RawTable, column: str, data: DataSection) -> tuple[str, Decided]:
    """Return the column of the classes, and the key that names it if it was not given."""
    if data.target is not None:
        if (target := named_column(raw, data.target) or "") == column:
            raise DataError(f"data.target: {shown(target)} names the pictures in {raw.where}; name the classes.")
        return target, {}
    others = [name for name in raw.columns if name not in (column, named_column(raw, data.groups or ""))]
    if len(others) != 1:
        raise DataError(
            f"data.target: name the column of the classes; beside the pictures, {raw.where} has "
            f"{listed(others) or 'no other column'}."
        )
    return others[0], {"target": others[0]}


def _refuse_numbers(raw: RawTable, target: str, data: DataSection) -> None:
    """Refuse a column of numbers that are no classes."""
    column = raw.columns[target]
    if data.task == "classification" or (is_text(column.type) and pc.any(words_in(column)).as_py()):
        return
    numbers, *_ = lenient_numbers(raw, target)
    different = np.unique(numbers[np.isfinite(numbers)])
    if len(different) > MOST_CLASSES or (different % 1).any():
        raise DataError(
            f"{raw.at(target)} holds numbers, but the pictures of a folder are told apart by class; to predict a "
            "number, save X, the pictures, and y in an .npz; if these are classes, data.task = classification."
        )


def _of_pictures(raw: RawTable, name: str, pictures: Iterable[Path | None]) -> tuple[dict[Path, str], int]:
    """Return picture -> its cell in a column, where that is not missing, and how many are left out with several."""
    cells: dict[Path, set[str]] = {}
    for path, cell in zip(pictures, texts(raw, name).to_pylist(), strict=True):
        if path is not None and cell is not None:
            cells.setdefault(path, set()).add(cell)
    one = {path: next(iter(found)) for path, found in cells.items() if len(found) == 1}
    return one, len(cells) - len(one)
