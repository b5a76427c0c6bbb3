"""Lines such as `1 3:0.5 7:1`, as LIBSVM and SVMlight write them: no table, and what makes one of them is said."""

from __future__ import annotations

import re
from itertools import pairwise

from experiments.config.conversions import sparse_conversion
from experiments.data.readers.text.text_file import TextFile
from experiments.errors import DataError

ROW = re.compile(r"[+-]?\d[\w.+-]*(,\d+)*( qid:\d+)?(?P<pairs>( (0|[1-9]\d{0,8}):[+-]?\d[\w.+-]*){2,}) ?(#.*)?")
LINES = 5  # whose positions ascend, as times of day rarely do in so many


def refuse_sparse_rows(file: TextFile) -> None:
    """Refuse a file whose first lines have positions before their numbers.

    Raises:
        DataError: the message says how to convert it.
    """
    lines = [" ".join(line.split()) for line in file.sample()[0] if line.strip()][:LINES]
    rows = [ROW.fullmatch(line) for line in lines]
    if not rows or not all(row is not None and _ascends(row["pairs"]) for row in rows):
        return
    raise DataError(
        f"{file.path}: a table has a cell for each column, but its lines have positions before their numbers, as "
        f"{lines[0][:30]!r}; {sparse_conversion(str(file.path))}."
    )


def _ascends(pairs: str) -> bool:
    positions = [int(pair.partition(":")[0]) for pair in pairs.split()]
    return all(before < after for before, after in pairwise(positions))
