"""A file is read as its ending says, or the endings that are known are named."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError

FRAME = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]})
TEXT = FRAME.to_csv(index=False)
LINES = FRAME.to_json(orient="records", lines=True)


def zipped(path: Path, **files: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)


def test_the_ending_says_the_format(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "my.tsv", index=False, sep="\t")
    FRAME.to_parquet(tmp_path / "my.parquet")
    FRAME.to_excel(tmp_path / "my.XLSX", index=False)
    for name in ("my.csv", "my.txt", "my.data", "my.dat", "my.test"):
        (tmp_path / name).write_text(TEXT)
    for name in ("my.json", "my.jsonl", "my.ndjson"):
        (tmp_path / name).write_text(LINES)
    (tmp_path / "my.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / "my.json.gz").write_bytes(gzip.compress(LINES.encode()))
    zipped(tmp_path / "my.csv.zip", my__csv=TEXT)
    zipped(tmp_path / "my.zip", other__jsonl=LINES)
    for path in sorted(tmp_path.iterdir()):
        raw = read_table(path, FileKeys())
        assert (raw.name, list(raw.columns)) == ("my", ["a", "b"])
        assert [str(cell) for cell in raw.columns["a"].to_pylist()] == ["1.5", "2.5"]
    assert len(list(tmp_path.iterdir())) == 15


@pytest.mark.parametrize("name", ["my.pkl", "my", "my.xls", "my.h5"])
def test_another_ending_is_refused_with_those_that_are_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(TEXT)
    with pytest.raises(DataError, match=rf"{name}: must end in \.csv, \.tsv, .*\.xlsx, .*\.parquet, \.npz or"):
        read_table(tmp_path / name, FileKeys())


def test_a_binary_file_in_an_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    binary = b"PK\3\4\xff\xb4\0\0"  # of no encoding
    with zipfile.ZipFile(tmp_path / "my.zip", "w") as archive:
        archive.writestr("my.parquet", binary)
    (tmp_path / "my.xlsx.gz").write_bytes(gzip.compress(binary))
    for name, ending in (("my.zip", ".parquet"), ("my.xlsx.gz", ".xlsx")):
        with pytest.raises(DataError, match=rf"{name}: a \{ending} is not read from an archive; unpack it"):
            read_table(tmp_path / name, FileKeys())
