"""From a raw table to a table: the target first, then how the features are read, then the features."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.config.data_options import DataSection
from experiments.config.formats import GIVEN
from experiments.config.readable import count
from experiments.data.columns.column_kind import (
    HOLDS_ERRORS,
    HOLDS_LISTS,
    HOLDS_TEXTS,
    HOLDS_TWO,
    file_has_comma,
    known_words,
)
from experiments.data.columns.column_roles import ColumnRoles, column_roles, said_of_beginnings, spelled
from experiments.data.columns.compared_rows import compared_rows
from experiments.data.columns.dotted_classes import without_dots
from experiments.data.columns.dropped_classes import check_dropped, dropped_rows, without_classes
from experiments.data.columns.marked_test_rows import divided
from experiments.data.columns.reading import decide, refuse_decisions, taken, with_features
from experiments.data.columns.row_roles import check_identifiers, read_groups, read_times, read_weights, weights_format
from experiments.data.columns.target_column import missing_words, plain_target, read_target
from experiments.data.formats.column_types import cleaned, is_text
from experiments.data.formats.date_formats import NO_DATE
from experiments.data.formats.other_format import monthly_notes
from experiments.data.formats.unread_cells import unread_cells
from experiments.data.hints.left_out_groups import left_out_groups
from experiments.data.hints.missing_words import missing_word_hints
from experiments.data.hints.naming_numbers import naming_numbers
from experiments.data.hints.written_hints import written_hints
from experiments.data.identity.cells import SourceCells
from experiments.data.new_data.own_test_rows import with_own_test
from experiments.data.raw_table import SHOWN, RawTable, shown
from experiments.data.readers.unsaved_formulas import UNSAVED
from experiments.data.splits.development_rows import development_rows
from experiments.data.table import LeftOut, Table, TableReading
from experiments.data.texts import words_present
from experiments.errors import DataError
from nnet.arrays import Rows

WHY_EMPTY = rf"^{UNSAVED}|data\.fill_down="  # of notes that say why the cells of a column are empty


@dataclass(frozen=True)
class _File:
    """The rows of a file as they stand in it, and its columns with a use, cleaned."""

    raw: RawTable
    clean: RawTable


def table_of(raw: RawTable, data: DataSection, test: RawTable | None = None) -> Table:
    """Make a table of a raw table; the rows of a test file come last, and its columns are read like the first file's.

    Rows of the table that data.test_rows names take the place of a test file. How features are read follows from the
    development rows alone. A cell of another row that does not fit is missing, but a column of the test rows must have
    a cell that fits.

    Raises:
        DataError: a column named in [data] does not exist or has two roles, or a value breaks its column's rule.
    """
    names, in_one_file = spelled(raw, data), data.test_rows is not None
    raw = replace(raw, notes=(*raw.notes, *said_of_beginnings(names)))
    if in_one_file:
        raw, test, data = divided(raw, data)
    roles = column_roles(raw, test, data)
    raw, test = without_dots(replace(raw, present=words_present(data.present or ())), test, roles.target)
    ours = _File(raw, _cleaned(raw, roles, data))
    theirs = None if test is None else _File(test, _cleaned(replace(test, present=raw.present), roles, data))
    files, classes = [one.clean for one in (ours, theirs) if one is not None], data.drop_classes or ()
    for name in roles.of("identifier"):
        check_identifiers(files, name)
    check_dropped(ours.clean, roles.target, classes)
    dropped = dropped_rows(files, roles.target, classes)
    ours, form, lost = _targeted(replace(ours, clean=_with_comma(ours.clean, roles)), roles, classes)
    roles = _with_formats(roles, ours.clean, data, form)
    targeted = ours.clean.rows
    ours, untimed = _timed(ours, roles, data)
    if theirs is not None:
        theirs, _, _ = _targeted(theirs, roles, classes)
        targeted += theirs.clean.rows
        theirs, more = _timed(theirs, roles, data)
        untimed += more
    table = _without_features(ours, roles)
    _check_targets_differ(table, raw, sum(dropped.values()), lost)
    # the rows of the test file, which are appended last, are compared with the others here
    equal = compared_rows(ours.raw, roles.of("identifier"), roles.of("drop"), None if theirs is None else theirs.raw)
    table = replace(table, equal=equal, spelled=names)
    rows = development_rows(table, data) if theirs is None else np.arange(ours.raw.rows)
    reading = _decided(taken(ours.clean, rows), roles, data)
    reading = replace(
        reading,
        notes=(*reading.notes, *untimed),
        no_target=sum(one.rows for one in files) - targeted - sum(dropped.values()),
        dropped=dropped,
        target_words=lost if table.target.dtype.kind == "U" else (),
        texts=raw.name == GIVEN and is_text(raw.columns[roles.target].type),
    )
    if data.strict:
        refuse_decisions(raw.where, reading, roles)
    table, plain = with_features(table, reading, ours.clean, data.strict)
    table = _with_unread_named(table, ours.clean, plain, roles.kinds, rows)
    if theirs is None:
        return table
    other = _without_features(theirs, roles, as_classes=table.target.dtype.kind == "U")
    other, plain = with_features(other, reading, theirs.clean, data.strict)
    return with_own_test(table, other, theirs.clean, plain, 0 if in_one_file else ours.raw.rows_of_file)


def _cleaned(raw: RawTable, roles: ColumnRoles, data: DataSection) -> RawTable:
    """Clean the columns with a use; a target that is named as a category keeps its classes as they are spelled."""
    clean = cleaned(raw, [*roles.features, *roles.single])
    exact = frozenset({roles.target} if roles.kinds.get(roles.target) == "category" else ())
    return replace(clean, declared=clean.declared | exact, missing=data.missing or ())


def _with_formats(roles: ColumnRoles, clean: RawTable, data: DataSection, form: str) -> ColumnRoles:
    """Add the format of the target, and of the weights where none is named."""
    formats = {**roles.formats, **({roles.target: form} if form else {})}
    for name in roles.of("weights"):
        inferred = weights_format(clean, name, roles.numbers, not data.formats)
        if name not in formats and inferred:
            formats[name] = inferred
    return replace(roles, formats=formats)


def _decided(rows: RawTable, roles: ColumnRoles, data: DataSection) -> TableReading:
    """Decide how the features are read.

    Args:
        rows: cleaned development rows.

    Raises:
        DataError: no column is a feature, or dates are ambiguous.
    """
    # where a study file names formats, they are all that a run inferred: its other columns are written plainly
    reading = decide(rows, roles, not data.formats)
    if not reading.columns:
        gone = "; ".join(f"{shown(one.name)} ({one.why})" for one in reading.left_out[:SHOWN])
        advice = _advice(reading.left_out)
        if any(_names_pictures(rows, one.name) for one in reading.left_out):
            advice = "to learn from the pictures that it names, put it in their folder, and give the folder as --data"
        raise DataError(f"{rows.where}: no column is left as a feature, of {gone}; {advice}.")
    classes = (roles.target,) if roles.kinds.get(roles.target) == "category" else ()
    found = {name: form for name, form in reading.formats.items() if name not in roles.formats}
    groups = () if roles.of("groups") else left_out_groups(rows, reading.left_out)
    written = (
        *written_hints(rows, reading, roles.kinds),
        *missing_word_hints(rows, reading),
        *naming_numbers(rows, reading, roles.kinds),
    )
    return replace(
        reading,
        notes=(*rows.notes, *rows.repairs, *monthly_notes(rows, found), *groups, *written),
        unnamed=rows.unnamed,
        keys={**reading.explicit(roles.of("drop"), classes), **rows.layout},
    )


def _advice(left_out: Sequence[LeftOut]) -> str:
    """Advise what to do where no column is left; what a column's own reason advises is not repeated."""
    reasons = {one.reason for one in left_out if one.detail not in (HOLDS_ERRORS, HOLDS_LISTS, HOLDS_TEXTS, HOLDS_TWO)}
    if reasons & {"counts_rows", "identifies_rows", "index", "free_text"}:
        return "name those to keep in data.keep"
    if "no_values" in reasons:
        return "give each of their values a column of its own"
    return "add columns in which rows differ"


