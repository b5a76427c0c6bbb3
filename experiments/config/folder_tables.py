"""The tables in a folder: one that is named as data is read as pictures, and who meant a table learns what to name."""

from __future__ import annotations

import os
from pathlib import Path

from experiments.config.documents import readable
from experiments.config.formats import GIVEN, sort_of

TABLES = ("text", "json", "excel", "parquet", "npz", "npy")


def named_table(folder: str | Path) -> str:
    """Advise the first table of a folder as the end of a sentence; empty if it has none, or cannot be listed."""
    if str(folder) == GIVEN:
        return ""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if sort_of(entry.name) in TABLES and entry.is_file())
    except (OSError, ValueError):
        return ""
    if not names:
        return ""
    return f"a folder is read as pictures; name one file, such as {readable((Path(folder) / names[0]).as_posix(), 200)}"
