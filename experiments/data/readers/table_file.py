"""A file with a table, in any format that is read."""

from __future__ import annotations

from pathlib import Path

from experiments.config.formats import JSONS, PACKED, SORTS, sort_of, unread_format
from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.errors import DataError


def read_table(path: Path, keys: FileKeys) -> RawTable:
    """Read the columns of a file, whose format follows from its ending; in a .zip from that of the file in it.

    Raises:
        DataError: the file has another ending, or cannot be read as its ending says.
    """
    ending, sort = path.suffix.lower(), sort_of(str(path))
    if ending not in PACKED and ending not in SORTS:
        raise DataError(f"{path}: must {unread_format(path.name)}.")
    if ending not in PACKED and sort == "parquet":
        from experiments.data.readers.parquet import read_parquet

        return read_parquet(path)
    if ending == ".npy":
        from experiments.data.readers.arrays.npy import read_npy

        return read_npy(path, keys.target)
    if ending not in PACKED and sort == "excel":
        from experiments.data.readers.excel import read_excel
        from experiments.data.readers.fill_down import filled_down

        return filled_down(read_excel(path, keys), keys)
    from experiments.data.readers.text.text_file import open_text

    file = open_text(path, keys.encoding, keys.usual_encoding)
    if file.name.suffix.lower() in JSONS:
        from experiments.data.readers.json_rows import json_table

        return json_table(file)
    from experiments.data.readers.fill_down import filled_down
    from experiments.data.readers.text.delimited import text_table

    return filled_down(text_table(file, keys), keys)
