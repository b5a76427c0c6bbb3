"""Words for the parts of a split: rows or pictures to learn from, to validate and to test on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

Part = Literal["train", "val", "test"]
WORDS: Mapping[str, Part] = {
    **dict.fromkeys(("train", "training", "trainset", "trainingset"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "valset", "validationset"), "val"),
    **dict.fromkeys(("test", "testing", "testset", "testingset"), "test"),
}
MOST = 6  # different words in a column of parts, as `train`, `Training` and `val`


def part_of(name: str) -> Part | None:
    """Return the part that a name says by one of its words; None where none or several do.

    >>> part_of("Training"), part_of("seg_test"), part_of("val2017"), part_of("trains"), part_of("train-test")
    ('train', 'test', 'val', None, None)
    """
    parts = {WORDS[word] for word in re.findall(r"[a-z]+", name.casefold()) if word in WORDS}
    return parts.pop() if len(parts) == 1 else None


def rows_of_parts(cells: Iterable[object]) -> dict[str, int]:
    """Count the rows of each word of a column that divides rows into parts; empty for any other column.

    Each cell must name a part, and one part must be that to learn from, another that of a test or validation.

    >>> rows_of_parts(["train", "test", "train"]), rows_of_parts(["train", "bus"]), rows_of_parts(["test", None])
    ({'train': 2, 'test': 1}, {}, {})
    """
    rows = Counter(cells)
    if not 2 <= len(rows) <= MOST:
        return {}
    words = {word: count for word, count in rows.items() if isinstance(word, str) and part_of(word) is not None}
    parts = {part_of(word) for word in words}
    return words if len(words) == len(rows) and "train" in parts and len(parts) > 1 else {}
