"""The tables in a folder: one that is named as data is read as pictures, and who meant a table learns what to name."""

from __future__ import annotations

import os
import re
from pathlib import Path

from experiments.config.formats import GIVEN, sort_of
from experiments.config.readable import readable

PLAIN_ARRAY = re.compile(r"[A-Za-z_]\w*\.npy", re.ASCII)  # whose name is one of Python
TABLES = ("text", "json", "excel", "parquet", "npz", "npy")


def tables_in(folder: str | Path) -> list[Path]:
    """List the tables that lie directly in a folder, by name; none if it cannot be listed.

    A hidden one is a system's, as the ._train.csv that a Mac leaves beside train.csv.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if sort_of(entry.name) in TABLES and entry.is_file())
    except (OSError, ValueError):
        return []
    return [Path(folder) / name for name in names if not name.startswith(".")]


def named_table(folder: str | Path) -> str:
    """Advise what to name in place of a folder with tables, as the end of a sentence; empty if none can be listed.

    It is the first table, one to train on before others, or one file of all arrays where there are several.
    """
    if str(folder) == GIVEN:
        return ""
    if not (names := [path.name for path in tables_in(folder)]):
        return ""
    if len(arrays := [name for name in names if PLAIN_ARRAY.fullmatch(name)]) > 1:
        each = ", ".join(f"{name[:-4]}=np.load('{name}')" for name in arrays)
        joined = f"import numpy as np; np.savez('all.npz', {each})"
        return f'arrays are read from one file; make it in this folder by python -c "{joined}"'
    first = min(names, key=lambda name: "train" not in name.lower())  # of a competition's train.csv and test.csv
    return f"a folder is read as pictures; name one file, such as {readable((Path(folder) / first).as_posix(), 200)}"
