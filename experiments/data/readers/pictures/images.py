"""A folder of pictures, with a subfolder for each class, as rows of pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.config.data_options import DataSection
from experiments.config.readable import count, in_one_line, readable
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.equal_rows import equal_hashes
from experiments.data.identity.hashes import short_hash
from experiments.data.parts import part_of
from experiments.data.raw_table import LARGEST_FILE
from experiments.data.readers.pictures.image_file import Change, UnreadableError, decode
from experiments.data.readers.pictures.image_folder import LONGEST, PictureFolder, find_pictures
from experiments.data.readers.pictures.image_format import MOST_VALUES, FormatDecision, decide_format
from experiments.data.readers.pictures.image_labels import find_groups
from experiments.data.readers.pictures.image_layout import (
    LabelledPicture,
    Layout,
    has_class_folders,
    lay_out,
    lay_out_test,
)
from experiments.data.readers.pictures.labelled_layout import lay_out_by_labels, lay_out_test_by_labels
from experiments.data.splits.development_rows import development_rows
from experiments.data.table import Table, TableReading, array_columns
from experiments.errors import DataError
from nnet.arrays import Rows

CHANGED: dict[Change, str] = {
    "scaled": "{} of 16 bits scaled to 8",
    "on white": "{} with transparency put on white",
    "on black": "{} with transparency put on black, as nothing would be seen of them on white",
    "first": "{} of several frames: the first is read",
}


@dataclass(frozen=True)
class _Rows:
    """The pictures of a table in their order, the test part last, and how they are brought to one format.

    development: computes the rows that the study's own split gives to the search.
    """

    pictures: tuple[LabelledPicture, ...]
    target: NDArray[np.int64]
    layout: Layout
    format: FormatDecision
    development: Callable[[], Rows]


def read_pictures(folder: Path, data: DataSection, test: Path | None) -> Table:
    """Read the table of a folder: rows by class and then by path, pixels from 0 to 255 row by row.

    Subfolders named as parts are the rows to learn from (train, val) and the source's own test part. Files that are no
    pictures are passed over, and unreadable pictures are left out. Without data.size and data.colour the development
    pictures decide the size and colour of all.

    Args:
        test: a folder with the test rows, which stand for the source's own test part.

    Raises:
        DataError: the folder is not laid out so, more than half of the pictures are unreadable, or a row would be too
            large; with data.strict also whatever would be left out, joined or resized.
    """
    found = [find_pictures(one) for one in (folder, test) if one is not None]
    rows, pixels, hashes, changes = _read(found, data)
    said = {change: CHANGED[change].format(count(number, "picture")) for change, number in sorted(changes.items())}
    scaled = [line for change, line in said.items() if change == "scaled"]
    left_out = [line for one in found for line in one.decisions()]
    decisions = [*rows.layout.decisions, *rows.format.decisions, *scaled, *left_out]
    if data.strict and decisions:
        raise DataError(f"{folder}: data.strict refuses what would be decided: {in_one_line(decisions)}.")
    facts = [*rows.layout.facts, *rows.format.facts, *(line for change, line in said.items() if change != "scaled")]
    facts += [line for one in found for line in one.facts()]
    facts += _of_several_classes(rows.pictures, hashes)
    labels, hashed = np.array([one.label for one in rows.pictures]), np.array(hashes, "V8")
    columns = array_columns(pixels, str(folder))
    return Table(
        name=_name(folder),
        target=rows.target,
        target_name=rows.layout.target,
        classes=rows.layout.classes,
        own_test=len(rows.layout.test),
        groups=_groups(rows.pictures, rows.layout),
        files=np.array(["/".join(one.file.order) for one in rows.pictures], np.object_),
        cells=SourceCells.of(hashed, labels),
        equal=equal_hashes(hashed, rows.target, len(rows.layout.test)),
        reading=TableReading(
            tuple(zip(columns["columns"], columns["kinds"], strict=True)),
            keys={**rows.layout.keys, **rows.format.keys},
            notes=(*facts, *decisions),
        ),
        **columns,
    )


def _read(
    found: Sequence[PictureFolder], data: DataSection
) -> tuple[_Rows, NDArray[np.uint8], list[bytes], Counter[Change]]:
    """Lay out and decode the pictures; again without those that turn out to be broken, or grey if all hold only grey.

    Returns:
        the rows, their pixels, a hash of each file, and the number of pictures of each change.

    Raises:
        DataError: more than half of the pictures of a folder are unreadable, or `_rows` refuses them.
    """
    hold_grey = False
    while True:
        for one in found:
            one.check()
        rows = _rows(found, data, hold_grey)
        pixels, hashes, changes, broken = _decoded(rows)
        for one in found:
            one.unreadable |= {path: reason for path, reason in broken.items() if path.is_relative_to(one.root)}
            one.pictures = [picture for picture in one.pictures if picture.path not in broken]
        are_grey = not broken and data.colour is None and rows.format.form.colour and _hold_grey(pixels, rows)
        if not broken and not are_grey:
            return rows, pixels, hashes, changes
        hold_grey = hold_grey or are_grey


def _rows(found: Sequence[PictureFolder], data: DataSection, hold_grey: bool) -> _Rows:
    """Find the class of every picture, and the format of all.

    Args:
        hold_grey: whether all pixels of the development pictures are grey, however they are saved.

    Raises:
        DataError: the folders are not laid out as they should be, or the rows would be too large.
    """
    layout = _layout(found[0], data, own_test=len(found) == 1)
    if len(found) > 1:
        layout = _with_test(layout, found[1], data)
    pictures, classes = (*layout.training, *layout.test), layout.classes
    number = {name: at for at, name in enumerate(classes)}
    target = np.array([number[one.label] for one in pictures], np.int64)
    development = cache(partial(_development, pictures, target, layout, data))
    decision = decide_format([one.file.header for one in pictures], data, development, hold_grey)
    form, where = decision.form, found[0].root
    if form.values > MOST_VALUES:
        raise DataError(
            f"{where}: a row must have at most {MOST_VALUES} values, but pictures of {form} have {form.values}; choose "
            "a smaller size, as in data.size = [64, 64]."
        )
    if len(pictures) * form.values > LARGEST_FILE:
        raise DataError(f"{where}: must have at most {LARGEST_FILE} pixel values; choose a smaller data.size.")
    return _Rows(pictures, target, layout, decision, development)


def _development(
    pictures: Sequence[LabelledPicture], target: NDArray[np.int64], layout: Layout, data: DataSection
) -> Rows:
    """Return the rows that the study's own split gives to the search."""
    hashes = np.array([short_hash(one.file.path.read_bytes()) for one in pictures], "V8")
    own_test, nothing = len(layout.test), np.empty((len(target), 0))
    equal, groups = equal_hashes(hashes, target, own_test), _groups(pictures, layout)
    light = Table(
        "", nothing, (), (), target, layout.target, layout.classes, own_test=own_test, groups=groups, equal=equal
    )
    return development_rows(light, data)


