"""An .npz file is read after a look at its headers, and nothing in it is unpickled."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.data import raw_table as sheet
from experiments.data.readers import npz
from experiments.data.readers.npz import read_npz
from experiments.data.table import Table
from experiments.errors import DataError

X = np.arange(12.0).reshape(4, 3)
Y = np.array([0, 1, 1, 0])


def written(tmp_path: Path, **arrays: Any) -> Path:
    path = tmp_path / "my.npz"
    np.savez_compressed(path, **arrays)
    return path


def read(tmp_path: Path, keys: dict[str, Any] | None = None, **arrays: Any) -> Table:
    return read_npz(written(tmp_path, **arrays), DataSection(source="my.npz", **(keys or {})))


@pytest.mark.parametrize(("x", "y"), [("X", "y"), ("x", "target"), ("features", "labels"), ("data", "label")])
def test_arrays_go_by_their_names(tmp_path: Path, x: str, y: str) -> None:
    table = read(tmp_path, **{x: X, y: Y, "other": np.zeros(9)})
    assert (table.name, table.target_name, table.columns, table.kinds) == ("my", y, ("0", "1", "2"), ("number",) * 3)
    np.testing.assert_array_equal(np.asarray(table.features), X)
    assert (table.target.dtype, table.target.tolist(), table.classes, table.own_test) == (np.int64, Y.tolist(), None, 0)


def test_train_and_test_come_in_that_order(tmp_path: Path) -> None:
    table = read(tmp_path, x_train=X, y_train=Y, x_test=X[:2] + 100, y_test=Y[:2])
    assert (table.own_test, table.target_name) == (2, "y")
    np.testing.assert_array_equal(np.asarray(table.features)[-2:], X[:2] + 100)


def test_bytes_with_three_axes_are_pixels(tmp_path: Path) -> None:
    pictures = np.arange(48, dtype=np.uint8).reshape(4, 3, 4)
    table = read(tmp_path, X=pictures, y=Y)
    assert (set(table.kinds), table.pixel_range, table.picture) == ({"pixel"}, 255.0, (3, 4))
    assert isinstance(table.features, np.ndarray)
    assert (table.features.dtype, table.features.shape) == (np.uint8, (4, 12))
    assert read(tmp_path, X=pictures.reshape(4, 12), y=Y).kinds[0] == "number"
    assert read(tmp_path, X=pictures.astype(float), y=Y).kinds[0] == "number"


def test_nan_is_missing(tmp_path: Path) -> None:
    x = X.copy()
    x[1, 2] = np.nan
    table = read(tmp_path, X=x, y=Y)
    assert isinstance(table.features, pd.DataFrame)
    assert table.features.isna().sum().tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("y", "dtype"), [(Y.astype(np.uint8), "i"), (Y.astype(bool), "i"), (Y / 2, "f"), (Y.astype(str), "U")]
)
def test_a_target_is_whole_numbers_numbers_or_texts(tmp_path: Path, y: np.ndarray, dtype: str) -> None:
    assert read(tmp_path, X=X, y=y).target.dtype.kind == dtype


def test_other_arrays_of_rows_have_roles(tmp_path: Path) -> None:
    others = {"who": np.array([1, 1, 2, 2]), "when": np.arange(4), "counts": np.ones(4)}
    keys = {"target": "kind", "groups": "who", "time": "when", "weights": "counts"}
    table = read(tmp_path, keys, X=X, kind=Y, **others)
    assert table.groups is not None
    assert table.time is not None
    assert table.weights is not None
    assert (table.groups.tolist(), table.time.dtype) == (["1", "1", "2", "2"], np.int64)
    assert (table.weights.dtype, table.target_name) == (np.float64, "kind")


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for keys, arrays, message in [
        ({}, {"a": X, "y": Y}, "an array named X or x or .*, but it has 'a', 'y'"),
        ({}, {"X": X}, "an array named y or .*name its array in data.target"),
        ({"target": "z"}, {"X": X, "y": Y}, "an array named z, but"),
        ({"target": 0}, {"X": X, "y": Y}, "data.target: must be the name of an array in the .npz, but got 0"),
        ({}, {"X": X, "y": Y[:3]}, r"is \(4, 3\) and y is \(3,\)"),
        ({}, {"X": X[:, 0], "y": Y}, r"is \(4,\) and y is \(4,\)"),
        ({}, {"X": X[:1], "y": Y[:1]}, r"is \(1, 3\) and y is \(1,\)"),
        ({}, {"X": X + 1j, "y": Y}, "must hold numbers or texts, but holds complex128"),
        ({}, {"X": X.astype(str), "y": Y}, "must hold numbers, but holds <U"),
        ({}, {"X": np.where(X == 4, np.inf, X), "y": Y}, "row 1 .from 0. of column '1' has inf"),
        ({}, {"X": X.astype(object), "y": Y}, "holds object; save it without objects"),
        ({}, {"X": np.zeros(4, "f4,i4"), "y": Y}, "must hold numbers or texts"),
        ({"groups": "g"}, {"X": X, "y": Y}, "data.groups: .* has no array 'g'"),
        ({"groups": "yy"}, {"X": X, "y": Y}, r"has no array 'yy' \(did you mean 'y'\?\)"),
        ({"weights": "g"}, {"X": X, "y": Y, "g": Y[:2]}, r"must be \(4,\), but it is \(2,\)"),
        ({"weights": "g"}, {"X": X, "y": Y, "g": -Y}, "g must hold numbers from 0 on"),
        ({"time": "g"}, {"X": X, "y": Y, "g": Y.astype(str)}, "g must hold a number in every row"),
    ]:
        with pytest.raises(DataError, match=message):
            read(tmp_path, keys, **arrays)


def header(shape: tuple[int, ...], descr: str = "<f8") -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": descr, "fortran_order": False, "shape": shape})
    return out.getvalue()


def test_a_header_that_lies_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    for content, message in [
        (header((10**12,)), r"says \(1000000000000,\), 8000000000000 bytes"),
        (header((1 << 20, 1 << 20)) + bytes(64), "the header says"),
        (header((4, 3)) + bytes(95), "the file has 95"),
        (header((4, 3)) + bytes(97), "the file has 97"),
        (header((4, -3)) + bytes(96), "the header says"),
        (header((2,), "|O") + b"cos\nsystem\n(S'false'\ntR.", "without objects"),
        (b"no header", "cannot be read as .npz"),
        (b"", "cannot be read as .npz"),
        (b"\x93NUMPY\x03\x00" + bytes(90), "must have .npy version"),
        (b"\x93NUMPY\x01\x00\xff\xff{", "cannot be read as .npz"),
    ]:
        path = tmp_path / "my.npz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("X.npy", content)
            archive.writestr("y.npy", header((4,)) + bytes(32))
        with pytest.raises(DataError, match=message):
            read_npz(path, DataSection(source="my.npz"))


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, X=np.zeros((1000, 1000)), y=np.zeros(1000))
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(npz, "LARGEST_FILE", 1 << 20)
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match=r"at most 1048576 bytes, .*8000000 bytes"):
        read_npz(path, DataSection(source="my.npz"))


def test_bytes_that_would_grow_too_large_as_numbers_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MOST_CELLS", 7)
    with pytest.raises(DataError, match="at most 7 cells can be read, but it has 4 rows x 2 columns"):
        read(tmp_path, X=np.zeros((4, 2), np.uint8), y=Y)


def test_a_member_that_is_no_array_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "my.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", header((4, 3)) + bytes(96))
        archive.writestr("y", header((4,)) + bytes(32))
    with pytest.raises(DataError, match=r"an array named y or .*, but it has 'X'"):
        read_npz(path, DataSection(source="my.npz"))


@pytest.mark.parametrize("cut", [10, 200, -30])
def test_a_damaged_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, X=X, y=Y)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match=r"cannot be read as \.npz"):
        read_npz(path, DataSection(source="my.npz"))
