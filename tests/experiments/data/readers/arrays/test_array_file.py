"""An array is read after its header was checked, and nothing in it is unpickled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.data import raw_table
from experiments.data.readers.arrays import array_file
from experiments.data.readers.arrays.array_file import open_archive, read_array
from experiments.errors import DataError


def test_an_array_and_an_archive_give_the_same_arrays(tmp_path: Path) -> None:
    x, words = np.arange(6.0).reshape(2, 3), np.array([b"a", "ü".encode()])
    np.save(tmp_path / "my.npy", x)
    np.savez(tmp_path / "my.npz", x=x, words=words)
    np.testing.assert_array_equal(read_array(tmp_path / "my.npy"), x)
    with open_archive(tmp_path / "my.npz") as archive:
        assert (archive.names, archive.shape("x"), archive.header("words").rows) == (("words", "x"), (2, 3), 2)
        assert archive.read("words").tolist() == ["a", "ü"]
        assert archive.read("x").tolist() == x.tolist()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (np.array([1, "a"], object), "the array holds Python objects, which are never unpickled"),
        (np.zeros(2, "f4,i4"), "holds a record of several values in each cell; save it again as one array of numbers"),
        (np.zeros(2, complex), "must hold numbers or texts, but holds complex128"),
    ],
)
def test_what_holds_no_single_values_is_refused(tmp_path: Path, content: np.ndarray, words: str) -> None:
    np.save(tmp_path / "my.npy", content, allow_pickle=True)
    with pytest.raises(DataError, match=words):
        read_array(tmp_path / "my.npy")


def test_a_header_that_lies_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "my.npy"
    np.save(path, np.zeros(100))
    whole = path.read_bytes()
    for content, words in [
        (whole[:-1], r"the header says \(100,\), 800 bytes, and the file has 799 bytes"),
        (whole + b"1", "the file has 801 bytes"),
        (b"", r"cannot be read as \.npy"),
        (b"\x93NUMPY\x03\x00" + bytes(90), r"must have \.npy version 1\.0 or 2\.0, but has \(3, 0\)"),
    ]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=words):
            read_array(path)
    path.write_bytes(whole)
    monkeypatch.setattr(array_file, "LARGEST_FILE", 799)
    with pytest.raises(DataError, match="at most 799 bytes"):
        read_array(path)


def test_an_array_with_too_many_cells_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "my.npy", np.zeros((4, 2), np.uint8))
    monkeypatch.setattr(raw_table, "MOST_CELLS", 7)
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(DataError, match=r"my\.npy: at most 7 cells can be read, but it has 4 rows x 2 columns"):
        read_array(tmp_path / "my.npy")
