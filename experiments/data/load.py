"""From [data] to a table, for every sort of source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from experiments.config.data_options import SORTS, DataSection
from experiments.data.raw_table import RawTable
from experiments.data.readers.builtin import FOLDER_VARIABLE, SOURCES, load_builtin
from experiments.data.readers.idx import read_idx_folder
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
        raise DataError(f"{error.filename or data.source}: {error.strerror or error}.") from None


def _load(data: DataSection, environ: Mapping[str, str]) -> Table:
    if data.sort == "name":
        folder = data.folder or environ.get(FOLDER_VARIABLE)
        if data.source not in SOURCES and Path(data.source).exists():
            raise DataError(f"data.source: {data.source!r} is taken for a name; write a folder as './{data.source}/'.")
        return load_builtin(data.source, Path(folder) if folder else None)
    if data.sort == "folder":
        return _of_folder(data)
    if data.sort == "openml":
        from experiments.data.column_roles import table_of
        from experiments.data.readers.openml import read_openml

        return table_of(*read_openml(data))
    paths = [Path(source) for source in (data.source, data.test) if source is not None]
    for path in paths:
        path.open("rb").close()  # or an error with the reason
    if data.sort == "npz":
        from experiments.data.readers.npz import read_npz

        source, *test = paths
        return read_npz(source, data, *test)
    from experiments.data.column_roles import table_of
    from experiments.data.readers.delimited import read_text
    from experiments.data.readers.npy import read_npy
    from experiments.data.readers.parquet import read_parquet

    readers: dict[str, Callable[[Path], RawTable]] = {
        "text": partial(read_text, header=data.header, target=data.target),
        "parquet": read_parquet,
        "npy": partial(read_npy, target=data.target),
    }
    raw, *rest = map(readers[data.sort], paths)
    return table_of(raw, data, *rest)


def _of_folder(data: DataSection) -> Table:
    folder = Path(data.source)
    if not folder.is_dir():
        raise DataError(f"data.source: {data.source!r} is not a folder; a file ends in {', '.join(SORTS)}.")
    if any(folder.glob("*-images-idx3-ubyte*")):
        if data.test is not None:
            raise DataError(f"data.test: {folder} has IDX files, whose t10k files are the test part; remove this key.")
        return read_idx_folder(folder)
    from experiments.data.readers.images import read_pictures

    return read_pictures(folder, data, None if data.test is None else Path(data.test))
