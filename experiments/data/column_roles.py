"""From a raw table to a table: which column is what, by name or by position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.data_options import Data
from experiments.data.cells import SourceCells
from experiments.data.column_types import (
    at,
    chosen,
    cleaned,
    is_text,
    read_category,
    read_number,
    refuse_long,
    refuse_missing,
    texts,
)
from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.table import Kind, Table, appended
from experiments.data.target_column import read_target
from experiments.data.texts import NUMBER
from experiments.errors import DataError

SINGLE = ("target", "identifier", "groups", "time", "weights")
LISTS = ("drop", "categories", "numbers")
LEAST = 2  # rows


def table_of(sheet: RawTable, data: Data, test: RawTable | None = None) -> Table:
    """The table of a sheet; the test sheet's rows come last, read as the first one's columns are.

    Raises:
        DataError: a column named in [data] is not there or has two roles, or a value breaks its column's rule.
    """
    roles = _roles(sheet, data)
    taken = {name for key in (*SINGLE, "drop") for name in roles.get(key, ())}
    features = [name for name in sheet.columns if name not in taken]
    if not features:
        raise DataError(f"{sheet.where}: a table needs features, but every column has another role.")
    if sheet.rows < LEAST:
        raise DataError(f"{sheet.where}: a table needs at least {LEAST} rows, but it has {sheet.rows}.")
    cells = SourceCells.of(*sheet.columns.values())
    sheet = cleaned(sheet, [name for name in sheet.columns if name not in roles.get("drop", ())])
    used = {name: name in roles.get("categories", ()) for name in roles["target"]}  # a target may be told to be classes
    told = [name for name in roles.get("categories", ()) if name not in used]
    categories = chosen(sheet, features, told, roles.get("numbers", ()))
    ((target_name, as_classes),) = used.items()
    parts = [_part(sheet, cells, roles, categories, as_classes)]
    if test is not None:
        needed = [*features, *(name for key in SINGLE for name in roles.get(key, ()))]
        lost = [name for name in needed if name not in test.columns]
        if lost:
            raise DataError(f"data.test: {test.where} lacks {listed(lost)}, which {sheet.where} has.")
        cells = SourceCells.of(*test.columns.values())
        test = cleaned(test, needed)
        parts.append(_part(test, cells, roles, categories, as_classes or parts[0].target.dtype.kind == "U"))
    for name in roles.get("identifier", ()):
        check_identifiers([sheet] if test is None else [sheet, test], name)
    whole = parts[0] if test is None else appended(parts[0], parts[1])
    if len(np.unique(whole.target[: sheet.rows])) < 2:
        raise DataError(
            f"{at(sheet, target_name)} is the target, but every row has {whole.target[0]}: there is nothing to learn."
        )
    return whole


def _part(
    sheet: RawTable,
    cells: SourceCells,
    roles: Mapping[str, tuple[str, ...]],
    categories: Mapping[str, bool],
    classes: bool,
) -> Table:
    (target_name,) = roles["target"]
    target, names = read_target(sheet, target_name, classes)
    kinds: tuple[Kind, ...] = tuple("category" if one else "number" for one in categories.values())
    values = {name: read_category(sheet, name) if one else read_number(sheet, name) for name, one in categories.items()}
    features: Any
    if any(categories.values()) or any(np.isnan(one).any() for one in values.values()):
        import pandas as pd

        features = pd.DataFrame(values)
    else:
        features = np.column_stack(list(values.values()))
    return Table(
        name=sheet.name,
        features=features,
        kinds=kinds,
        columns=tuple(categories),
        target=target,
        target_name=target_name,
        classes=names,
        groups=read_groups(sheet, *roles.get("groups", ())),
        time=read_time(sheet, *roles.get("time", ())),
        weights=read_weights(sheet, *roles.get("weights", ())),
        cells=cells,
    )


def _roles(sheet: RawTable, data: Data) -> dict[str, tuple[str, ...]]:
    """Key of [data] -> the names of its columns."""
    if data.target is None:
        raise DataError(f"data.target: name the column to predict; {sheet.where} has {listed(list(sheet.columns))}.")
    roles: dict[str, tuple[str, ...]] = {}
    roles |= {key: (_named(sheet, key, getattr(data, key)),) for key in SINGLE if getattr(data, key) is not None}
    for key in LISTS:
        if getattr(data, key) is not None:
            roles[key] = tuple(_named(sheet, key, one) for one in getattr(data, key))
    given = [name for key, names in roles.items() for name in names]
    twice = [name for name, times in Counter(given).items() if times > 1]
    for name in twice:
        keys = [key for key, names in roles.items() for one in names if one == name]
        if keys != ["target", "categories"]:
            raise DataError(f"data: column {shown(name)} has one role, but is named in {' and in '.join(keys)}.")
    return roles


def _named(sheet: RawTable, key: str, column: str | int) -> str:
    names = list(sheet.columns)
    if isinstance(column, int) and -len(names) <= column < len(names):
        return names[column]
    if column in sheet.columns:
        return str(column)
    raise DataError(f"data.{key}: {sheet.where} has no column {column!r}; it has {listed(names)}.")


def check_identifiers(sheets: Sequence[RawTable], name: str) -> None:
    """The same identifier twice is the same thing twice, which may come to lie on both sides of a split.

    Raises:
        DataError: one is missing, or is there twice, in one sheet or in two.
    """
    seen: set[str] = set()
    for sheet in sheets:
        column = texts(sheet, name)
        refuse_missing(sheet, name, column, "the identifier")
        for row, value in enumerate(column.to_pylist()):
            if value in seen:
                raise DataError(
                    f"{at(sheet, name)} is the identifier, but {sheet.place(row)} has {shown(value)} again; remove the "
                    "row, or name the column as data.groups if its rows belong together."
                )
            seen.add(value)


def read_groups(sheet: RawTable, name: str | None = None) -> NDArray[Any] | None:
    """(N,) the name of each row's group; None without a column.

    Raises:
        DataError: one is missing or is a whole text.
    """
    if name is None:
        return None
    column = texts(sheet, name)
    refuse_missing(sheet, name, column, "the groups")
    refuse_long(sheet, name, column, "the groups are names")
    return np.asarray(column.to_numpy(zero_copy_only=False), str)


def read_time(sheet: RawTable, name: str | None = None) -> NDArray[Any] | None:
    """(N,) when each row was: numbers, or dates in ISO 8601, with zones as UTC; None without a column.

    Raises:
        DataError: one is missing or is neither.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if name is None:
        return None
    kind = sheet.columns[name].type
    column = sheet.columns[name]
    refuse_missing(sheet, name, column, "the time")
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return np.asarray(column.to_numpy())
    if not is_text(kind) or pc.all(pc.match_substring_regex(column, NUMBER)).as_py():
        return read_number(sheet, name)
    import pandas as pd

    times = pd.to_datetime(column.to_pandas(), format="ISO8601", utc=True, errors="coerce")
    if times.isna().any():
        row = int(times.isna().argmax())
        raise DataError(
            f"{at(sheet, name)} is the time, a number or a date like 2026-01-31 or 2026-01-31T12:00, but "
            f"{sheet.place(row)} has {shown(column[row].as_py())}."
        )
    found: NDArray[Any] = times.dt.tz_localize(None).to_numpy().astype("datetime64[ns]")
    return found


def read_weights(sheet: RawTable, name: str | None = None) -> NDArray[np.float64] | None:
    """(N,) how much each row counts, from 0 on; None without a column.

    Raises:
        DataError: one is missing or negative, or all are 0.
    """
    if name is None:
        return None
    values = read_number(sheet, name)
    wrong = np.flatnonzero(~(values >= 0))
    if len(wrong):
        raise DataError(
            f"{at(sheet, name)} is the weights, numbers from 0 on, but {sheet.place(int(wrong[0]))} has "
            f"{values[wrong[0]]}."
        )
    if not values.any():
        raise DataError(f"{at(sheet, name)} is the weights, but every one is 0.")
    return values