def _layout(found: PictureFolder, data: DataSection, own_test: bool) -> Layout:
    """Find the classes in the table that a study names a column of, in folders, in another table, or in names."""
    if data.target is None and has_class_folders(found):
        layout = lay_out(found, own_test)
        return layout if data.groups is None else _with_groups(layout, found, data)
    return lay_out_by_labels(found, data, own_test) or lay_out(found, own_test)


def _with_test(layout: Layout, found: PictureFolder, data: DataSection) -> Layout:
    """Add the test pictures of a folder of their own."""
    theirs = None if layout.origin == "folders" else lay_out_test_by_labels(found, data, layout)
    if theirs is None:
        layout = replace(layout, test=lay_out_test(found, layout.classes))
        return layout if data.groups is None else _with_groups(layout, found, data)
    decisions, groups = (*layout.decisions, *theirs.decisions), {**layout.groups, **theirs.groups}
    return replace(layout, test=theirs.test, decisions=decisions, groups=groups)


def _with_groups(layout: Layout, found: PictureFolder, data: DataSection) -> Layout:
    """Add the groups of the pictures of a folder."""
    pictures = [one.file.path for one in (*layout.training, *layout.test) if one.file.path not in layout.groups]
    return replace(layout, groups={**layout.groups, **find_groups(found, data, pictures)})


def _groups(pictures: Sequence[LabelledPicture], layout: Layout) -> NDArray[np.str_] | None:
    """Return (N,) the group of each picture; None without groups."""
    return np.array([layout.groups[one.file.path] for one in pictures]) if layout.groups else None


def _decoded(rows: _Rows) -> tuple[NDArray[np.uint8], list[bytes], Counter[Change], dict[Path, str]]:
    """Decode all pictures.

    Returns:
        the pixels, a hash of each file, the number of pictures of each change, and the reason for each broken one.
    """
    form = rows.format.form
    pixels = np.empty((len(rows.pictures), *form.shape), np.uint8)
    hashes: list[bytes] = []
    changes: Counter[Change] = Counter()
    broken: dict[Path, str] = {}
    for row, one in enumerate(rows.pictures):
        try:
            content = one.file.path.read_bytes()
            decoded = decode(content, form)
        except UnreadableError as error:
            broken[one.file.path] = str(error)
            continue
        pixels[row] = decoded.pixels
        hashes.append(short_hash(content))
        changes.update(decoded.changes)
    return pixels, hashes, changes, broken


def _of_several_classes(pictures: Sequence[LabelledPicture], hashes: Sequence[bytes]) -> list[str]:
    """Count the pictures that lie in folders of several classes in a line; none where there are none."""
    places: dict[bytes, dict[str, str]] = {}
    for one, key in zip(pictures, hashes, strict=True):
        places.setdefault(key, {}).setdefault(one.label, "/".join(one.file.order))
    if not (several := [list(by_class.values()) for by_class in places.values() if len(by_class) > 1]):
        return []
    first, second = (readable(name, LONGEST) for name in several[0][:2])
    number = f"{count(len(several), 'picture')} {'lies' if len(several) == 1 else 'lie'}"
    return [f"{number} in several classes (the first as {first} and {second}); keep each in one"]


def _hold_grey(pixels: NDArray[np.uint8], rows: _Rows) -> bool:
    """Return whether the pixels (N, height, width, 3) of the development pictures have three equal values each."""
    grey = np.array([bool((one == one[..., :1]).all()) for one in pixels])
    return bool(grey.all() or (grey.any() and grey[rows.development()].all()))


def _name(folder: Path) -> str:
    """Return the name of a folder, or of the folder above if it is a training part."""
    place = folder.resolve()
    return place.parent.name if part_of(place.name) == "train" else place.name
