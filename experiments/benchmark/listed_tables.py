"""The tables of a folder, as the Markdown table of its README.md lists them.

Its headings are among others #, file, task, target, leave out and note; a note may say "groups: COLUMN".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

from experiments.config.readable import in_one_line
from experiments.config.target import Task
from experiments.config.toml import toml_value
from experiments.errors import DataError

Half = Literal["odd", "even", "all"]
LIST = "README.md"
HEADINGS = ("#", "file", "task", "target", "leave out", "note")
GROUPS = re.compile(r"groups: *([^;]+)")
RULE = re.compile(r"[|:\- ]+")


@dataclass(frozen=True)
class ListedTable:
    """A table of the list.

    number: its number in the list.
    drop:   columns that are no features.
    groups: column whose rows of equal value stay together; None where every row stands alone.
    """

    number: int
    file: Path
    task: Task
    target: str
    drop: tuple[str, ...] = ()
    groups: str | None = None

    @property
    def settings(self) -> list[str]:
        """Return the keys of [data] that the list decides, each as `--set` takes it."""
        data = {"target": self.target, "task": self.task, "drop": list(self.drop), "groups": self.groups}
        return [f"data.{key}={toml_value(value)}" for key, value in data.items() if value]


def listed_tables(folder: Path, half: Half = "all") -> list[ListedTable]:
    """Return the tables of a folder's list, or those whose number is odd or even.

    Raises:
        DataError: there is no such list, it breaks a rule, or no table is left.
    """
    place = folder / LIST
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"{place}: the list of tables cannot be read: {reason}.") from None
    rows = _rows(text)
    if rows is None:
        raise DataError(f"{place}: needs a table with the headings {', '.join(HEADINGS)}, but has none.")
    if problems := [problem for row in rows for problem in _problems(row, folder)]:
        raise DataError(f"{place}: {in_one_line(problems)}.")
    tables = [_table(row, folder) for row in rows]
    wanted = [table for table in tables if half == "all" or table.number % 2 == (half == "odd")]
    if not wanted:
        raise DataError(f"{place}: lists {len(tables)} tables, but none for --half {half}.")
    return wanted


def _rows(text: str) -> list[Mapping[str, str]] | None:
    """Return the rows of the first table that has the headings; None where there is none."""
    lines = [_cells(line) for line in text.splitlines()]
    for start, (headings, rule) in enumerate(pairwise(lines)):
        if set(HEADINGS) <= set(headings) and RULE.fullmatch("|".join(rule)):
            rows = list[Mapping[str, str]]()
            for cells in lines[start + 2 :]:
                if not cells:
                    break
                rows.append({**dict.fromkeys(headings, ""), **dict(zip(headings, cells, strict=False))})
            return rows
    return None


def _cells(line: str) -> list[str]:
    line = line.strip()
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def _problems(row: Mapping[str, str], folder: Path) -> list[str]:
    name = row["#"] or row["file"]
    return [
        f"table {name}: {problem}"
        for wrong, problem in (
            (not row["#"].isdecimal(), f"# must be a number, but is {row['#']!r}"),
            (not row["file"] or not (folder / row["file"]).is_file(), f"there is no file {row['file']!r}"),
            (row["task"] not in get_args(Task), f"task must be {' or '.join(get_args(Task))}, but is {row['task']!r}"),
            (not row["target"], "target must name a column, but is empty"),
        )
        if wrong
    ]


def _table(row: Mapping[str, str], folder: Path) -> ListedTable:
    found = GROUPS.search(row["note"])
    groups = found[1].strip() if found else None
    left_out = (name.strip() for name in row["leave out"].split(","))
    return ListedTable(
        number=int(row["#"]),
        file=(folder / row["file"]).resolve(),
        task="classification" if row["task"] == "classification" else "regression",
        target=row["target"],
        drop=tuple(name for name in left_out if name not in ("", groups)),  # a column of groups is no feature anyway
        groups=groups,
    )
