"""Some cells of development rows as texts, for people who look at a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.readable import readable
from experiments.data.features import column_values
from experiments.data.table import Table
from experiments.evaluation.records.analysis_record import MistakeValues, PermutationRecord

FILE = "file"  # column of the files of pictures
COLUMNS = 6  # columns of a row that are shown
LONGEST = 40  # letters of a cell
LONGEST_PATH = 120  # letters of the path of a picture
SECONDS = 86_400  # of a day


def mistake_values(table: Table, rows: Sequence[int], permutation: PermutationRecord | None) -> MistakeValues | None:
    """Return cells of rows in the columns that matter most to the model, or the files of pictures.

    Pixels that are no files have none.

    Args:
        table: the development rows.
        rows:  their positions in it.
    """
    if table.files is not None and rows:
        return MistakeValues(columns=(FILE,), rows=tuple((file_text(table.files[row]),) for row in rows))
    if "pixel" in table.kinds or not rows:
        return None
    names = telling_columns(table, permutation)[:COLUMNS]
    cells = [cell_texts(table, rows, name) for name in names]
    return MistakeValues(columns=tuple(names), rows=tuple(zip(*cells, strict=True)))


def telling_columns(table: Table, permutation: PermutationRecord | None) -> list[str]:
    """List the columns of a table, those first whose shuffling costs the model most."""
    known = [] if permutation is None else [one.name for one in permutation.columns if one.name in table.columns]
    return [*known, *(name for name in table.columns if name not in set(known))]


def cell_texts(table: Table, rows: Sequence[int], name: str) -> list[str]:
    """Write the cells of a column: numbers with six digits, dates as ISO 8601 does, long texts cut."""
    place = table.columns.index(name)
    column = column_values(table.features, place)
    cells = [column[row] for row in rows]
    if table.kinds[place] == "date":
        return _dates(column.astype(np.float64), cells)
    return ["missing" if cell is None or cell != cell else _text(cell) for cell in cells]


def file_text(path: str) -> str:
    """Write the path of a picture below its folder, with its end where it is long.

    >>> file_text("cat/" + "x" * 200 + ".png")[-9:], file_text("cat/1.png")
    ('xxxxx.png', 'cat/1.png')
    """
    text = readable(path, 10 * len(path))  # one character may become ten
    return text if len(text) <= LONGEST_PATH else f"...{text[3 - LONGEST_PATH :]}"


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return readable(" ".join(cell.split()), LONGEST) or "(empty)"
    return f"{float(cell):.6g}"


def _dates(column: NDArray[np.float64], cells: Sequence[float]) -> list[str]:
    """Write days since 1970, or parts of a day where the whole column has no others.

    >>> _dates(np.array([0.25, np.nan]), [0.25, np.nan]), _dates(np.array([1.5, 0.0]), [1.5, 0.0])
    (['06:00:00', 'missing'], ['1970-01-02 12:00:00', '1970-01-01'])
    """
    present = column[~np.isnan(column)]
    only_times = bool(len(present)) and present.min() >= 0 and 0 < present.max() < 1
    moments = [None if np.isnan(cell) else np.datetime64(round(cell * SECONDS), "s").item() for cell in cells]
    texts = ["missing" if moment is None else str(moment) for moment in moments]
    return [text.partition(" ")[2] or text if only_times else text.removesuffix(" 00:00:00") for text in texts]
