"""The formats of files by their endings, and the sort of a source by its form."""

from __future__ import annotations

import re
from pathlib import PurePath

from experiments.config.conversions import conversion

TEXTS = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat", ".test")
JSONS = (".json", ".jsonl", ".ndjson")
SORTS = {  # ending -> sort of source
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(JSONS, "json"),
    **dict.fromkeys((".xlsx", ".xlsm"), "excel"),
    ".parquet": "parquet",
    ".npz": "npz",
    ".npy": "npy",
}
GIVEN = "given"  # source of rows that a program passes on
PACKED = (".gz", ".zip")  # further endings of texts and JSON
FORMATS = f"{', '.join(TEXTS)}, {', '.join(JSONS)} (these also with .gz or .zip), .xlsx, .xlsm, .parquet, .npz or .npy"


def sort_of(source: str) -> str:
    """Return the sort of a source by its form.

    >>> [sort_of(source) for source in ("iris", "openml:61", "my.csv", "my.json.gz", "a/b.npz", "flowers/")]
    ['name', 'openml', 'text', 'json', 'npz', 'folder']
    """
    if source == GIVEN:
        return GIVEN
    if source.startswith("openml:"):
        return "openml"
    if source.endswith(("/", "\\")):
        return "folder"
    path = PurePath(source)
    if path.suffix.lower() in PACKED:
        return SORTS.get(PurePath(path.stem).suffix.lower(), "text")
    if path.suffix.lower() in SORTS:
        return SORTS[path.suffix.lower()]
    return "folder" if "/" in source or "\\" in source else "name"


def stem_of(path: PurePath) -> str:
    """Return the name of a file without its ending, and without the ending of its packing.

    >>> stem_of(PurePath("a/wine.csv.gz")), stem_of(PurePath("adult.data.csv"))
    ('wine', 'adult.data')
    """
    if path.suffix.lower() in PACKED:
        path = PurePath(path.stem)
        return path.stem if path.suffix.lower() in SORTS else path.name
    return path.stem


def unread_format(source: str) -> str:
    """Name the formats that are read, for a message about a file of another one, and how to convert that."""
    if advice := conversion(source):
        return (
            f"end in .csv, .tsv, .xlsx, .parquet, .npz or the like, or in / for a folder, but got {source!r}; {advice}"
        )
    return f"end in {FORMATS}, or in / for a folder, but got {source!r}"


def has_ending(source: str) -> bool:
    """Return whether a path ends as a file does."""
    return re.fullmatch(r"\.[A-Za-z]\w{0,9}", PurePath(source).suffix) is not None and not source.endswith(("/", "\\"))
