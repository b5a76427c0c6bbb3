"""A canary: an object whose unpickling leaves a mark, so that it shows that something was unpickled."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any


class Canary:
    """An object whose pickle makes a folder when it is loaded.

    Args:
        folder: the folder in which the mark is made.
        name:   of the mark.
    """

    def __init__(self, folder: Path, name: str):
        self._mark = folder / f"sang-{name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return os.makedirs, (str(self._mark), 0o777, True)

    @property
    def sang(self) -> bool:
        return self._mark.exists()

    @property
    def program(self) -> str:
        """Return a line of Python that leaves the same mark."""
        return f"import os; os.makedirs({str(self._mark)!r}, exist_ok=True)\n"

    def pickled(self) -> bytes:
        return pickle.dumps(self)
