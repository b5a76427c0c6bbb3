"""The row about tables as people have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.identity import made_rows
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import SMALL, accepted, refused

PLAIN = made_rows()
LINES = PLAIN.splitlines(keepends=True)
FILE = "rows.csv"
WIDE = 10_000  # columns of the widest table


@dataclass(frozen=True)
class Table:
    """A table in a file, and what must come of it.

    words:   regular expression that its refusal must hold; empty if it must be read.
    rows:    number of rows that are read.
    columns: their names, or their number.
    reading: further keys of results.json's `reading`, with their values.
    classes: names of the classes.
    """

    content: bytes
    words: str = ""
    rows: int = 90
    columns: tuple[str, ...] | int = ("a", "b")
    reading: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ("no", "yes")


def made_tables() -> dict[str, Table]:
    """Return tables by what is odd about each."""
    western = PLAIN.replace("yes", "größe").replace("a,b", "ä,b")
    names = ",".join(f"column {number}" for number in range(1, WIDE))
    cells = "".join(
        f"{','.join(f'{(row * 37 + number * 11) % 97 / 97:.3f}' for number in range(1, WIDE))},{row % 2}\n"
        for row in range(90)
    )
    constant = {"left_out": [{"name": "c", "reason": "constant"}]}
    return {
        "ragged: a line too short": Table(_text(*LINES[:5], "0.1,yes\n", *LINES[5:]), r"line 6 has 2: '0\.1,yes'"),
        "ragged: a line too long": Table(_text(*LINES[:5], "1,2,3,yes\n", *LINES[5:]), r"line 6 has 4: '1,2,3,yes'"),
        "ragged: an open quote": Table(_text(*LINES[:5], '1,"2,yes\n', *LINES[5:]), r"line 6\b.* open|open.* line 6"),
        "empty": Table(b"", "the file is empty"),
        "header only": Table(LINES[0].encode(), "only a header"),
        "BOM": Table(b"\xef\xbb\xbf" + PLAIN.encode()),
        "UTF-16 with a BOM": Table(western.encode("utf-16"), columns=("ä", "b"), classes=("größe", "no")),
        "wrong encoding, read as what it is": Table(
            western.encode("cp1252"), columns=("ä", "b"), classes=("größe", "no")
        ),
        "wrong encoding, which is no text": Table(
            PLAIN.encode() + b"\xff\xfe\x00,1,no\n", f"line {len(LINES) + 1} has a NUL byte"
        ),
        "NaN": Table(_cells(20, "NaN"), reading={"large": 0}),
        "inf": Table(_cells(20, "-inf"), reading={"large": 20}),
        "constant column": Table(_with(",y\n", ",c,y\n", ",yes\n", ",7,yes\n", ",no\n", ",7,no\n"), reading=constant),
        "duplicate names": Table(_with("a,b,y", "a,a,y"), columns=("a", "a.1")),
        "duplicate names, one of them the target": Table(_with("a,b,y", "y,b,y"), "several columns named 'y'"),
        "1 row": Table(_text(*LINES[:2]), "at least 2 rows, but it has 1"),
        "target missing": Table(_with("a,b,y", "a,b,z"), "no column 'y'; it has 'a', 'b', 'z'"),
        "target empty": Table(_with(",yes", ",", ",no", ","), "'y'"),
        "target constant": Table(_with("yes", "no"), "'y' is the target, but all 90 rows have 'no'"),
        f"{WIDE:,} columns": Table(f"{names},y\n{cells}".encode(), columns=WIDE - 1, classes=("0", "1")),
    }


def odd_tables(desk: Desk) -> Iterator[str]:
    """Give the command tables as people have them."""
    for number, (what, table) in enumerate(made_tables().items()):
        (desk.folder / FILE).write_bytes(table.content)
        words, out = ("--data", FILE, "--target", "y", *SMALL), f"studies/odd-{number}"
        if table.words:
            line = refused(desk, rf"({FILE}|data\.target): .*({table.words})|({table.words})", *words, "--out", out)
            yield f"{what}: {line.removeprefix('error: ')}"
        else:
            result = accepted(desk, *words, out=out)
            _check_reading(what, table, result)
            yield f"{what}: read as {table.rows} rows, {result['data']['features']:,} columns"


def _check_reading(what: str, table: Table, result: Mapping[str, Any]) -> None:
    """Check that a table was read as it is meant.

    Raises:
        Broken: it was not.
    """
    data, reading = result["data"], result["reading"]
    columns = tuple(column["name"] for column in reading["columns"])
    right = len(columns) == table.columns if isinstance(table.columns, int) else columns == table.columns
    demand(right, f"{what}: the columns are {columns[:9]}")
    demand(data["rows"] == table.rows, f"{what}: {data['rows']} rows instead of {table.rows}")
    demand(tuple(data["classes"]) == table.classes, f"{what}: the classes are {data['classes']}")
    for key, value in table.reading.items():
        demand(reading[key] == value, f"{what}: {key} is {reading[key]} instead of {value}")
    if what in ("NaN", "inf"):
        missing = data["missing"]["number"]
        demand(0 < missing <= 20, f"{what}: {missing} cells of the development rows are missing")


def _text(*lines: str) -> bytes:
    return "".join(lines).encode()


def _with(*pairs: str) -> bytes:
    text = PLAIN
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        text = text.replace(old, new)
    return text.encode()


def _cells(count: int, cell: str) -> bytes:
    """Write a cell into the first column of the first rows."""
    lines = [LINES[0]] + [f"{cell},{line.partition(',')[2]}" for line in LINES[1 : count + 1]] + LINES[count + 1 :]
    return _text(*lines)
