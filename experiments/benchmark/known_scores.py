"""Scores that are known already, in the file of --cache, so that a long benchmark can go on where it ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.benchmark.tabulate import Line
from experiments.config.regular_file import write_atomically
from experiments.errors import DataError


class KnownScores:
    """Measured scores by key; written to the file after each addition.

    Args:
        file: None keeps everything in memory alone.

    Keys are lists, tuples, strings and numbers, as JSON has them.

    Raises:
        DataError: the file is not one of these.
    """

    def __init__(self, file: Path | None = None):
        self._file = file
        self._known: dict[str, Line] = {}
        if file is not None and file.exists():
            try:
                cells = json.loads(file.read_text())
                self._known = {json.dumps(cell.pop("key")): dict(cell) for cell in cells}
            except (OSError, ValueError, TypeError, LookupError, AttributeError):
                raise DataError(f"{file}: is not a file of known scores; name another one with --cache.") from None

    def __contains__(self, key: Any) -> bool:
        return json.dumps(key) in self._known

    def __getitem__(self, key: Any) -> Line:
        return self._known[json.dumps(key)]

    def add(self, key: Any, scores: Line) -> Line:
        self._known[json.dumps(key)] = scores
        if self._file is not None:
            cells = [{"key": json.loads(known), **of_key} for known, of_key in self._known.items()]
            write_atomically(self._file, (json.dumps(cells, indent=1) + "\n").encode())
        return scores
