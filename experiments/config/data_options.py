"""[data] of a study file: where the rows come from, and which keys go with which sort of source."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from experiments.config.section import Section


def _is_a_path(path: str) -> str:
    if any(ord(one) < 32 or ord(one) == 127 or 0xD800 <= ord(one) < 0xE000 for one in path):
        raise ValueError(f"it must not hold control characters, but got {path!r}")
    return path


Source = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_is_a_path)]


TABLES = (".csv", ".tsv", ".parquet")
ROLES = ("target", "drop", "categories", "numbers", "identifier", "groups", "time", "weights")
OF_A_SOURCE = {  # which of the keys that not every source has belong to which sort of source
    "name": {"folder"},
    "openml": {*ROLES},
    "text": {*ROLES, "header", "test"},
    "parquet": {*ROLES, "test"},
    "npz": {"target", "groups", "time", "weights", "test"},
    "folder": {"size", "colour", "test"},
}
Column = Annotated[str, Field(min_length=1)] | int
Columns = Annotated[tuple[Column, ...], Field(min_length=1)]
Side = Annotated[int, Field(ge=1, le=4096)]


class Data(Section):
    """[data]: where the rows come from and how the test set is split off.

    A file's name ends in one of the known ways and a folder's holds a slash; whatever else is a name or openml:ID.
    Columns are named, or counted from 0 and, from the end, from -1.
    """

    source: Source
    folder: Source | None = None  # of mnist's and fashion_mnist's files
    test: Source | None = None  # another file or folder, whose rows are the test set
    rows: Annotated[int, Field(ge=2)] | None = None  # so many of the source's own, drawn by split_seed
    header: bool | None = None  # of a .csv or .tsv; None: its first line is one unless it holds a number
    target: Column | None = None
    drop: Columns | None = None
    categories: Columns | None = None
    numbers: Columns | None = None
    identifier: Column | None = None
    groups: Column | None = None
    time: Column | None = None
    weights: Column | None = None
    size: tuple[Side, Side] | None = None  # width and height that pictures are brought to
    colour: bool | None = None  # of pictures; None: as they are
    task: Literal["auto", "classification", "regression"] = "auto"  # auto: told from the values of the target
    test_size: Annotated[float, Field(gt=0, lt=1)] = 0.2
    split_seed: Annotated[int, Field(ge=0, lt=1 << 32)] = 0

    @property
    def sort(self) -> str:
        """What the source is: a name, openml, or a text, parquet, npz or folder path."""
        return sort_of(self.source)

    @model_validator(mode="after")
    def _of_its_source(self) -> Data:
        if self.sort == "name" and "." in self.source:
            raise ValueError(
                f"source must be a name, or end in .csv, .tsv, .parquet, .npz or /, but got {self.source!r}"
            )
        for key in sorted(set().union(*OF_A_SOURCE.values()) - OF_A_SOURCE[self.sort] - {"folder"}):
            if getattr(self, key) is not None:
                raise ValueError(f"{key} does not go with source {self.source!r}")
        if self.test is not None and sort_of(self.test) != self.sort:
            raise ValueError(f"test must be of the same sort as source {self.source!r}, but got {self.test!r}")
        return self

    def to_document(self) -> dict[str, Any]:
        """Plain JSON data without what does not matter: where the files lie, but not how they are called."""
        document = self.model_dump(mode="json", exclude_none=True, exclude={"folder"})
        return document | {key: _file_name(document[key]) for key in ("source", "test") if key in document}


def sort_of(source: str) -> str:
    """What a source is, by its form.

    >>> [sort_of(one) for one in ("iris", "openml:61", "my.csv", "a/b.npz", "flowers/")]
    ['name', 'openml', 'text', 'npz', 'folder']
    """
    suffix = PurePath(source).suffix.lower()
    if source.startswith("openml:"):
        return "openml"
    if suffix in TABLES:
        return "parquet" if suffix == ".parquet" else "text"
    if suffix == ".npz":
        return "npz"
    return "folder" if "/" in source or "\\" in source else "name"


def _file_name(source: str) -> str:
    sort = sort_of(source)
    if sort in ("name", "openml"):
        return source
    return PurePath(source).name + ("/" if sort == "folder" else "")
