"""Tables made on the spot: numbers with holes, categories with rare values, a target of either task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.data.raw_table import RawTable
from experiments.data.table import Table

CITIES = np.array(["Aachen", "Basel", "Çorum", "Delft", "Évora"])


def cells(raw: RawTable) -> dict[str, list[Any]]:
    return {name: column.to_pylist() for name, column in raw.columns.items()}


def write_rows(path: Path, rows: Iterable[Sequence[Any]]) -> Path:
    """Write rows into a .csv, or a sheet of an .xlsx, whose empty texts are empty cells."""
    if path.suffix == ".csv":
        path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    else:
        import openpyxl  # which few tests need

        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append([None if cell == "" else cell for cell in row])
        book.save(path)
    return path


def mixed_frame(rows: int, seed: int = 0) -> pd.DataFrame:
    """Two number columns, one of them with holes; one category column with holes and rare values, one without."""
    chance = np.random.default_rng(seed)
    age = chance.normal(40, 12, rows)
    height = np.exp(chance.normal(0, 1, rows))
    height[chance.random(rows) < 0.1] = np.nan
    city = CITIES[chance.choice(5, rows, p=[0.5, 0.3, 0.1, 0.08, 0.02])].astype(object)
    city[chance.random(rows) < 0.05] = None
    colour = np.array(["red", "blue"], object)[chance.integers(0, 2, rows)]
    return pd.DataFrame({"age": age, "city": city, "height": height, "colour": colour})


def mixed_table(rows: int, task: str = "classification", **more: Any) -> Table:
    """A table whose target depends on numbers and categories."""
    frame = mixed_frame(rows)
    noise = np.random.default_rng(1).normal(0, 0.3, rows)
    signal = (frame["age"].to_numpy() - 40) / 12 + 2.0 * (frame["colour"] == "red").to_numpy() - 1.0 + noise
    target = np.where(signal > 0, "yes", "no") if task == "classification" else 1000.0 + 50.0 * signal
    return Table("mixed", frame, ("number", "category", "number", "category"), tuple(frame), target, "y", None, **more)
