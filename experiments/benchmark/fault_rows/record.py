"""The record of the fault table: a file of JSON lines, one for each row that was run, to which each run appends."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.benchmark.tabulate import Line
from experiments.errors import DataError
from experiments.evaluation.records.provenance import PROGRAM, commit
from experiments.search.arithmetic import processor
from experiments.version import VERSION

PLACE = Path("experiments") / "benchmark" / "faults.jsonl"


def default_place() -> Path:
    """Return the place of the record: the committed one in a clone, else a file of the working folder."""
    return PLACE if PLACE.parent.is_dir() else Path(PLACE.name)


class Record:
    """The record in one file.

    Raises:
        DataError: the file is not such a record.
    """

    def __init__(self, path: Path):
        self.path = path
        self._made_by = {"version": VERSION, "commit": commit(), "code": code_digest(), "processor": processor().model}
        self._lines: list[Line] = []
        if path.exists():
            try:
                self._lines = [dict(json.loads(line)) for line in path.read_text().splitlines()]
            except (OSError, ValueError, TypeError):
                raise DataError(f"{path}: is not a record of faults; name another one with --record.") from None

    def known(self, row: str) -> Line | None:
        """Return the last line of a row, if the program has not changed since."""
        code = self._made_by["code"]
        return next((one for one in self._lines[::-1] if (one.get("row"), one.get("code")) == (row, code)), None)

    def add(self, line: dict[str, Any]) -> Line:
        """Append a row's outcome, with the program, the machine and the date; return the whole line.

        Raises:
            DataError: the file cannot be written.
        """
        whole = {**line, **self._made_by, "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")}
        self._lines.append(whole)
        try:
            with self.path.open("a") as file:
                file.write(json.dumps(whole, ensure_ascii=False) + "\n")
        except OSError as error:
            raise DataError(f"{self.path}: cannot be written: {error.strerror}.") from None
        return whole


def code_digest() -> str:
    """Return a short sha256 of the program's Python files, their names and contents."""
    digest = hashlib.sha256()
    for package in PROGRAM:
        for path in sorted(package.rglob("*.py")):
            name = path.relative_to(package).as_posix()
            digest.update(f"{package.name}/{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