def _names_pictures(rows: RawTable, name: str) -> bool:
    """Tell whether the first cell of a column ends as the files of pictures do."""
    from experiments.data.readers.pictures.image_file import ENDINGS

    return str(rows.columns[name][0].as_py()).casefold().endswith(ENDINGS)


def _with_comma(clean: RawTable, roles: ColumnRoles) -> RawTable:
    """Note whether a column beside a target of texts has a decimal comma."""
    return replace(clean, comma=is_text(clean.columns[roles.target].type) and file_has_comma(clean, roles.numbers))


def _targeted(file: _File, roles: ColumnRoles, classes: Sequence[str]) -> tuple[_File, str, tuple[str, ...]]:
    """Write the target of a file plainly, and leave out the rows without one, and those of dropped classes.

    Returns:
        the file, the format, and the words that were taken for a missing target.
    """
    target = roles.target
    dropped = sum(dropped_rows([file.clean], target, classes).values())
    clean = without_classes(file.clean, target, classes)
    clean, form = plain_target(clean, target, roles.formats.get(target))
    lost = tuple(word for word in missing_words(file.raw, clean, target) if word not in classes)
    return _with_target(_File(file.raw, clean), target, lost, dropped), form, lost


def _with_target(file: _File, target: str, words: tuple[str, ...], dropped: int) -> _File:
    """Leave out the rows without a target.

    Args:
        words:   what stands in those rows.
        dropped: number of these rows that have a class of data.drop_classes.

    Raises:
        DataError: no row is left, or more than half of those without a dropped class have no target.
    """
    raw, absent = file.raw, np.asarray(file.clean.columns[target].is_null(nan_is_null=True))
    if not absent.any():
        return file
    if absent.all() and dropped:
        raise DataError(f"data.drop_classes: must leave two classes, but leaves no row of {raw.where}; name fewer.")
    missing, others = absent.sum() - dropped, len(absent) - dropped
    if 2 * missing > others:
        counts = f"{missing} of {others} rows have none"
        different = 0 if absent.all() else pc.count_distinct(file.clean.columns[target].drop_null()).as_py()
        rest = ", or remove these rows to learn from the others" if different > 1 else ""
        rest = ", or fill in the empty cells if these are a class" if different == 1 and not words else rest
        rest += "".join(f"; {note}" for note in raw.notes if shown(target) in note and re.search(WHY_EMPTY, note))
        raise DataError(f"{raw.at(target)} is the target, but {counts}; name another column{_present(words)}{rest}.")
    rows = np.flatnonzero(~absent)
    return _File(taken(raw, rows), taken(file.clean, rows))


