"""From [data] to a table, for every sort of source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shlex import quote

from experiments.config.data_options import LAYOUT, NAMING, DataSection
from experiments.config.formats import unread_format
from experiments.config.near_files import near_files
from experiments.config.regular_file import check_regular
from experiments.config.same_column import same_column
from experiments.data.raw_table import RawTable, listed
from experiments.data.readers.builtin import FOLDER_VARIABLE, SOURCES, load_builtin
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.idx import IDX_PICTURES, read_idx_folder
from experiments.data.table import Table
from experiments.errors import DataError


def load_table(data: DataSection, environ: Mapping[str, str]) -> Table:
    """Load the rows of a study's source, with the rows of the test file at the end.

    Args:
        environ: may name the folder of MNIST's files.

    Raises:
        DataError: the source cannot be read, or breaks a rule; the message names the place.
    """
    try:
        return _load(data, environ)
    except OSError as error:
        place, moved = error.filename or data.source, ""
        if isinstance(error, FileNotFoundError):
            key = next((key for key in ("source", "test", "folder") if str(getattr(data, key)) == str(place)), "source")
            moved = near_files(Path(place)) or f"; if it has moved, --set data.{key}=PATH says where it is"
        raise DataError(f"{place}: {error.strerror or error}{moved}.") from None


def _load(data: DataSection, environ: Mapping[str, str]) -> Table:
    if data.sort == "name":
        folder = data.folder or environ.get(FOLDER_VARIABLE)
        if data.source not in SOURCES and Path(data.source).exists():
            raise DataError(f"data.source: {data.source!r} is taken for a name; write a folder as './{data.source}/'.")
        return load_builtin(data.source, Path(folder) if folder else None)
    if data.sort == "folder":
        return _of_folder(data)
    if data.sort == "openml":
        from experiments.data.readers.openml import read_openml
        from experiments.data.table_of import table_of

        return table_of(*read_openml(data))
    paths = [Path(source) for source in (data.source, data.test) if source is not None]
    for path in paths:
        check_regular(path)
        path.open("rb").close()  # or an error with the reason
    if data.sort == "npz":
        from experiments.data.readers.arrays.npz import read_npz

        return read_npz(paths[0], data, *paths[1:])
    from experiments.data.readers.read_once import read_once
    from experiments.data.readers.table_file import read_table
    from experiments.data.table_of import table_of

    read = read_table if data.test_fold is None else read_once  # the study of each outer fold reads the file twice
    words = (*(data.drop_classes or ()), *(data.missing or ()))
    keys = FileKeys(**{key: getattr(data, key) for key in LAYOUT}, target=data.target, words=words)
    raw = _accepted(read(paths[0], keys), data)
    filled = raw.layout.get("fill_down")
    keys = replace(keys, fill_down=filled if isinstance(filled, tuple) else ())
    test = [_accepted(read(path, keys), data) for path in paths[1:]]
    return table_of(_with_notes_of(raw, *test), data, *test)


def _accepted(raw: RawTable, data: DataSection) -> RawTable:
    """Refuse a file that was not read as it stands if [data] is strict, and a name that several columns have.

    Raises:
        DataError: the file is refused.
    """
    if data.strict and raw.repairs:
        raise DataError(f"{raw.where}: must be read as it stands, but {'; '.join(raw.repairs)}; correct the file.")
    if data.sort == "text" and len(raw.columns) == 1:
        only = next(iter(raw.columns))
        advice = "if a character separates columns, name it in data.separator"
        if re.search(r"[,;\t|]", only):
            unquoted = f'sed \'s/^"//; s/"\\r*$//; s/""/"/g\' {quote(raw.where)} > plain.csv'
            advice = f"each of its lines stands in quotes as a whole; {unquoted} takes them off"
        raise DataError(f"{raw.where}: a table needs two columns, but only {listed([only])} was found; {advice}.")
    for key in NAMING:
        for name in data.columns(key):
            if name in raw.repeated or (name not in raw.columns and same_column(name, raw.repeated)):
                raise DataError(
                    f"data.{key}: {raw.where} has several columns named {name!r}, with different values; rename them, "
                    "or give the position of one."
                )
    return raw


def _with_notes_of(raw: RawTable, test: RawTable | None = None) -> RawTable:
    """Add what is to be said about the test file, and keep the keys of its layout that hold for both files."""
    if test is None:
        return raw
    differs = any(test.layout.get(key) != raw.layout.get(key) for key in ("separator", "header", "sheet"))
    said = [line for line in (*(test.notes if differs else ()), *test.repairs) if line not in raw.repairs]
    notes = (*raw.notes, *(f"of the test file: {line}" for line in said))
    both = {key: value for key, value in raw.layout.items() if test.layout.get(key) == value}
    return replace(raw, notes=notes, layout=both)


def _of_folder(data: DataSection) -> Table:
    folder = Path(data.source)
    if not folder.exists():
        raise DataError(f"data.source: there is no folder {data.source!r}; a file must {unread_format(data.source)}.")
    if not folder.is_dir():
        raise DataError(f"data.source: {data.source!r} is not a folder; a file must {unread_format(data.source)}.")
    if any(folder.glob(IDX_PICTURES)):
        if data.test is not None:
            raise DataError(f"data.test: {folder} has IDX files, whose t10k files are the test part; remove this key.")
        return read_idx_folder(folder)
    from experiments.data.readers.pictures.images import read_pictures

    return read_pictures(folder, data, None if data.test is None else Path(data.test))
