"""New rows with their target, for a score: read for the model as new rows are, and labelled as the study's rows were.

Rows that cannot be scored are left out and counted: they have no target, or a class that the study leaves out, or no
time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from experiments.config.data_options import DataSection
from experiments.config.readable import count, first_few
from experiments.config.same_column import columns_called
from experiments.config.target import Target
from experiments.data.columns.compared_rows import compared_rows
from experiments.data.columns.dropped_classes import check_dropped, dropped_rows, of_classes, without_classes
from experiments.data.columns.marked_test_rows import without_marks
from experiments.data.columns.reading import taken
from experiments.data.columns.row_roles import read_groups, read_times
from experiments.data.columns.target_column import plain_target, read_target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.formats.column_types import cleaned, is_text, words_in
from experiments.data.identity.cells import SourceCells
from experiments.data.load import load_table
from experiments.data.new_data.cell_notes import CellNotes
from experiments.data.new_data.known_classes import labels_of, names_of
from experiments.data.new_data.new_rows import frame_rows, read_rows
from experiments.data.new_data.row_format import RowFormat
from experiments.data.raw_table import SHOWN, RawTable, listed, shown
from experiments.data.readers.in_memory import Given, given_table, is_of_columns, raw_of_frame
from experiments.data.splits.copies import with_copies, with_equal_rows
from experiments.data.splits.holdout import SealedTestSet
from experiments.data.splits.split import sealed_set
from experiments.data.table import LARGEST, Table
from experiments.data.texts import words_present
from experiments.errors import DataError
from nnet.arrays import Rows

ROWS = 4096  # rows that are read at a time


@dataclass(frozen=True)
class Learnt:
    """A study's knowledge of new rows: the form of its model's rows, its target, and its section [data]."""

    form: RowFormat
    target: Target
    data: DataSection


@dataclass(frozen=True)
class LabelledRows:
    """Rows that can be scored.

    whole:     all rows, in the order of the file.
    rows:      positions of those that are scored.
    no_target: number of rows that were left out because they have no target.
    dropped:   number of rows that were left out because the study leaves out their class.
    no_time:   number of rows that were left out because they have no time.
    ignored:   columns of the file that have no use.
    notes:     lines about how the rows were read.
    """

    whole: LabelledTable
    rows: Rows
    no_target: int = 0
    dropped: int = 0
    no_time: int = 0
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def sealed(self) -> SealedTestSet:
        """Seal the rows, which are then read for a look that the ledger has reserved."""
        return sealed_set(self.whole, self.rows)


def labelled_file(
    path: Path, learnt: Learnt, layout: Mapping[str, Any] = MappingProxyType({}), drop: Sequence[str] = ()
) -> LabelledRows:
    """Read the rows of a file, or of a folder with a folder of pictures for each class.

    Args:
        layout: keys that say how a table is written.
        drop:   classes whose rows are left out, beside those that the study leaves out.

    Raises:
        DataError: the file cannot be read, lacks the target, a column of the model or a class of `drop`, or has an
            unknown class.
    """
    form = learnt.form
    if path.suffix.lower() == ".npz" or (form.picture is not None and path.is_dir()):
        return _of_table(_loaded(path, learnt), str(path), learnt, drop)
    new = read_rows(path, form, ROWS, (), layout, scored=True)
    if new.raw is None:
        raise DataError(
            f"{path}: holds pictures without their classes; a score needs a folder with a folder of pictures for each "
            "class, or an .npz of pictures and classes."
        )
    features = pd.concat(list(new.chunks), ignore_index=True)
    return _of_raw(new.raw, features, learnt, (*new.notes, *new.cells.lines()), drop)


def labelled_data(given: Given, learnt: Learnt, drop: Sequence[str] = ()) -> LabelledRows:
    """Read rows that a Python program has in memory: a DataFrame with the target in it, or (x, y).

    Args:
        drop: as of `labelled_file`.

    Raises:
        DataError: as of `labelled_file`.
    """
    name = learnt.form.target
    if isinstance(given, tuple) and len(given) == 2 and hasattr(given[1], "name"):  # whatever it is called
        given = given[0], pd.Series(given[1], getattr(given[1], "index", None), name=name)
    data = learnt.data.model_copy(update={"target": name})
    if not is_of_columns(given):
        return _of_table(given_table(given, data), "data", learnt, drop)
    raw = raw_of_frame(given, data)[0]
    cells, frame = CellNotes(learnt.form), pa.table(raw.columns).to_pandas()
    features = pd.concat(list(frame_rows(frame, learnt.form, ROWS, cells)), ignore_index=True)
    return _of_raw(raw, features, learnt, tuple(cells.lines()), drop)


def _of_raw(
    raw: RawTable, features: pd.DataFrame, learnt: Learnt, notes: tuple[str, ...], drop: Sequence[str]
) -> LabelledRows:
    """Label the rows of a table, whose features were read for the model."""
    form, data, columns = learnt.form, learnt.data, list(raw.columns)
    raw = without_marks(raw, data)
    name, groups, times = _target_of(raw, form.target), _roles(raw, data, "groups"), _roles(raw, data, "time")
    beside = [*groups, *times]
    notes += tuple(_lacking(raw, data))
    clean, dropped, written = _plain(raw, name, beside, learnt, drop)
    absent = np.asarray(clean.columns[name].is_null(nan_is_null=True))
    untimed = np.zeros(len(absent), np.bool_)
    for time in times:
        untimed |= np.asarray(clean.columns[time].is_null(nan_is_null=True)) & ~absent
    kept = np.flatnonzero(~absent & ~untimed)
    if not len(kept):
        raise DataError(f"{raw.at(name)} is the target, but no row can be scored; fill it in.")
    clean, as_read = taken(clean, kept), taken(raw, kept)
    target, declared = read_target(clean, name, bool(learnt.target.classes) and not form.numbered)
    table = Table(
        name=raw.name,
        features=features.iloc[kept].reset_index(drop=True),
        kinds=tuple(kind for _, kind in form.inputs),
        columns=tuple(form.names),
        target=target,
        target_name=name,
        classes=declared,
        groups=read_groups(clean, *groups) if groups else None,
        time=read_times(clean, times, _formats(data, times)) if times else None,
        numbers=kept,
        cells=SourceCells.of(*as_read.columns.values()),
        equal=compared_rows(as_read, [*map(str, data.columns("identifier"))]),
    )
    rows = np.arange(len(kept))
    known = {*form.names, *form.identifiers, name, *beside}
    return LabelledRows(
        _labelled(table, clean.place, raw.at(name), learnt, rows),
        rows,
        no_target=int(absent.sum()) - dropped,
        dropped=dropped,
        no_time=int(untimed.sum()),
        ignored=tuple(one for one in columns if not columns_called(one, known)),
        notes=notes + written,
    )


def _target_of(raw: RawTable, target: str) -> str:
    """Return the name of the target as the file writes it.

    Raises:
        DataError: the file lacks it.
    """
    if (name := _column(raw, target)) is None:
        raise DataError(
            f"{raw.where}: has no column {shown(target)}, the target, without which nothing can be scored; it has "
            f"{listed(list(raw.columns))}; python -m experiments.predict predicts rows without it."
        )
    return name


def _roles(raw: RawTable, data: DataSection, key: str) -> list[str]:
    """Return the names of the columns of a role, such as groups, as the file writes them; none if it lacks one."""
    found = [_column(raw, str(name)) for name in data.columns(key)]
    return [name for name in found if name is not None] if None not in found else []


def _lacking(raw: RawTable, data: DataSection) -> Iterator[str]:
    """Say which columns of roles a file lacks."""
    for key in ("groups", "time"):
        if data.columns(key) and not _roles(raw, data, key):
            lacking = next(name for name in data.columns(key) if _column(raw, str(name)) is None)
            yield f"no column {lacking!r}, the study's data.{key}: intervals take rows to be independent"


def _plain(
    raw: RawTable, name: str, beside: Sequence[str], learnt: Learnt, drop: Sequence[str]
) -> tuple[RawTable, int, tuple[str, ...]]:
    """Return the table with its target read as in training, the number of rows left out by class, and notes.

    Raises:
        DataError: the target holds words where the study's holds numbers, or lacks a class of `drop`.
    """
    data = learnt.data
    clean = cleaned(replace(raw, present=words_present(data.present or ())), dict.fromkeys((name, *beside)))
    clean = replace(clean, missing=data.missing or ())
    check_dropped(clean, name, drop)
    classes = (*(data.drop_classes or ()), *drop)
    dropped = sum(dropped_rows([clean], name, classes).values())
    written = _format(data, learnt.form.target)
    clean, read_as = plain_target(without_classes(clean, name, classes), name, written)
    if not learnt.target.classes and is_text(clean.columns[name].type):
        rule = "is the target and must hold numbers" + (f" written as {written}" if written else "")
        clean.refuse(name, words_in(clean.columns[name]), rule, "correct it")
    if read_as == (written or ""):
        return clean, dropped, ()
    return clean, dropped, (f"the target {shown(name)} is written otherwise than in training, and read as {read_as}",)


def _of_table(table: Table, where: str, learnt: Learnt, drop: Sequence[str]) -> LabelledRows:
    """Label the rows of arrays or of pictures; of a source with a test part, this part's.

    Raises:
        DataError: its rows are not those of the model, or an unknown class is among them.
    """
    names, notes = list(learnt.form.names), () if table.reading is None else table.reading.notes
    if set(names) != set(table.columns):
        raise DataError(
            f"{where}: must have the {count(len(names), 'column')} of the model, {listed(names)}, but has "
            f"{count(len(table.columns), 'column')}, {listed(table.columns)}."
        )
    if isinstance(table.features, pd.DataFrame):
        table = replace(table, features=table.features[names])
    rows = np.arange(table.learned if table.own_test else 0, len(table.target))
    if table.own_test:
        notes += (f"its test part is scored ({count(len(rows), 'row')}), and not its {table.learned:,} other rows",)
    target = f"{where}: the target"
    dropped = of_classes(names_of(table.target[rows], table.classes), target, drop)
    rows = rows[~dropped]
    whole = _labelled(table, "row {} (from 0)".format, target, learnt, rows)
    return LabelledRows(whole, rows, dropped=int(dropped.sum()), notes=notes)


def _labelled(table: Table, place: Callable[[int], str], where: str, learnt: Learnt, rows: Rows) -> LabelledTable:
    """Label the rows of a table as the study's are, and find the copies among them.

    Args:
        place: returns the place of a row for messages.
        where: the target's place.
        rows:  positions of the rows that must have a label.

    Raises:
        DataError: one has an unknown class, or a number that is none.
    """
    if classes := learnt.target.classes:
        y = labels_of(names_of(table.target, table.classes), classes)
        if len(unknown := rows[y[rows] < 0]):
            raise DataError(_unknown(names_of(table.target, table.classes), unknown, place, where, classes))
    elif table.classes is not None or table.target.dtype.kind not in "fiu":
        raise DataError(f"{where} must hold numbers, as the study's does, but holds words.")
    else:
        y = table.target.astype(np.float64)
        if len(wrong := rows[~(np.abs(y[rows]) <= LARGEST)]):
            raise DataError(f"{where} must hold numbers of at most {LARGEST:g}, but {place(wrong[0])} has another.")
    choice = None if table.split_key is not None else learnt.data.copies
    together, _ = with_copies(with_equal_rows(table), choice)
    return LabelledTable(together, y, learnt.target)


def _unknown(
    names: NDArray[np.str_], rows: Rows, place: Callable[[int], str], where: str, classes: Sequence[str]
) -> str:
    """Say which classes of some rows the model does not know."""
    different, first, often = np.unique(names[rows], return_index=True, return_counts=True)
    found = first_few(
        [
            f"{shown(str(name))} ({count(int(times), 'row')}, first in {place(int(rows[at]))})"
            for name, at, times in zip(different, first, often, strict=True)
        ],
        SHOWN,
    )
    drop = json.dumps(different.tolist()[:SHOWN], ensure_ascii=False)
    return (
        f"{where} has classes that the model does not know: {found}; it knows {listed(classes)}. Correct them, "
        f"or leave their rows out by --set {quote(f'data.drop_classes={drop}')}: the score then says nothing of them."
    )


def _loaded(path: Path, learnt: Learnt) -> Table:
    """Load arrays or pictures as the study's source was loaded."""
    data, picture = learnt.data, learnt.form.picture
    keys: dict[str, Any] = {"source": f"{path}/" if path.is_dir() else str(path), "test": None, "strict": None}
    if picture is not None:
        keys |= {"size": (picture[1], picture[0]), "colour": len(picture) == 3}
    return load_table(data.model_copy(update={**keys, "weights": None, "test_fold": None, "rows": None}), os.environ)


def _column(raw: RawTable, name: str) -> str | None:
    """Return the name of a column as the file writes it; None without one."""
    there = columns_called(name, raw.columns)
    return there[0] if len(there) == 1 else None


def _formats(data: DataSection, names: Sequence[str]) -> dict[str, str]:
    """Return column -> its format, for those that the study names."""
    return {name: form for name in names if (form := _format(data, name)) is not None}


def _format(data: DataSection, name: str) -> str | None:
    """Return the format of a column, where the study names it."""
    same = columns_called(name, data.formats or {})
    return (data.formats or {})[same[0]] if same else None
