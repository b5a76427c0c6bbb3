"""An .npz file with arrays of features and a target, perhaps in parts to learn from, to validate and to test on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.data_options import DataSection
from experiments.config.readable import in_one_line
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.equal_rows import equal_pictures, equal_rows
from experiments.data.readers.arrays.array_file import ArrayArchive, open_archive
from experiments.data.readers.arrays.array_names import ArrayNames, ArrayPart, ChosenArrays, split_name
from experiments.data.readers.arrays.image_arrays import as_pictures
from experiments.data.readers.arrays.one_hot import read_target, target_problem
from experiments.data.readers.missing_labels import refuse_missing_groups, refuse_missing_labels
from experiments.data.splits.development_rows import development_rows
from experiments.data.table import Table, TableReading, array_columns
from experiments.errors import DataError
from nnet.near import enumerated

ROLES = ("groups", "time", "weights")
BESIDE = "biufU"  # kinds of arrays whose cells identify a row


@dataclass(frozen=True)
class _Block:
    """The arrays of a part, the groups, time and weights by key."""

    x: NDArray[Any]
    y: NDArray[Any]
    others: Mapping[str, NDArray[Any]]
    cells: SourceCells


def read_npz(path: Path, data: DataSection, test: Path | None = None) -> Table:
    """Read the table of a file; pictures are pixels, and other axes than the first are flattened.

    Args:
        test: another file with the test rows, which stand for the file's own test part.

    Raises:
        DataError: a file is not an .npz, lacks an array, is too large, or holds objects or unusable values; with
            data.strict also whatever would be joined, passed over or read as something else.
    """
    if not isinstance(data.target, str | None):
        raise DataError(f"data.target: must be the name of an array in the .npz, but got {data.target}.")
    roles = {key: name for key in ROLES if isinstance(name := getattr(data, key), str)}
    with open_archive(path) as archive:
        chosen = _names(archive).choose(data.target, roles, others=("val", "test") if test is None else ("val",))
        blocks = _read(archive, chosen.parts)
    own_test = sum(part.part == "test" for part in chosen.parts)
    if test is not None:
        with open_archive(test) as archive:
            theirs = _names(archive).choose(data.target, roles, first=("", "test", "train"), others=())
            blocks += _read(archive, theirs.parts)
        own_test = 1
    return _table(path, data, chosen, blocks, own_test)


def read_features(path: Path) -> tuple[str, NDArray[Any], tuple[str, ...]]:
    """Return the name and the (N, ...) numbers of the features of new rows, or of a file's only array.

    Where a file has a training and a test part, these are the test part's, and a line says so.

    Raises:
        DataError: as of `read_npz`.
    """
    with open_archive(path) as archive:
        names = _names(archive)
        there = names.features("") or names.features("test") or list(archive.names)
        passed = [] if names.features("") or not names.features("test") else names.features("train")
        if len(there) != 1 and not names.features(""):
            raise DataError(
                f"{path}: name the array of the rows X; its arrays are {', '.join(archive.names) or 'none'}."
            )
        x = archive.read(there[0])
    if x.ndim < 2 or not x.size or x.dtype.kind not in "biuf":
        raise DataError(
            f"{path}: {there[0]} must be numbers of shape (rows, features), but is {x.dtype} of shape {x.shape}."
        )
    notes = (f"{there[0]} is predicted, not {enumerated(passed)}",) if passed else ()
    return there[0], x, notes


def _names(archive: ArrayArchive) -> ArrayNames:
    return ArrayNames(str(archive.path), archive.names, archive.shape)


def _read(archive: ArrayArchive, parts: Sequence[ArrayPart]) -> list[_Block]:
    """Read the arrays of parts, after a check of all headers."""
    if problems := [problem for part in parts for problem in _problems(archive, part, part is parts[0])]:
        raise DataError(f"{archive.path}: {in_one_line(problems)}.")
    beside = [_beside(archive, part, archive.header(part.y).rows) for part in parts]
    names = ((part.x, part.y, *part.others.values(), *cells) for part, cells in zip(parts, beside, strict=True))
    archive.check_together(set(chain.from_iterable(names)))
    blocks = []
    for part, cells in zip(parts, beside, strict=True):
        x, y = archive.read(part.x), archive.read(part.y)
        y = y.ravel() if y.shape[1:] == (1,) else y
        others = {key: archive.read(name) for key, name in part.others.items()}
        blocks.append(_Block(x, y, others, SourceCells.of(x, *map(archive.read, cells))))
    return blocks


def _problems(archive: ArrayArchive, part: ArrayPart, is_first: bool) -> Iterator[str]:
    """Say all that the headers of a part's arrays say is wrong."""
    x, y = archive.header(part.x), archive.header(part.y)
    readable = True
    for name in dict.fromkeys((part.x, part.y, *part.others.values())):
        if (problem := archive.header(name).problem(name)) is not None:
            readable = False
            yield problem
    if not readable:
        return
    if x.dtype.kind not in "biuf":
        yield f"{part.x} must hold numbers, but holds {x.dtype}"
    if len(x.shape) < 2 or x.rows != y.rows or y.rows < (2 if is_first else 1):
        yield (
            f"the shapes must be (rows, features) and (rows,), with 2 rows at least, but {part.x} is {x.shape} and "
            f"{part.y} is {y.shape}"
        )
    elif (problem := target_problem(y.shape, y.dtype, part.y)) is not None:
        yield problem
    for key, name in part.others.items():
        if (shape := archive.header(name).shape) != (y.rows,):
            yield f"data.{key}: {name} must be ({y.rows},), but is {shape}"


