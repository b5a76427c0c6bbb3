"""From [data] to a table, whatever the source is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from experiments.config.data_options import Data
from experiments.data.readers.builtin import FOLDER_VARIABLE, SOURCES, load_builtin
from experiments.data.readers.idx import read_idx_folder
from experiments.data.table import Table
from experiments.errors import DataError


def load_table(data: Data, environ: Mapping[str, str]) -> Table:
    """The rows of a study's source, with the test file's at the end.

    Args:
        environ: may name the folder of MNIST's files.

    Raises:
        DataError: the source cannot be had or read, or breaks a rule; the message says where.
    """
    try:
        return _load(data, environ)
    except OSError as error:
        raise DataError(f"{error.filename or data.source}: {error.strerror or error}.") from None


def _load(data: Data, environ: Mapping[str, str]) -> Table:
    if data.sort == "name":
        folder = data.folder or environ.get(FOLDER_VARIABLE)
        if data.source not in SOURCES and Path(data.source).exists():
            raise DataError(f"data.source: {data.source!r} is read as a name; a folder is written './{data.source}/'.")
        return load_builtin(data.source, Path(folder) if folder else None)
    if data.sort == "folder":
        return _of_folder(data)
    if data.sort == "npz":
        return _of_npz(data)
    from experiments.data.column_roles import table_of

    if data.sort == "openml":
        from experiments.data.readers.openml import read_openml

        return table_of(*read_openml(data))
    path, test = _file(data.source), None if data.test is None else _file(data.test)
    if data.sort == "parquet":
        from experiments.data.readers.parquet import read_parquet

        return table_of(read_parquet(path), data, None if test is None else read_parquet(test))
    from experiments.data.readers.delimited import read_text

    return table_of(
        read_text(path, data.header, data.target),
        data,
        None if test is None else read_text(test, data.header, data.target),
    )


def _file(source: str) -> Path:
    path = Path(source)
    with path.open("rb"):  # or an error that says why not
        return path


def _of_npz(data: Data) -> Table:
    from experiments.data.readers.npz import read_npz
    from experiments.data.table import appended

    if data.test is None:
        return read_npz(_file(data.source), data)
    return appended(
        read_npz(_file(data.source), data, own_test=False), read_npz(_file(data.test), data, own_test=False)
    )


def _of_folder(data: Data) -> Table:
    folder = Path(data.source)
    if not folder.is_dir():
        raise DataError(f"data.source: {data.source!r} is no folder; files end in .csv, .tsv, .parquet or .npz.")
    if any(folder.glob("*-images-idx3-ubyte*")):
        if data.test is not None:
            raise DataError(f"data.test: {folder} holds IDX files, whose t10k files are the test part.")
        return read_idx_folder(folder)
    from experiments.data.readers.images import read_pictures

    return read_pictures(folder, data, None if data.test is None else Path(data.test))
