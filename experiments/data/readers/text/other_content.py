"""Files that are named as text and hold something else: a workbook, a page of the web, or a pointer to a file."""

from __future__ import annotations

from pathlib import Path

from experiments.config.formats import JSONS
from experiments.errors import DataError

START = 512  # bytes that tell what a file holds
OFFICE = (b"[Content_Types].xml", b"xl/", b"docProps/", b"_rels/")  # what stands first in a workbook
RENAME = "give it the ending {0}"
BINARY = {  # first bytes -> what the file is, and what to do
    b"PAR1\x15": ("a .parquet file", RENAME.format(".parquet")),
    b"\xd0\xcf\x11\xe0": ("an old workbook or one with a password", "save it as .xlsx or .csv"),
    b"\x93NUMPY": ("a .npy file", RENAME.format(".npy")),
    b"SQLite format 3": ("a database of SQLite", "save its table as .csv"),
    b"\x89HDF": ("a file of HDF5", "save its table as .csv"),
    b"%PDF-": ("a .pdf file", "copy its table into a .csv"),
    b"version https://git-lfs": ("a pointer to a file of Git LFS", "get the file itself by git lfs pull"),
}


def refuse_other_content(path: Path, start: bytes) -> None:
    """Refuse a file whose first bytes say that it is no text table.

    Raises:
        DataError: the message says what it is, and what to do.
    """
    found = next((of_it for mark, of_it in BINARY.items() if start.startswith(mark)), None)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"PK\3\4") and start[30:].startswith(OFFICE):
        found = ("a workbook", RENAME.format(".xlsx"))
    elif text.startswith((b"<!doctype html", b"<html", b"<table")):
        found = (
            "a page of the web",
            "open it in a browser: it may ask to log in, or show the table, to be saved as .csv",
        )
    elif text.startswith((b'{"', b'[{"')) and not {*JSONS} & {one.lower() for one in path.suffixes}:
        found = ("JSON", RENAME.format(".json or .jsonl"))
    if found is not None:
        raise DataError(f"{path}: a table must be text with a cell for each column, but it is {found[0]}; {found[1]}.")
