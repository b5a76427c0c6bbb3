"""From a raw table to a table: the role of every column, by name or by position."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.data_options import LISTS, SINGLE, DataSection
from experiments.config.documents import in_one_line
from experiments.config.same_column import same_column
from experiments.data.cells import SourceCells
from experiments.data.column_kind import file_has_comma
from experiments.data.column_types import cleaned, is_text
from experiments.data.compared_rows import compared_rows
from experiments.data.copies import with_copies
from experiments.data.date_formats import is_date_format
from experiments.data.dotted_classes import without_dots
from experiments.data.dropped_classes import check_dropped, dropped_rows, without_classes
from experiments.data.number_formats import is_number_format
from experiments.data.outer_folds import split_by_fold
from experiments.data.own_test_rows import with_own_test
from experiments.data.raw_table import SHOWN, RawTable, listed, shown
from experiments.data.reading import decide, refuse_decisions, taken, with_features
from experiments.data.row_roles import check_identifiers, read_groups, read_time, read_weights, weights_format
from experiments.data.spellings import with_one_spelling
from experiments.data.splits import split
from experiments.data.subset import subset
from experiments.data.table import Kind, Table
from experiments.data.target_column import missing_words, plain_target, read_target
from experiments.data.target_type import target_of
from experiments.data.texts import words_present
from experiments.data.two_roles import refuse_two_roles
from experiments.data.unread_cells import unread_cells
from experiments.errors import DataError
from nnet.near import did_you_mean, near


def table_of(raw: RawTable, data: DataSection, test: RawTable | None = None) -> Table:
    """Make a table of a raw table; the rows of a test file come last, and its columns are read like the first file's.

    How features are read follows from the development rows alone. A cell of another row that does not fit is missing,
    but a column of the test file must have a cell that fits.

    Raises:
        DataError: a column named in [data] does not exist or has two roles, or a value breaks its column's rule.
    """
    roles = _roles(raw, data)
    raw = replace(raw, present=words_present(data.present or ()))
    (target,) = roles["target"]
    raw, test = without_dots(raw, test, target)
    names, single = _names(raw, test, roles)
    formats = _formats(raw, data)
    declared = _declared(roles, formats)
    ours = _cleaned(raw, [*names, *single], target, declared)
    theirs = None if test is None else _cleaned(replace(test, present=raw.present), [*names, *single], target, declared)
    for name in roles.get("identifier", ()):
        check_identifiers([ours] if theirs is None else [ours, theirs], name)
    check_dropped(ours, target, data.drop_classes or ())
    before = raw.rows + (test.rows if test is not None else 0)
    dropped = dropped_rows([ours] if theirs is None else [ours, theirs], target, data.drop_classes or ())
    features = [name for name in names if declared.get(name) != "category"]
    comma = is_text(ours.columns[target].type) and file_has_comma(ours, features, data.missing or ())
    raw, ours, form, lost = _targeted(raw, ours, target, data, formats.get(target), comma)
    formats |= {target: form} if form else {}
    # where a study file names formats, they are all that a run inferred: its other columns are written plainly
    thousands = not data.formats
    for name in roles.get("weights", ()):
        inferred = weights_format(ours, name, features, data.missing or (), thousands)
        if name not in formats and inferred:
            formats[name] = inferred
    if test is not None and theirs is not None:
        test, theirs, _, _ = _targeted(test, theirs, target, data, form)
    table = _without_features(ours, raw, roles, formats)
    if (table.target == table.target[0]).all():
        value = table.target[0] if table.classes is None else table.classes[int(table.target[0])]
        every = f"{raw.at(target)} is the target, but all {len(table.target)} rows have {str(value)!r}"
        fewer = ", or fewer classes in data.drop_classes" if dropped else ""
        raise DataError(f"{every}; name another column{fewer}{_present(lost)}.")
    # the rows of the test file, which are appended last, are compared with the others here
    equal = compared_rows(raw, roles.get("identifier", ()), roles.get("drop", ()), test)
    table = replace(table, equal=equal, spelled=_spelled(raw, data))
    rows = np.arange(raw.rows) if test is not None else development_rows(table, data)
    keep, missing = frozenset(roles.get("keep", ())), data.missing or ()
    reading = decide(taken(ours, rows), names, declared, formats, keep, missing, thousands)
    if not reading.columns:
        gone = "; ".join(f"{shown(one.name)} ({one.why})" for one in reading.left_out[:SHOWN])
        kept = any(one.reason != "no_values" for one in reading.left_out)
        advice = "name those to keep in data.keep" if kept else "give each of their values a column of its own"
        raise DataError(f"{raw.where}: no column is left as a feature, of {gone}; {advice}.")
    classes = (target,) if declared.get(target) == "category" else ()
    reading = replace(
        reading,
        no_target=before - len(equal.keys) - sum(dropped.values()),
        dropped=dropped,
        target_words=lost if table.target.dtype.kind == "U" else (),
        notes=(*raw.notes, *raw.repairs),
        unnamed=raw.unnamed,
        keys={**reading.explicit(roles.get("drop", ()), missing, classes), **raw.layout},
    )
    if data.strict:
        refuse_decisions(raw.where, reading, declared, formats)
    table, plain = with_features(table, reading, ours, missing, data.strict)
    table = _with_unread_named(table, ours, plain, missing, declared, rows)
    if test is None or theirs is None:
        return table
    other = _without_features(theirs, test, roles, formats, as_classes=table.target.dtype.kind == "U")
    other, plain = with_features(other, reading, theirs, missing, data.strict)
    return with_own_test(table, other, theirs, plain, missing, raw.rows_of_file)


def _names(raw: RawTable, test: RawTable | None, roles: Mapping[str, tuple[str, ...]]) -> tuple[list[str], list[str]]:
    """Return the columns without a role, and those that have one alone.

    Raises:
        DataError: there is too little to learn from, or the test file lacks a column.
    """
    single = [name for key in SINGLE for name in roles.get(key, ())]
    others = {*single, *roles.get("drop", ())}
    names = [name for name in raw.columns if name not in others]
    if not names:
        raise DataError(f"{raw.where}: a table needs features, but every column has another role.")
    if raw.rows < 2:
        raise DataError(f"{raw.where}: a table needs at least 2 rows, but it has {raw.rows}.")
    if test is not None and (lacking := [name for name in (*names, *single) if name not in test.columns]):
        raise DataError(f"data.test: {test.where} lacks {listed(lacking)}, which {raw.where} has.")
    return names, single


def _cleaned(raw: RawTable, names: Sequence[str], target: str, declared: Mapping[str, Kind]) -> RawTable:
    """Clean columns; a target that is named as a category keeps its classes as they are spelled."""
    clean = cleaned(raw, names)
    exact = frozenset({target} if declared.get(target) == "category" else ())
    return replace(clean, declared=clean.declared | exact)


def _targeted(
    raw: RawTable, clean: RawTable, target: str, data: DataSection, form: str | None, comma: bool = False
) -> tuple[RawTable, RawTable, str, tuple[str, ...]]:
    """Write the target of a file plainly, and leave out the rows without one, and those of dropped classes.

    Args:
        form:  the format of its numbers, if it is known.
        comma: whether another column has a decimal comma.

    Returns:
        the table, its cleaned columns, the format, and the words that were taken for a missing target.
    """
    dropped = sum(dropped_rows([clean], target, data.drop_classes or ()).values())
    clean = without_classes(clean, target, data.drop_classes or ())
    clean, form = plain_target(clean, target, form, data.missing or (), comma)
    lost = tuple(word for word in missing_words(raw, clean, target) if word not in (data.drop_classes or ()))
    return *with_target(raw, clean, target, lost, dropped), form, lost


def _declared(roles: Mapping[str, tuple[str, ...]], formats: Mapping[str, str]) -> dict[str, Kind]:
    """Return the kind of each column whose kind is named."""
    kinds: tuple[tuple[str, Kind], ...] = (("categories", "category"), ("numbers", "number"), ("dates", "date"))
    declared = {name: kind for key, kind in kinds for name in roles.get(key, ())}
    return {name: "date" if is_date_format(form) else "number" for name, form in formats.items()} | declared


def _formats(raw: RawTable, data: DataSection) -> dict[str, str]:
    """Return the format of each column whose format is named.

    Raises:
        DataError: a text is no format.
    """
    for column, form in (data.formats or {}).items():
        if not (is_number_format(form) or is_date_format(form)):
            raise DataError(
                f"data.formats: the format of column {shown(column)} must write 1234.5 as the column does, as in "
                f'"$1,234.5" or "1.234,5", or a date as in "%d.%m.%Y", but got {shown(form)}.'
            )
    return {_named(raw, column) or "": form for column, form in (data.formats or {}).items()}


def with_target(
    raw: RawTable, clean: RawTable, target: str, words: tuple[str, ...], dropped: int
) -> tuple[RawTable, RawTable]:
    """Leave out the rows without a target, of a table and of its cleaned columns.

    Args:
        words:   what stands in those rows.
        dropped: number of these rows that have a class of data.drop_classes.

    Raises:
        DataError: no row is left, or more than half of those without a dropped class have no target.
    """
    absent = np.asarray(clean.columns[target].is_null(nan_is_null=True))
    if not absent.any():
        return raw, clean
    if absent.all() and dropped:
        raise DataError(f"data.drop_classes: must leave two classes, but leaves no row of {raw.where}; name fewer.")
    missing, others = absent.sum() - dropped, len(absent) - dropped
    if 2 * missing > others:
        counts = f"{missing} of {others} rows have none"
        rest = "" if absent.all() else ", or remove these rows to learn from the others"
        raise DataError(f"{raw.at(target)} is the target, but {counts}; name another column{_present(words)}{rest}.")
    rows = np.flatnonzero(~absent)
    return taken(raw, rows), taken(clean, rows)


def _present(words: tuple[str, ...]) -> str:
    """Advise the key that takes words for values."""
    return f", or set data.present = {json.dumps(words, ensure_ascii=False)} if that is a value" if words else ""


def development_rows(table: Table, data: DataSection) -> NDArray[np.intp]:
    """Return the rows that the study's own split gives to the search, in the order of the file.

    Where the split is impossible, these are all rows; the study itself then says what is wrong.
    """
    nothing = np.zeros((len(table.target), 1))
    light = replace(table, features=nothing, kinds=("number",), columns=("",), cells=None, numbers=None)
    try:
        light, _ = with_one_spelling(light)
        target, y = target_of(light, data.task)
        if data.rows is not None:
            light, y = subset(light, target, y, data.rows, data.split_seed)
        light, _ = with_copies(light, data.copies)
        if data.test_fold is None:
            development, _ = split(light, target, y, data.test_size, data.split_seed)
        else:
            development, _ = split_by_fold(light, target, y, data)
    except DataError:
        return np.arange(len(table.target))
    assert development.table.numbers is not None
    return np.sort(development.table.numbers)


def _without_features(
    clean: RawTable,
    raw: RawTable,
    roles: Mapping[str, tuple[str, ...]],
    formats: Mapping[str, str],
    as_classes: bool = False,
) -> Table:
    """Read the columns with a role; the cells are kept as they are in the raw table."""
    (target_name,) = roles["target"]
    (time,), (weights,) = roles.get("time", (None,)), roles.get("weights", (None,))
    as_classes = as_classes or target_name in roles.get("categories", ())
    target, classes = read_target(clean, target_name, as_classes)
    return Table(
        name=clean.name,
        features=np.empty((len(target), 0)),
        kinds=(),
        columns=(),
        target=target,
        target_name=target_name,
        classes=classes,
        groups=read_groups(clean, *roles.get("groups", ())),
        time=read_time(clean, time, formats.get(time or "")),
        weights=read_weights(clean, weights, formats.get(weights or "")),
        numbers=clean.numbers,
        cells=SourceCells.of(*raw.columns.values()),
    )


def _with_unread_named(
    table: Table,
    clean: RawTable,
    plain: RawTable,
    missing: Sequence[str],
    named: Collection[str],
    rows: NDArray[np.intp],
) -> Table:
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
        cells = unread_cells(clean, plain, reading, features, missing)
        unreadable = [name for name in unreadable if name in cells.columns]
        cells.refuse(clean.where, unreadable, "correct its format in data.formats, or its kind")
    cells = unread_cells(taken(clean, rows), taken(plain, rows), reading, features.iloc[rows], missing)
    said = f"do not fit their column: {cells.named()}"
    return replace(table, reading=replace(reading, notes=(*reading.notes, said) if cells.count else reading.notes))


def _roles(raw: RawTable, data: DataSection) -> dict[str, tuple[str, ...]]:
    """Return key of [data] -> the names of its columns."""
    if data.target is None:
        raise DataError(f"data.target: name the column to predict; {raw.where} has {listed(list(raw.columns))}.")
    _check_named(raw, data)
    roles: dict[str, tuple[str, ...]] = {}
    for key in (*SINGLE, *LISTS):
        if given := data.columns(key):
            roles[key] = tuple(_named(raw, column) or "" for column in given)
    refuse_two_roles(roles)
    return roles


def _check_named(raw: RawTable, data: DataSection) -> None:
    """Refuse columns that do not exist, all of them in one line with the nearest that do."""
    names = list(raw.columns)
    unknown = [
        f"data.{key}: {raw.where} has no column {column!r}" + (_meant(names, column) if isinstance(column, str) else "")
        for key in (*SINGLE, *LISTS, "formats")
        for column in (data.formats or () if key == "formats" else data.columns(key))
        if _named(raw, column) is None
    ]
    if unknown:
        raise DataError(f"{in_one_line(unknown)}; it has {listed(names)}.")


def _meant(names: Sequence[str], typed: str) -> str:
    return did_you_mean([shown(name) for name in near(typed, names, 3)])


def _named(raw: RawTable, column: str | int) -> str | None:
    """Return the name of a column, which may be typed in another case or with other white space; None without one."""
    names = list(raw.columns)
    if isinstance(column, int):
        there = names[column] if -len(names) <= column < len(names) else None
        if there is None and str(column) in names:
            return str(column)
        if str(column) in names and there != str(column):
            raise DataError(
                f"{raw.where}: {column} is the name of one column and the position of another, {there!r}; name it as "
                f"\"'{column}'\", in quotes twice on the command line, or count its position from the end."
            )
        return there
    same = [column] if column in raw.columns else same_column(column, names)
    return same[0] if len(same) == 1 else None


def _spelled(raw: RawTable, data: DataSection) -> dict[str, str]:
    """Return column as [data] names it -> its name in the file, for those whose names differ."""
    typed = [name for key in (*SINGLE, *LISTS) for name in data.columns(key) if isinstance(name, str)]
    typed += list(data.formats or ())
    return {name: own for name in typed if (own := _named(raw, name)) and own != name}