def _beside(archive: ArrayArchive, part: ArrayPart, rows: int) -> list[str]:
    """List the arrays that have a value for each row of a part; they and the features identify the row."""
    names = []
    for name in archive.names:
        of_part = split_name(name)[0] == part.part if part.part else not name.endswith(("_train", "_test"))
        is_beside = of_part and archive.shape(name) == (rows,) and archive.header(name).dtype.kind in BESIDE
        names += [name] if is_beside or name == part.y else []
    return names


def _table(path: Path, data: DataSection, chosen: ChosenArrays, blocks: list[_Block], tests: int) -> Table:
    """Make the table of the blocks of a file, the last of which are test rows."""
    own_test = sum(len(block.y) for block in blocks[len(blocks) - tests :])
    name, where = chosen.parts[0].x, str(path)
    _check_alike(path, blocks)
    x, y = _joined([block.x for block in blocks]), _joined([block.y for block in blocks])
    target, classes, understood = read_target(y, own_test, chosen.parts[0].y, where)
    refuse_missing_labels(target, data.present or (), f"{where}: {chosen.parts[0].y}")
    others: dict[str, Any] = {
        key: _of_rows(key, _joined([block.others[key] for block in blocks]), where, name, data.present or ())
        for key, name in chosen.parts[0].others.items()
    }
    flat = x.reshape(len(x), -1)
    equal = equal_pictures(flat, target, own_test) if x.ndim > 2 else equal_rows(SourceCells.of(flat, target), own_test)
    light = Table("", flat[:, :0], (), (), target, "", classes, own_test=own_test, equal=equal, **others)
    read = as_pictures(x, name, where, partial(development_rows, light, data))
    decisions = [*chosen.decisions, *understood, *read.decisions]
    if data.strict and decisions:
        raise DataError(f"{path}: data.strict refuses what would be decided: {in_one_line(decisions)}.")
    cells = blocks[0].cells
    for block in blocks[1:]:
        cells = cells.followed_by(block.cells)
    columns = array_columns(read.values, f"{path}: {name}")
    kinds = tuple(zip(columns["columns"], columns["kinds"], strict=True))
    return Table(
        name=path.stem,
        target=target,
        target_name=chosen.target_name,
        classes=classes,
        own_test=own_test,
        cells=cells,
        equal=equal,
        reading=TableReading(kinds, notes=(*chosen.facts, *read.facts, *decisions)),
        **columns,
        **others,
    )


def _check_alike(path: Path, blocks: Sequence[_Block]) -> None:
    """Refuse parts whose features have other shapes, or whose targets are of another form."""
    first = blocks[0]
    for block in blocks[1:]:
        shapes, forms = ([part.x.shape[1:] for part in (first, block)], [_form(part.y) for part in (first, block)])
        if shapes[0] != shapes[1]:
            raise DataError(f"{path}: the rows of all parts must have one shape, but have {shapes[0]} and {shapes[1]}.")
        if forms[0] != forms[1]:
            raise DataError(f"{path}: the target must be of one form in all parts, but is {forms[0]} and {forms[1]}.")


def _form(y: NDArray[Any]) -> str:
    return f"{'texts' if y.dtype.kind == 'U' else 'numbers'} of (rows, {', '.join(map(str, y.shape[1:]))})"


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _of_rows(key: str, array: NDArray[Any], where: str, name: str, present: Sequence[str]) -> NDArray[Any]:
    if key == "groups":
        refuse_missing_groups(array, present, f"{where}: {name}")
        return array.astype(str)
    if array.dtype.kind == "U" or (array.dtype.kind == "f" and not np.isfinite(array).all()):
        raise DataError(f"data.{key}: {where}'s {name} must hold a number in every row, but does not.")
    if key == "weights" and (array.min() < 0 or not array.any()):
        raise DataError(f"data.{key}: {where}'s {name} must hold numbers from 0 on, and not only 0.")
    return array.astype(np.int64 if array.dtype.kind in "biu" and key == "time" else np.float64)
