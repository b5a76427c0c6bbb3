"""A file that holds something else than its ending says is told what it is; a text that begins alike is read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError

FRAME = pd.DataFrame({"a": [1, 2], "y": ["n", "m"]})


def bytes_of(write: str) -> bytes:
    buffer = io.BytesIO()
    if write == "xlsx":
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
    elif write == "npy":
        np.save(buffer, np.eye(2))
    else:
        FRAME.to_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes_of("xlsx"), r"is a workbook; give it the ending \.xlsx"),
        (bytes_of("parquet"), r"is a \.parquet file; give it the ending"),
        (bytes_of("npy"), r"is a \.npy file"),
        (b"\n<!DOCTYPE html>\n<html><p>Sign in</p></html>\n", "is a page of the web; open it in a browser"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\n", "by git lfs pull"),
        (FRAME.to_json(orient="records").encode(), r"is JSON; give it the ending \.json"),
    ],
)
def test_what_the_file_is_and_what_to_do_is_said(content: bytes, words: str, tmp_path: Path) -> None:
    (path := tmp_path / "my.csv").write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_table(path, FileKeys())


@pytest.mark.parametrize("header", ["version,y", "[a],y", "{a},y", "PAR1,y"])
def test_a_table_is_read(header: str, tmp_path: Path) -> None:
    (path := tmp_path / "my.csv").write_text(f"{header}\n1,n\n2,m\n3,n\n")
    assert read_table(path, FileKeys()).rows == 3
