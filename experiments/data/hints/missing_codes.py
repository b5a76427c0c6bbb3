"""Codes and words that may stand for a missing number or answer in surveys and catalogues: 9, 88, -999, 99.99."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.raw_table import listed, shown
from experiments.data.texts import MISSING_NUMBERS

CODES = frozenset(sign * float(digit * length) for sign in (-1, 1) for digit in "789" for length in range(1, 7))
CODES |= {sign * number for sign in (-1, 1) for number in (97.0, 98.0, 997.0, 998.0)}  # beside 99 and 999
CODES |= {sign * float(f"{'9' * whole}.{'9' * part}") for sign in (-1, 1) for whole in range(1, 5) for part in (1, 2)}
FEWEST = 5  # rows with such codes
APART = 3  # times the smallest difference of the other values
MANY, TWICE = 20, 2  # other numbers beside -1, and times that it stands in more rows than the next of them
IDENTIFIER = r".*[a-z]I[dD]|(?i:(.*[_ .-])?(id|code|nr|no|number))"  # whose numbers are apart without a meaning
NO_ANSWERS = (  # further words, in any case, that are no answer of a target
    *("don't know", "dont know", "do not know", "dk", "not known", "no answer", "not answered", "refused"),
    *(
        "prefer not to say",
        "prefer not to answer",
        "not applicable",
        "weiß nicht",
        "weiss nicht",
        "keine angabe",
        "k.a.",
    ),
    *("unbekannt", "ne sait pas", "inconnu", "no sabe", "no contesta", "desconocido", "bilmiyorum", "bilinmiyor"),
    *("不知道", "不明", "無回答", "わからない"),
)
CODED = r"^-?\d+\W+(?=\w)"  # before a class, as in `8 Don't know`

Numbers = NDArray[np.float64]


def missing_codes(values: Numbers) -> tuple[float, ...]:
    """Return the codes among numbers: sevens, eights or nines of several rows, apart at one end.

    They are as far from all other values as these are from each other, or below 0 as no other value is. So is -1, where
    it is frequent beside many other numbers.

    Args:
        values: finite numbers.

    >>> missing_codes(np.array([1.0, 2, 3, 4, 5, 8, 9, 9, 9, 9])), missing_codes(np.array([5.0, 6, 7, 8, 9, 9, 9, 9]))
    ((8.0, 9.0), ())
    """
    if not len(values) or not {float(values.min()), float(values.max())} & {-1.0, *CODES}:  # as in most columns
        return ()
    different, counts = np.unique(values, return_counts=True)
    rest = different[~np.isin(different, [*CODES])]
    below = _below_zero(different, counts)
    if not len(rest) or len(rest) == len(different):
        return below
    inner = different[(different >= rest[0]) & (different <= rest[-1])]
    found: list[float] = []
    for beyond, sign in ((different < rest[0], -1), (different > rest[-1], 1)):
        codes = [sign * code for code in _apart(np.sort(sign * inner), np.sort(sign * different[beyond]).tolist())]
        if counts[np.isin(different, codes)].sum() >= FEWEST and not (len(inner) == 1 and 0 < codes[-1] < 10):
            found += codes  # two numbers such as 1 and 9 are no codes
    return tuple(sorted({*found, *below}))


def _below_zero(different: Numbers, counts: NDArray[np.intp]) -> tuple[float, ...]:
    """Return the codes among numbers of which no other is below 0; -7 to -9 alone may be numbers.

    Args:
        different: the numbers, in ascending order.
        counts:    number of rows of each of them.
    """
    below = different[different < 0]
    if len(below) == len(different) or counts[: len(below)].sum() < FEWEST:
        return ()
    if below.tolist() == [-1.0]:
        return (-1.0,) if len(different) > MANY and counts[0] > TWICE * counts[1] else ()
    return tuple(below.tolist()) if below[0] < -9 and CODES.issuperset(below.tolist()) else ()


def _apart(inner: Numbers, codes: list[float]) -> list[float]:
    """Return the codes above other values that are apart from them; a code next to these is one of them."""
    step = float(np.diff(inner).min()) if len(inner) > 1 else 0.0
    low, high = float(inner[0]), float(inner[-1])
    while codes and codes[0] - high < 2 * step:
        high, *codes = codes
    return codes if codes and codes[-1] - high >= max(high - low, APART * step) else []


def code_hints(columns: Mapping[str, Numbers]) -> tuple[list[str], set[str]]:
    """Say which columns hold codes that may stand for missing numbers, those with the same codes in one line.

    Codes of one digit are passed over in columns that are named like identifiers, and where more columns hold them as
    values like others: data.missing holds for all columns.

    Args:
        columns: name -> its finite numbers.

    Returns:
        the lines, and the names of these columns.
    """
    found: dict[tuple[float, ...], dict[str, int]] = {}
    of_columns = {name: missing_codes(values) for name, values in columns.items()}
    for name, codes in of_columns.items():
        if codes and not (min(codes) >= 0 and max(codes) < 10 and re.fullmatch(IDENTIFIER, name)):
            found.setdefault(codes, {})[name] = int(np.isin(columns[name], codes).sum())
    lines, told = [], set[str]()
    for codes, rows in found.items():
        others = [
            name for name in columns if np.isin(columns[name], [c for c in codes if c not in of_columns[name]]).any()
        ]
        if len(others) > len(rows) and min(codes) >= 0 and max(codes) < 10:
            continue
        texts = _texts(codes)
        holds, its = (
            (f"column {listed([*rows])} holds", "its")
            if len(rows) == 1
            else (f"columns {listed([*rows])} hold", "their")
        )
        fewer, also = "" if len(rows) == 1 else " or fewer", f", but also in {listed(others)}" if others else ""
        told |= {*rows}
        lines.append(
            f"{holds} {', '.join(texts)} in {max(rows.values())} development rows{fewer}, apart from {its} other "
            f"values; if that is a missing number, data.missing = {json.dumps(texts)} says so{also}."
        )
    return lines, told


def target_hint(name: str, target: Target, y: NDArray[Any]) -> str | None:
    """Say which values of a target may be no answer; None where none may.

    Args:
        y: labels or numbers of the development rows.
    """
    words: list[str] = []
    if target.classes:
        words = [one for one in target.classes if re.sub(CODED, "", one.lower()) in (*NO_ANSWERS, *MISSING_NUMBERS)]
        words = words if len(target.classes) - len(words) > 1 else []
        with suppress(ValueError):  # of classes that are words
            words = words or _texts(missing_codes(np.array(target.classes, np.float64)[y]))
        rows = int(np.isin(y, [target.classes.index(word) for word in words]).sum())
    else:
        words = _texts(codes := missing_codes(y))
        rows = int(np.isin(y, codes).sum())
    if not words:
        return None
    return (
        f"target {shown(name)} has {listed(words)} in {rows} development rows; if that is no answer, "
        f"data.drop_classes = {json.dumps(words, ensure_ascii=False)} leaves these rows out."
    )


def _texts(codes: Iterable[float]) -> list[str]:
    return [f"{code:g}" for code in codes]