def _timed(file: _File, roles: ColumnRoles, data: DataSection) -> tuple[_File, tuple[str, ...]]:
    """Leave out the rows of a file without a time, unless [data] is strict: each could be the first or the last.

    Returns:
        the file, and what is to be said of it.

    Raises:
        DataError: more than half of the rows have none.
    """
    said: tuple[str, ...] = ()
    for name in () if data.strict else roles.of("time"):
        file, lines = _timed_by(file, name)
        said += lines
    return file, said


def _timed_by(file: _File, name: str) -> tuple[_File, tuple[str, ...]]:
    """Leave out the rows without a value in one column of the time."""
    column = file.clean.columns[name]
    absent = np.asarray(column.is_null(nan_is_null=True))
    if is_text(column.type):
        words = [*known_words(column.drop_null(), file.clean.missing), *NO_DATE]
        absent = absent | np.asarray(pc.is_in(column, pa.array(words, pa.string())))
    if not absent.any():
        return file, ()
    if 2 * absent.sum() > len(absent):
        none = f"{absent.sum()} of {len(absent)} rows have none"
        raise DataError(f"{file.raw.at(name)} is the time, but {none}; name another column.")
    rows, first = np.flatnonzero(~absent), file.clean.place(int(absent.argmax()))
    said = f"{count(int(absent.sum()), 'row')} without a time in {shown(name)} left out, the first in {first}"
    return _File(taken(file.raw, rows), taken(file.clean, rows)), (said,)


def _present(words: tuple[str, ...]) -> str:
    """Advise the key that takes words for values."""
    return f", or set data.present = {json.dumps(words, ensure_ascii=False)} if that is a value" if words else ""


def _check_targets_differ(table: Table, raw: RawTable, dropped: int, words: tuple[str, ...]) -> None:
    """Refuse a target that is the same in every row.

    Args:
        dropped: number of rows that were left out with their classes.
        words:   what stands in rows without a target.

    Raises:
        DataError: there is one target.
    """
    if (table.target == table.target[0]).all():
        value = table.target[0] if table.classes is None else table.classes[int(table.target[0])]
        every = f"{raw.at(table.target_name)} is the target, but all {len(table.target)} rows have {str(value)!r}"
        fewer = ", or fewer classes in data.drop_classes" if dropped else ""
        empty = raw.rows - len(table.target) - dropped
        fill = f", or fill in the {count(empty, 'empty cell')} if these are a class" if empty and not words else ""
        raise DataError(f"{every}; name another column{fewer}{fill}{_present(words)}.")


def _without_features(file: _File, roles: ColumnRoles, as_classes: bool = False) -> Table:
    """Read the columns with a role; the cells are kept as they are in the raw table."""
    clean = file.clean
    groups, weights, times = roles.one("groups"), roles.one("weights"), roles.of("time")
    as_classes = as_classes or roles.target in roles.of("categories")
    target, classes = read_target(clean, roles.target, as_classes)
    return Table(
        name=clean.name,
        features=np.empty((len(target), 0)),
        kinds=(),
        columns=(),
        target=target,
        target_name=roles.target,
        classes=classes,
        groups=None if groups is None else read_groups(clean, groups),
        time=read_times(clean, times, roles.formats) if times else None,
        weights=None if weights is None else read_weights(clean, weights, roles.formats.get(weights)),
        numbers=clean.numbers,
        cells=SourceCells.of(*file.raw.columns.values()),
    )


def _with_unread_named(table: Table, clean: RawTable, plain: RawTable, named: Collection[str], rows: Rows) -> Table:
    """Note the cells of some rows that do not fit their column.

    Args:
        named: columns that must have a cell that fits, as their kind is named.
        rows:  the rows whose cells are named.

    Raises:
        DataError: such a column has none.
    """
    reading = table.reading
    features: Any = table.features
    if reading is None or not reading.unread:
        return table
    unreadable = [
        name
        for name, _ in reading.columns
        if name in named and is_text(clean.columns[name].type) and features[name].isna().all()
    ]
    if unreadable:
        cells = unread_cells(clean, plain, reading, features)
        unreadable = [name for name in unreadable if name in cells.columns]
        cells.refuse(clean.where, unreadable, "correct its format in data.formats, or its kind")
    cells = unread_cells(taken(clean, rows), taken(plain, rows), reading, features.iloc[rows])
    said = f"cells that do not fit their column: {cells.named()}"
    return replace(table, reading=replace(reading, notes=(*reading.notes, said) if cells.count else reading.notes))
