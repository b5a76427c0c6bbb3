"""Files that lie, grow or carry programs: bombs, headers that announce too much, and pickles that leave a trace."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BOMB = 1 << 28  # bytes that a small file unpacks to
CANARY = "canary"  # file in the working folder that a program in a file would write


class Canary:
    """An object whose unpickling leaves a trace."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(CANARY),)


def _npy(header: str, content: bytes = b"") -> bytes:
    text = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def hostile_npy(rng: Random) -> bytes:
    """Return an array file with a pickle, a lying shape or an expression as header."""
    shape = rng.choice(["(1000000000000, 3)", "(-1, 3)", "(0, 3)", "(40, 99999999)", "(True, 3)", "(40,", "()"])
    kind = rng.choice(["'<f8'", "'|O'", "'<U99999999'", "[('a', '<f8')]", "'|V8'", "'<M8[ns]'", "'<c16'"])
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}"
    if rng.random() < 0.3:
        text = rng.choice(["__import__('os')", "(" * 900, "{" + "'a': 1, " * 5000 + "}", "'shape'"])
    return _npy(text, rng.choice([b"", pickle.dumps(Canary()), bytes(960)]))


def hostile_npz(rng: Random) -> bytes:
    """Return an archive of such arrays, or one whose zeros unpack to much."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in rng.choice([("X", "y"), ("X",), ("../X", "y"), ("/X", "y", "Z")]):
            if rng.random() < 0.3:
                rows = BOMB // 24
                member = _npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, 3), }}")
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member + bytes(rows * 24), zipfile.ZIP_DEFLATED, 1)
            else:
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), hostile_npy(rng))
    return file.getvalue()


@cache
def _bomb() -> bytes:
    return gzip.compress(b"a,b,label\n" + b"1,2,yes\n2,1,no\n" * 4 + b"0" * BOMB, 1, mtime=0)


def gzip_bomb(_: Random) -> bytes:
    """Return a packed table with a cell that has as many letters as a bomb."""
    return _bomb()


def zip_bomb(rng: Random) -> bytes:
    """Return a .zip with a long file, a file named as another's, or a header that lies about its length."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        name = rng.choice(["table.csv", "../table.csv", "/table.csv", "a/b.csv"])
        content = b"a,b,label\n" + b"1,2,yes\n2,1,no\n" * 9 + b"0" * rng.choice([0, BOMB])
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 1)
    raw = file.getvalue()
    return raw if rng.random() < 0.5 else raw.replace(struct.pack("<I", len(content)), struct.pack("<I", 3))


def hostile_idx(rng: Random) -> bytes:
    """Return an IDX file whose header announces more than there is."""
    sizes = [rng.choice([0, 1, 30, 2**16, 2**31, 2**32 - 1]) for _ in range(3)]
    return struct.pack(">IIII", rng.choice([0x803, 0x801, 0xD03]), *sizes) + bytes(rng.choice([0, 480]))


def hostile_png(rng: Random) -> bytes:
    """Return a picture whose header announces many pixels, or whose pixels or texts unpack to much."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    width, height = rng.choice([(2**31 - 1, 2**31 - 1), (60_000, 60_000), (8000, 8000), (0, 4), (6, 4)])
    head = struct.pack(">IIBBBBB", width, height, rng.choice([8, 16, 1]), rng.choice([0, 2, 6, 3]), 0, 0, 0)
    pixels = zlib.compress(bytes(rng.choice([28, 1 << 26])), 1)
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 26), 1)) if rng.random() < 0.3 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + text + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@cache
def _parquets() -> list[bytes]:
    def written(table: pa.Table, **options: Any) -> bytes:
        file = io.BytesIO()
        pq.write_table(table, file, **options)
        return file.getvalue()

    rows = 1 << 25
    labels = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int8)), pa.array(["yes"]))
    program = {b"ARROW:extension:name": b"arrow.py_extension_type"}
    program |= {b"ARROW:extension:metadata": pickle.dumps(Canary())}
    fields = [pa.field("a", pa.int64(), metadata=program), pa.field("label", pa.string())]
    carries = pa.table([list(range(40)), ["yes", "no"] * 20], schema=pa.schema(fields))
    deep: Any = 1
    for _ in range(60):
        deep = [deep]
    return [
        written(pa.table({"a": pa.array(np.zeros(rows, np.int64)), "label": labels}), compression="zstd"),
        written(carries),
        written(pa.table({"a": [deep] * 4, "label": ["yes", "no"] * 2})),
        written(pa.table({"a": ["x" * (1 << 26)] * 2, "label": ["yes", "no"]}), compression="zstd"),
    ]


def hostile_parquet(rng: Random) -> bytes:
    """Return a table of many equal rows, with a program for another reader, of nested lists, or of long texts."""
    return rng.choice(_parquets())


def hostile_xlsx(rng: Random) -> bytes:
    """Return a workbook with a long sheet, with entities that grow, or with a reference to a file."""
    names = rng.choice([(b"", b"&a;"), (b'<!ENTITY x SYSTEM "file:///etc/passwd">', b"&x;"), (b"", b"0" * (1 << 27))])
    entities = b"".join(b'<!ENTITY %c "%s">' % (97 + at, b"&%c;" % (98 + at) * 10) for at in range(9))
    kind = b'<?xml version="1.0"?><!DOCTYPE s [' + entities + b'<!ENTITY j "lol">' + names[0] + b"]>"
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + names[1] + b"</t></is></c></row>"
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = kind + b'<worksheet xmlns="' + main + b'"><sheetData>' + row + b"</sheetData></worksheet>"
    return _with_sheet(sheet)


@cache
def _workbook() -> dict[str, bytes]:
    import pandas as pd

    file = io.BytesIO()
    pd.DataFrame({"a": [1, 2], "label": ["yes", "no"]}).to_excel(file, index=False)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_sheet(sheet: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _workbook().items():
            text = sheet if name == "xl/worksheets/sheet1.xml" else content
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED, 1)
    return file.getvalue()


HOSTILE: dict[str, Callable[[Random], bytes]] = {
    ".npy": hostile_npy,
    ".npz": hostile_npz,
    ".gz": gzip_bomb,
    ".zip": zip_bomb,
    "-ubyte": hostile_idx,
    ".png": hostile_png,
    ".parquet": hostile_parquet,
    ".xlsx": hostile_xlsx,
}
