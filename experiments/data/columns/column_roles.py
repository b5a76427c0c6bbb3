"""The role of every column of a raw table, by name or by position, and what the study file says of how it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.config.data_options import LISTS, NAMING, SINGLE, TWO_ROLES, DataSection
from experiments.config.readable import in_one_line, printable
from experiments.config.same_column import columns_called, columns_in_part, same_column
from experiments.data.columns.likely_targets import listed_targets
from experiments.data.formats.column_types import is_text
from experiments.data.formats.date_formats import is_date_format
from experiments.data.formats.number_formats import is_number_format
from experiments.data.raw_table import SHOWN, RawTable, listed, shown
from experiments.data.table import Kind
from experiments.errors import DataError
from nnet.near import did_you_mean, enumerated, near

ABOVE = 20  # rows in which a name may stand that is none of a column


@dataclass(frozen=True)
class ColumnRoles:
    """The roles of the columns, and what the study file says of how they are read.

    named:    key of [data] -> the names of its columns.
    features: the columns without a role.
    single:   the columns whose role no other column has.
    kinds:    column -> its kind, where that is named.
    formats:  column -> its format, where that is known.
    """

    named: Mapping[str, tuple[str, ...]]
    features: Sequence[str]
    single: Sequence[str]
    kinds: Mapping[str, Kind]
    formats: Mapping[str, str]

    def of(self, key: str) -> tuple[str, ...]:
        """Return the columns of a key of [data]."""
        return self.named.get(key, ())

    def one(self, key: str) -> str | None:
        """Return the column of a key of [data] that names a single one; None without one."""
        return next(iter(self.of(key)), None)

    @property
    def target(self) -> str:
        (target,) = self.named["target"]
        return target

    @property
    def numbers(self) -> list[str]:
        """Return the features that are not said to be categories."""
        return [name for name in self.features if self.kinds.get(name) != "category"]


def column_roles(raw: RawTable, test: RawTable | None, data: DataSection) -> ColumnRoles:
    """Find the columns that [data] names.

    Raises:
        DataError: a column does not exist or has two roles, the test file lacks one, or there is too little to learn
            from.
    """
    if data.target is None:
        raise DataError(
            'data.target: name the column to predict, as target = "COLUMN" in [data], or --target COLUMN beside '
            f"--data; {raw.where} has {listed_targets(raw)}{_doubts(raw)}."
        )
    named = named_columns(raw, data)
    single = [name for key in SINGLE for name in named.get(key, ())]
    features = [name for name in raw.columns if name not in {*single, *named.get("drop", ())}]
    if not features:
        lags = "; the time is no feature: add columns of what is known before, as the target of earlier rows is"
        advice = lags if "time" in named else ""
        raise DataError(f"{raw.where}: a table needs features, but every column has another role{advice}.")
    if raw.rows < 2:
        raise DataError(f"{raw.where}: a table needs at least 2 rows, but it has {raw.rows}.")
    if test is not None and (lacking := [name for name in (*features, *single) if name not in test.columns]):
        advice = "; leave data.test out, and predict these rows by predict" if lacking == [*named["target"]] else ""
        raise DataError(f"data.test: {test.where} lacks {listed(lacking)}, which {raw.where} has{advice}.")
    formats = _formats(raw, data)
    return ColumnRoles(named, features, single, _kinds(named, formats), formats)


def named_columns(raw: RawTable, data: DataSection) -> dict[str, tuple[str, ...]]:
    """Return key of [data] -> the names of its columns, for the keys that are set.

    Raises:
        DataError: a column does not exist or has two roles.
    """
    check_named(raw, data)
    named = {
        key: tuple(named_column(raw, column) or "" for column in given)
        for key in (*NAMING, *LISTS)
        if (given := data.columns(key))
    }
    refuse_two_roles(named)
    return named


def spelled(raw: RawTable, data: DataSection) -> dict[str, str]:
    """Return column as [data] names it -> its name in the file, for those whose names differ."""
    typed = [name for key in (*NAMING, *LISTS) for name in data.columns(key) if isinstance(name, str)]
    typed += list(data.formats or ())
    return {name: own for name in typed if (own := named_column(raw, name)) and own != name}


def said_of_beginnings(spelled: Mapping[str, str]) -> tuple[str, ...]:
    """Say which column was taken for each name that is only the beginning of one.

    >>> said_of_beginnings({"AGE": "Age", "How old": "How old are you?"})
    ("'How old' is taken for column 'How old are you?'",)
    """
    begun = [(typed, own) for typed, own in spelled.items() if not same_column(typed, [own])]
    return tuple(f"{shown(typed)} is taken for column '{printable(own)}'" for typed, own in begun)


def refuse_two_roles(roles: Mapping[str, Sequence[str]]) -> None:
    """Refuse columns that two keys name which exclude each other, all of them in one line.

    Args:
        roles: key of [data] -> the names of its columns.

    Raises:
        DataError: the message says what to set.
    """
    names = dict.fromkeys(name for of_key in roles.values() for name in of_key)
    keys_of = {name: [key for key, of_key in roles.items() if name in of_key] for name in names}
    twice = [
        f"data: column {shown(name)} is named in {' and in '.join(keys)}; {_one_role(roles, name, keys)}"
        for name, keys in keys_of.items()
        if len(keys) > 1 and set(keys) not in TWO_ROLES
    ]
    if twice:
        raise DataError(f"{in_one_line(twice)}.")


def _one_role(roles: Mapping[str, Sequence[str]], name: str, keys: Sequence[str]) -> str:
    """Say how a column keeps one role: out of a list that says no more than its kind, or else out of another one."""
    lists = sorted((key for key in keys if key in LISTS), key=lambda key: key == "drop")
    if not lists:
        return "leave only one of them"
    left = [other for other in roles[lists[0]] if other != name]
    if not left:
        out = f"remove data.{lists[0]}"
    elif len(left) <= SHOWN:
        out = f"set data.{lists[0]} = {json.dumps(left, ensure_ascii=False)}"
    else:
        out = f"take it out of data.{lists[0]}"
    others = " and ".join(f"data.{key}" for key in keys if key != lists[0])
    return f"{out} for {others} to hold"


def _kinds(named: Mapping[str, tuple[str, ...]], formats: Mapping[str, str]) -> dict[str, Kind]:
    """Return the kind of each column whose kind is named, or follows from its format."""
    keys: tuple[tuple[str, Kind], ...] = (("categories", "category"), ("numbers", "number"), ("dates", "date"))
    kinds = {name: kind for key, kind in keys for name in named.get(key, ())}
    return {name: "date" if is_date_format(form) else "number" for name, form in formats.items()} | kinds


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
    return {named_column(raw, column) or "": form for column, form in (data.formats or {}).items()}


def check_named(raw: RawTable, data: DataSection) -> None:
    """Refuse columns that do not exist.

    Raises:
        DataError: the message names all of them in one line, with the nearest that do.
    """
    names = list(raw.columns)
    unknown = [
        f"data.{key}: {raw.where} has no column {column!r}"
        + (_meant(raw, key, column) if isinstance(column, str) else "")
        for key in (*NAMING, *LISTS, "formats")
        for column in (data.formats or () if key == "formats" else data.columns(key))
        if named_column(raw, column) is None
    ]
    if unknown:
        raise DataError(f"{in_one_line(unknown)}; it has {listed(names)}{_doubts(raw)}.")


def _doubts(raw: RawTable) -> str:
    """Return what is to be said of a header that could be doubted."""
    return "".join(f"; {note}" for note in raw.notes if "data.header=" in note)


def _meant(raw: RawTable, key: str, typed: str) -> str:
    """Say which columns may be meant, or that the name is that of a row; empty where neither is known."""
    names = list(raw.columns)
    if len(parts := [part.strip() for part in typed.split(",")]) > 1 and all(part in names for part in parts):
        how = f"{key} is a single column" if key in NAMING and key != "time" else "name them one by one"
        return f" (but {enumerated([shown(part) for part in parts])}: {how})"
    if not same_column(typed, names) and len(begun := columns_in_part(typed, names)) > 1:
        places = enumerated([str(names.index(name)) for name in begun[:SHOWN]], "or")
        return f" (but {len(begun)} that begin so: {listed(begun)}; type more of the name, or the position {places})"
    if meant := near(typed, names, 3):
        return did_you_mean([shown(name) for name in meant])
    first = raw.columns[names[0]]
    if key == "target" and is_text(first.type) and typed in first.to_pylist():
        turned = 'pandas.read_csv(FILE, index_col=0).T.to_csv("turned.csv")'
        return f" (but a row: its columns are to be rows, and its rows columns; {turned} turns it)"
    return _names_below(raw, typed) if key == "target" else ""


def _names_below(raw: RawTable, typed: str) -> str:
    """Say in which of the first rows a name stands, which are above the header then; empty where it does not."""
    for column in raw.columns.values():
        cells = column.slice(0, ABOVE).to_pylist() if is_text(column.type) else []
        row = next((at for at, cell in enumerate(cells) if (cell or "").strip() == typed), None)
        if row is not None and (place := re.fullmatch(r"(?:line|row) (\d+)( of the sheet)?", raw.place(row))):
            return f" (but {place[0]} has that cell: if it is the header, --set data.skip={int(place[1]) - 1} reads it)"
    return ""


def named_column(raw: RawTable, column: str | int) -> str | None:
    """Return the name of a column, typed in another case, with other white space, or cut short; None without one."""
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
    same = columns_called(column, names) or columns_in_part(column, names)
    return same[0] if len(same) == 1 else None
