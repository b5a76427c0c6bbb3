"""The encoding of a text that is not UTF-8, guessed from its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

WESTERN = re.compile(rb"[\x80\x85\x91-\x97\x99\xa0-\xff]")  # letters with accents, signs and quotes of cp1252
BESIDE = re.compile(rb"(?<=[\x80-\xff])[\x80-\xff]")
CELL = re.compile(rb"[,;\t\"\r\n]+")
LARGEST = 1 << 16  # bytes
# encodings of which there would be a mark or bytes of value 0
WIDE = ("utf_7", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be")


def guessed(lines: Sequence[bytes]) -> str | None:
    """Return the name of the encoding that lines are most likely in; None if they are no text.

    Words of Western languages have few letters with accents, which rarely stand side by side: they are read as cp1252,
    which differs from its neighbours in rare letters alone. Other texts are told apart by charset-normalizer.

    Args:
        lines: lines that are not ASCII.

    >>> guessed(["Médoc,1".encode("cp1252")]), guessed(["東京,1".encode("cp932"), "横浜,2".encode("cp932")])
    ('cp1252', 'cp932')
    """
    from charset_normalizer import from_bytes

    cells = sorted({cell for line in lines for cell in CELL.split(line) if not cell.isascii()})
    sample = b"\n".join(cells)[:LARGEST]
    matches = from_bytes(sample, cp_exclusion=[*WIDE])
    best = matches.best()
    others = len(re.findall(rb"[\x80-\xff]", sample))
    if others == len(WESTERN.findall(sample)) and 2 * len(BESIDE.findall(sample)) <= others:
        return "cp1254" if best is not None and best.encoding == "cp1254" else "cp1252"
    return None if best is None else best.encoding
