"""Accidents of bytes: cuts, flips, insertions and the like, seeded; also inside what an archive holds."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from random import Random

WORDS = [b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"nan", b"-inf", b"1e999", b"=1+1", b"'''"]
WORDS += [
    b"[search]\n",
    b"seed = -1\n",
    b"trials = 1e400\n",
    b"low = 2, high = 1",
    b"\xf0\x9f\x98\x80",
    b"\\u0000",
    b"?",
]
WORDS += [struct.pack(">I", number) for number in (0, 1, 2**31 - 1, 2**32 - 1)] + [b"<script>", b"9" * 400]


def mutated(content: bytes, rng: Random) -> bytes:
    """The content after one to three accidents."""
    for _ in range(rng.randint(1, 3)):
        content = rng.choice(ACCIDENTS)(content, rng)
    return content


def _somewhere(content: bytes, rng: Random) -> int:
    return rng.randint(0, len(content))


def _cut(content: bytes, rng: Random) -> bytes:
    return content[: _somewhere(content, rng)]


def _drop(content: bytes, rng: Random) -> bytes:
    at = _somewhere(content, rng)
    return content[:at] + content[at + rng.randint(1, 20) :]


def _flip(content: bytes, rng: Random) -> bytes:
    if not content:
        return b"\1"
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _insert(content: bytes, rng: Random) -> bytes:
    at = _somewhere(content, rng)
    return content[:at] + rng.choice(WORDS) + content[at:]


def _repeat(content: bytes, rng: Random) -> bytes:
    start, end = sorted((_somewhere(content, rng), _somewhere(content, rng)))
    return content[:end] + content[start:end] + content[end:]


def _swap_lines(content: bytes, rng: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


def _replace_cell(content: bytes, rng: Random) -> bytes:
    cells = content.split(b",")
    cells[rng.randrange(len(cells))] = rng.choice(WORDS)
    return b",".join(cells)


def _inside(content: bytes, rng: Random) -> bytes:
    """Damage what an archive holds, so that the archive itself is whole."""
    accident = rng.choice([_cut, _drop, _flip, _insert, _repeat, _replace_cell])
    try:
        if content[:2] == b"\x1f\x8b":
            return gzip.compress(accident(gzip.decompress(content), rng), mtime=0)
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
            name = rng.choice(sorted(parts))
            parts[name] = accident(parts[name], rng)
            with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
                for part, text in parts.items():
                    archive.writestr(zipfile.ZipInfo(part), text)
            return file.getvalue()
    except Exception:  # an archive that was damaged before
        return content
    return accident(content, rng)


def _swap_bytes(content: bytes, rng: Random) -> bytes:
    if len(content) < 2:
        return content
    first, last = sorted((rng.randrange(len(content)), rng.randrange(len(content))))
    swapped = bytearray(content)
    swapped[first], swapped[last] = swapped[last], swapped[first]
    return bytes(swapped)


def _huge(content: bytes, rng: Random) -> bytes:
    """Write a number over some bytes, as a lying header has."""
    number = struct.pack(rng.choice("<>") + "Q", rng.choice([0, 1, 2**31, 2**40, 2**63, 2**64 - 1]))
    size, at = rng.choice((2, 4, 8)), _somewhere(content, rng)
    return content[:at] + number[:size] + content[at + size :]


ACCIDENTS: list[Callable[[bytes, Random], bytes]] = [
    *(_cut, _drop, _flip, _insert, _repeat, _swap_lines, _replace_cell, _swap_bytes, _huge),
    *(_inside, _inside),
]
