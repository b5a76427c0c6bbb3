"""[data] of a study file: the source of the rows, and the keys of each sort of source."""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from experiments.config.folder_tables import named_table
from experiments.config.formats import has_ending, sort_of, unread_format
from experiments.config.marked_rows import column_and_values, in_one_spelling, marked_rows
from experiments.config.section import Section


def from_home(path: str) -> str:
    """Write a path that begins with ~/ in full."""
    return os.path.expanduser(path) if path.startswith("~/") else path  # noqa: PTH111 - keeps a slash at the end


def _is_a_path(path: str) -> str:
    path = from_home(path)
    if any(ord(char) < 32 or ord(char) == 127 or 0xD800 <= ord(char) < 0xE000 for char in path):
        raise ValueError(f"it must not contain control characters, but got {path!r}")
    return path


def _on(value: object) -> object:
    return None if value is False else value


def _as_words(given: object) -> object:
    """Return a list of texts for one text or number, or for a list that has numbers."""
    listed = given if isinstance(given, list | tuple) else (given,)
    return tuple(str(one) if type(one) in (int, float) else one for one in listed)


def _separator(typed: object) -> object:
    return {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";"}.get(str(typed), typed)


def _is_a_separator(separator: str) -> str:
    if len(separator) != 1 or not separator.isascii() or separator.isalnum() or separator in "\"'\r\n.+-\0":
        raise ValueError(f'it must be one character such as ",", ";", "|", "tab" or "space", but got {separator!r}')
    return separator


def _is_an_encoding(name: str) -> str:
    try:
        codecs.getincrementaldecoder(name)().decode("a".encode(name))  # of texts, and read piece by piece
    except (LookupError, ValueError, TypeError):
        raise ValueError(f'it must be an encoding such as "cp1252", "utf-16" or "gb18030", but got {name!r}') from None
    return name


Source = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_is_a_path)]
Encoding = Annotated[str, AfterValidator(_is_an_encoding)]


SINGLE = ("target", "identifier", "groups", "time", "weights")  # keys that name a column; time may name several
NAMING = (*SINGLE, "test_rows")  # the same, and the one that names values of its column, too
LISTS = ("drop", "categories", "numbers", "dates", "keep")  # keys that name columns
TWO_ROLES = (  # keys that may name one column
    *({"target", "categories"}, {"categories", "keep"}, {"numbers", "keep"}),
    *({"groups", "test_rows"}, {"time", "test_rows"}),  # which are no features either
)
LAYOUT = ("separator", "encoding", "skip", "sheet", "header", "fill_down")  # keys that say how a file is written
ROLES = (*NAMING, *LISTS, "formats", "missing", "drop_classes", "strict")
# keys of [data] with what was decided for them
Decided = Mapping[str, "str | int | tuple[str, ...] | tuple[int, int] | Mapping[str, str]"]
OF_A_SOURCE = {  # the keys of each sort of source that not every sort has
    "name": {"folder"},
    "given": {*ROLES, "present"},
    "openml": {*ROLES, "present"},
    "text": {*ROLES, "present", "header", "separator", "encoding", "skip", "fill_down", "test"},
    "json": {*ROLES, "present", "encoding", "test"},
    "excel": {*ROLES, "present", "header", "skip", "sheet", "fill_down", "test"},
    "parquet": {*ROLES, "present", "test"},
    "npz": {"target", "groups", "time", "weights", "present", "strict", "test"},
    "npy": {*ROLES, "present", "test"},
    "folder": {"target", "groups", "size", "colour", "strict", "test"},
}
Column = Annotated[str, Field(min_length=1)] | int
Columns = Annotated[
    tuple[Column, ...],
    Field(min_length=1),
    BeforeValidator(lambda given: (given,) if isinstance(given, str) or type(given) is int else given),
]
Times = Annotated[  # a column, or the parts of a time, as year, month and day
    Column | Annotated[tuple[Column, ...], Field(min_length=2, max_length=5)],
    BeforeValidator(lambda given: given[0] if isinstance(given, list | tuple) and len(given) == 1 else given),
]
Word = Annotated[str, Field(min_length=1)]
Cells = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_as_words)]
Words = Annotated[tuple[Word, ...], Field(min_length=1), BeforeValidator(_as_words)]
Format = Annotated[str, Field(min_length=1, max_length=60)]  # as "%d.%m.%Y" or "$1,234.5"
Side = Annotated[int, Field(ge=1, le=4096)]
OuterFolds = Annotated[int, Field(ge=2, le=20)]  # each is a whole search
MarkedRows = Annotated[str, AfterValidator(in_one_spelling)]
TestFold = tuple[Annotated[int, Field(ge=1)], OuterFolds]


