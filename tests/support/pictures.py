"""Picture files for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from experiments.config.data_options import DataSection
from experiments.data.readers.pictures.images import read_pictures
from experiments.data.table import Table

RNG = np.random.default_rng(0)


def save(path: Path, pixels: np.ndarray, **options: Any) -> Path:
    """Save pixels as a picture, in folders that are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def grey(height: int = 4, width: int = 6) -> np.ndarray:
    """Draw a random grey picture."""
    return RNG.integers(0, 256, (height, width), np.uint8)


def colour(height: int = 4, width: int = 6) -> np.ndarray:
    """Draw a random picture in colour."""
    return RNG.integers(0, 256, (height, width, 3), np.uint8)


def drawn(folder: Path, names: str = "ab", rows: int = 3) -> Path:
    """Fill a folder with random grey pictures of the classes that single letters name."""
    for name in names:
        for number in range(rows):
            save(folder / name / f"{number}.png", grey())
    return folder


def read(folder: Path, test: Path | None = None, **keys: Any) -> Table:
    return read_pictures(folder, DataSection(source=f"{folder}/", **keys), test)


def notes(table: Table) -> tuple[str, ...]:
    assert table.reading is not None
    return table.reading.notes
