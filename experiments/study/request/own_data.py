"""The options of a study without a study file: --data, and the keys of [data] that have an option of their own."""

from __future__ import annotations

import argparse
import re
import shlex
from typing import TYPE_CHECKING

from experiments.config.formats import SORTS, sort_of
from experiments.config.toml import toml_value
from experiments.errors import SpecError

if TYPE_CHECKING:
    from experiments.config.default_study import Typed

COLUMNS = {  # key of [data] that names columns -> help of its option
    "drop": "columns that are no features",
    "keep": "columns that are features, though their values look as if they were none",
    "categories": "columns whose values are categories, whatever they look like",
    "numbers": "columns whose values are numbers, whatever they look like",
    "dates": "columns whose values are dates, whatever they look like",
}
COLUMN = {  # key of [data] that names a column -> help of its option
    "target": "column to predict, by name, or by position from 0 (-1: the last)",
    "identifier": "column that names each row; no feature",
    "groups": "column whose rows of equal value stay together; no feature",
    "time": "column that orders the rows; no feature. Several are the parts of a time, as year month day",
    "weights": "column of how much each row counts in training; no feature",
}
KEYS = (*COLUMN, *COLUMNS, "test", "test_rows")


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the option --data and those that go with it."""
    own = parser.add_argument_group("a study of a table")
    own.add_argument("--data", metavar="FILE", help="instead of a STUDY: a study of this table with the default space")
    for key, words in COLUMN.items():
        own.add_argument(f"--{key}", nargs="+" if key == "time" else None, metavar="COLUMN", help=words)
    for key, words in COLUMNS.items():
        own.add_argument(f"--{key}", nargs="+", metavar="COLUMN", help=words)
    own.add_argument(
        "--formats",
        nargs="+",
        metavar="COLUMN=FORMAT",
        type=_format,
        help="formats of numbers, written as 1234.5 would be, or of dates: 'price=$1,234.5' 'day=%%d.%%m.%%Y'",
    )
    own.add_argument("--test", metavar="FILE", help="another file, whose rows are the test set")
    own.add_argument(
        "--test-rows",
        metavar="COLUMN=VALUE",
        help="rows of this table that are the test set, as in split=test or fold=9,10; the column is no feature",
    )


def _format(typed: str) -> tuple[str, str]:
    name, equals, form = typed.rpartition("=")
    if not (name and equals and form):
        raise argparse.ArgumentTypeError(f"must be COLUMN=FORMAT, as in day=%d.%m.%Y, but got {typed!r}")
    return name, form


def keys_of(chosen: argparse.Namespace) -> dict[str, Typed]:
    """Return the keys of [data] that have an option, with what was typed for each."""
    keys: dict[str, Typed] = {key: typed for key in KEYS if (typed := getattr(chosen, key)) is not None}
    if isinstance(time := keys.get("time"), list) and len(time) == 1:
        keys["time"] = time[0]
    return keys if chosen.formats is None else keys | {"formats": dict(chosen.formats)}


def check_source(chosen: argparse.Namespace) -> None:
    """Refuse a study file together with --data, and what goes with --data without it.

    Raises:
        SpecError: both are there, or the one without the other.
    """
    if chosen.data is not None and chosen.study is not None:
        if re.fullmatch(r"[\w.]+=.*", chosen.study, re.DOTALL):
            raise SpecError(
                f"STUDY: --data makes a study of its own, but got {chosen.study!r}; --set is given for each KEY=VALUE: "
                f"--set {shlex.quote(chosen.study)}."
            )
        one = "" if chosen.target is None else " --target takes one column, as a study predicts one; quote its spaces."
        raise SpecError(
            f"--data makes a study of its own, but STUDY is {chosen.study!r}; leave one out, or run the study on other "
            f"data with --set data.source=FILE --set data.target=COLUMN.{one}"
        )
    given = keys_of(chosen)
    if given and chosen.data is None:
        if chosen.study is not None and sort_of(chosen.study) in SORTS.values():
            table = shlex.quote(chosen.study)
            raise SpecError(f"STUDY: {chosen.study!r} is a table, and no study; --data {table} makes a study of it.")
        instead = [f"--set {shlex.quote(f'data.{key}={toml_value(typed)}')}" for key, typed in given.items()]
        first = next(iter(given)).replace("_", "-")
        raise SpecError(f"--{first} goes with --data; a study's own is changed with {' '.join(instead)}.")