class DataSection(Section):
    """[data]: the source of the rows, the roles of its columns, and the split of the test set.

    A source is a file with a known ending, a folder, whose path contains a slash, openml:ID or a built-in name. A
    column is given by its name, or by its position from 0, or from -1 at the end. One column is a list of one.
    """

    source: Source
    folder: Source | None = None  # the files of mnist or fashion_mnist
    test: Source | None = None  # another file or folder: the test set
    test_rows: MarkedRows | None = None  # COLUMN=VALUE, or VALUE,VALUE: the test set is these rows of the source
    rows: Annotated[int, Field(ge=2)] | None = None  # number of rows to draw from the source, by split_seed
    header: bool | None = None  # whether the first line names the columns; None: it does unless it has a number
    separator: Annotated[str, BeforeValidator(_separator), AfterValidator(_is_a_separator)] | None = None
    encoding: Encoding | None = None
    skip: Annotated[int, Field(ge=0, le=10_000)] | None = None  # number of lines above the table
    sheet: Annotated[str, BeforeValidator(lambda name: str(name) if type(name) is int else name)] | None = None
    fill_down: Words | None = None  # columns whose empty cells have the value above, as pivot tables write it
    target: Column | None = None
    drop: Columns | None = None
    categories: Columns | None = None
    numbers: Columns | None = None
    dates: Columns | None = None
    formats: Annotated[dict[str, Format], Field(min_length=1)] | None = None  # of numbers and dates, by column
    keep: Columns | None = None  # features whatever they look like
    missing: Cells | None = None  # words for missing among numbers
    strict: Annotated[Literal[True] | None, BeforeValidator(_on)] = None  # refuse what would be left out
    drop_classes: Words | None = None  # classes whose rows are left out
    identifier: Column | None = None
    groups: Column | None = None
    time: Times | None = None
    weights: Column | None = None
    present: Words | None = None  # words that are values, not missing
    positive: str | int | bool | None = None  # of two classes, the one that scores such as f1 are of
    size: tuple[Side, Side] | None = None  # width and height to which images are resized
    colour: bool | None = None  # of images; None: colour if any image has it
    copies: Literal["together", "free"] | None = None  # in splits; None: together unless rows are equal by chance
    task: Literal["auto", "classification", "regression"] = "auto"  # auto: inferred from the target
    target_transform: Literal["log"] | None = None  # learn the logarithm of a positive target
    test_size: Annotated[float, Field(gt=0, lt=1)] = 0.2
    test_fold: TestFold | None = None  # (k, K): the test set is the k-th of K outer folds, and no share of the rows
    split_seed: Annotated[int, Field(ge=0, lt=1 << 32)] = 0

    @property
    def sort(self) -> str:
        """Return the sort of the source: name, given, openml, text, json, excel, parquet, npz, npy or folder."""
        return sort_of(self.source)

    @model_validator(mode="after")
    def _of_its_source(self) -> DataSection:
        if self.sort == "name" and "." in self.source:
            raise ValueError(f"source must be a built-in name, {unread_format(self.source)}")
        has_role = any(getattr(self, key) is not None for key in ROLES)
        if self.sort == "folder" and has_role and has_ending(self.source):
            raise ValueError(f"source must {unread_format(self.source)}")
        others = sorted(set().union(*OF_A_SOURCE.values()) - OF_A_SOURCE[self.sort] - {"folder"})
        if refused := [key for key in others if getattr(self, key) is not None]:
            advice = f"remove {'it' if len(refused) == 1 else 'them'}"
            advice += f", or name a file with its ending, such as {self.source}.csv" if self.sort == "name" else ""
            advice = (named_table(self.source) if self.sort == "folder" else "") or advice
            if self.sort == "given" and "test" in refused:
                advice = "read both tables from files, as in data='train.csv', test='test.csv', or name the rows of one"
                advice += " by a column of it, as in test_rows='split=test'"
            raise ValueError(f"{' and '.join(refused)} cannot be set for source {self.source!r}; {advice}")
        if self.sort == "npz" and isinstance(self.time, tuple):
            raise ValueError(f"time must be one array of source {self.source!r}, but got {list(self.time)}; join them")
        if self.test is not None and sort_of(self.test) != self.sort:
            named = sort_of(self.test) == "name"
            rows = self.test if "=" in self.test else f"{self.test}=VALUE"
            advice = f'; if it is a column, set test_rows = "{rows}" in its place' if named else ""
            rule = f"test must be the same kind of file as source {self.source!r}, but got {self.test!r}"
            raise ValueError(f"{rule}{advice}")
        sets = [key for key in ("test_fold", "test_rows", "test") if getattr(self, key) is not None]
        if len(sets) > 1:
            both = f"{sets[0]} and {sets[1]} = {getattr(self, sets[1])!r}"
            raise ValueError(f"{both} both name the test set; remove one of them")
        if self.test_fold is not None and self.test_fold[0] > self.test_fold[1]:
            fold, folds = self.test_fold
            raise ValueError(f"test_fold = [k, K] is the k-th of K folds, from 1 on, but got [{fold}, {folds}]")
        return self

    def columns(self, key: str) -> tuple[str | int, ...]:
        """Return the columns that a key names; none where it is not set."""
        given = getattr(self, key)
        if key == "test_rows" and given is not None:
            return column_and_values(given)[:1]
        return given if isinstance(given, tuple) else () if given is None else (given,)

    def with_names(self, spelled: Mapping[str, str]) -> DataSection:
        """Return the same section with columns named as the source names them."""
        named = {
            key: tuple(spelled.get(name, name) if isinstance(name, str) else name for name in self.columns(key))
            for key in (*SINGLE, *LISTS)
        }
        changed: dict[str, Any] = {
            key: names if key in LISTS or len(names) > 1 else names[0] for key, names in named.items() if names
        }
        if self.test_rows is not None:
            column, values = column_and_values(self.test_rows)
            changed["test_rows"] = marked_rows(spelled.get(str(column), column), values)
        if self.formats:
            changed["formats"] = {spelled.get(name, name): form for name, form in self.formats.items()}
        return self.model_copy(update=changed) if spelled else self

    def to_document(self) -> dict[str, Any]:
        """Return JSON data with the names of the files and without their folders."""
        unused = {"folder"} if self.test_fold is None and self.test_rows is None else {"folder", "test_size"}
        document = self.model_dump(mode="json", exclude_none=True, exclude=unused)
        return document | {key: _file_name(document[key]) for key in ("source", "test") if key in document}


def _file_name(source: str) -> str:
    sort = sort_of(source)
    if sort in ("name", "given", "openml"):
        return source
    return PurePath(source).name + ("/" if sort == "folder" else "")
