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
from experiments.data.readers.arrays import array_file
from experiments.data.readers.arrays.npz import read_npz
from experiments.data.splits.development_rows import development_rows
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
    assert read(tmp_path, X=pictures.astype(float), y=Y).kinds[0] == "number"  # too small to be one for certain


def test_nan_is_missing(tmp_path: Path) -> None:
    x = X.copy()
    x[1, 2] = np.nan
    table = read(tmp_path, X=x, y=Y)
    assert isinstance(table.features, pd.DataFrame)
    assert table.features.isna().sum().tolist() == [0, 0, 1]


def test_labels_and_groups_that_are_missing_are_refused(tmp_path: Path) -> None:
    labels, groups = np.array(["u", "v", "nan", "u"]), np.array([1, np.nan, 2, 2])
    with pytest.raises(DataError, match=r"my\.npz: y must have a value in every row, but row 2 \(from 0\) has 'nan'"):
        read(tmp_path, X=X, y=labels)
    assert read(tmp_path, {"present": ("nan",)}, X=X, y=labels).target.tolist() == labels.tolist()
    with pytest.raises(DataError, match=r"my\.npz: g is the groups, but row 1 \(from 0\) has 'nan'; fill in the"):
        read(tmp_path, {"groups": "g"}, X=X, y=Y, g=groups)
    assert read(tmp_path, X=X, y=Y, g=groups).groups is None


@pytest.mark.parametrize(
    ("y", "dtype"), [(Y.astype(np.uint8), "i"), (Y.astype(bool), "i"), (Y / 2, "f"), (Y.astype(str), "U")]
)
def test_a_target_is_whole_numbers_numbers_or_texts(tmp_path: Path, y: np.ndarray, dtype: str) -> None:
    assert read(tmp_path, X=X, y=y).target.dtype.kind == dtype


@pytest.mark.parametrize("names", [("X", "y", "{}_{}"), ("images", "labels", "{1}_{0}"), ("x", "Y", "{}{}")])
def test_validation_rows_join_the_training_rows(tmp_path: Path, names: tuple[str, str, str]) -> None:
    x, y, pattern = names
    arrays = {}
    for number, part in enumerate(("val", "test", "train")):
        arrays[pattern.format(x, part)] = X + 100 * number
        arrays[pattern.format(y, part)] = Y[:, None]
    table = read(tmp_path, **arrays)
    assert (table.own_test, table.target_name, table.target.tolist()) == (4, y, Y.tolist() * 3)
    assert np.asarray(table.features)[::4, 0].tolist() == [200, 0, 100]
    assert table.reading is not None
    assert table.reading.notes == (
        f"{pattern.format(x, 'test')} is the test set (4 rows)",
        f"{pattern.format(x, 'val')} joins the training rows (4 rows)",
    )
    with pytest.raises(DataError, match=r"data\.strict refuses .*joins the training rows"):
        read(tmp_path, {"strict": True}, **arrays)


def test_a_test_part_without_a_target_is_passed_over(tmp_path: Path) -> None:
    table = read(tmp_path, X_train=X, y_train=Y, X_test=X)
    assert (table.own_test, len(table.target)) == (0, 4)
    assert table.reading is not None
    assert table.reading.notes == ("X_test passed over, as it has no target",)


def test_another_file_has_the_test_rows(tmp_path: Path) -> None:
    path = written(tmp_path, X_train=X, y_train=Y, X_test=X, y_test=Y)
    for number, names in enumerate((("X", "y"), ("x_test", "y_test"), ("images", "labels"))):
        np.savez(tmp_path / "other.npz", **dict(zip(names, (X[:2] + number, Y[:2]), strict=True)))
        table = read_npz(path, DataSection(source="my.npz"), tmp_path / "other.npz")
        assert (table.own_test, np.asarray(table.features)[-2:].tolist()) == (2, (X[:2] + number).tolist())
        assert table.reading is not None
        assert table.reading.notes == ("X_test passed over",)
    np.savez(tmp_path / "other.npz", X=X[:2, :2], y=Y[:2])
    with pytest.raises(DataError, match=r"one shape, but have \(3,\) and \(2,\)"):
        read_npz(path, DataSection(source="my.npz"), tmp_path / "other.npz")
    np.savez(tmp_path / "other.npz", X=X[:2], y=np.array(["a", "b"]))
    with pytest.raises(DataError, match=r"one form in all parts, but is numbers of .* and texts of"):
        read_npz(path, DataSection(source="my.npz"), tmp_path / "other.npz")


def test_arrays_without_names_are_rows_and_target(tmp_path: Path) -> None:
    np.savez(tmp_path / "my.npz", X, Y)
    table = read_npz(tmp_path / "my.npz", DataSection(source="my.npz"))
    assert (table.columns, table.target.tolist(), table.target_name) == (("0", "1", "2"), Y.tolist(), "arr_1")
    np.savez(tmp_path / "my.npz", X, Y, X, Y)
    with pytest.raises(DataError, match=r"no array of features, .*no target, .*'arr_0', 'arr_1', 'arr_2', 'arr_3'"):
        read_npz(tmp_path / "my.npz", DataSection(source="my.npz"))


def test_one_hot_rows_are_classes(tmp_path: Path) -> None:
    table = read(tmp_path, X=X, y=np.eye(5)[[3, 1, 1, 3]])
    assert (table.classes, table.target.tolist()) == (("1", "3"), [1, 0, 0, 1])
    assert table.reading is not None
    assert table.reading.notes == ("y is one-hot, read as 2 classes",)


def test_bytes_are_texts(tmp_path: Path) -> None:
    assert read(tmp_path, X=X, y=np.array([b"a", "ü".encode(), b"b", b"a"])).target.tolist() == ["a", "ü", "b", "a"]
    assert read(tmp_path, X=X, y=np.array([b"a", b"\xfc", b"b", b"a"])).target.tolist() == ["a", "ü", "b", "a"]


def test_fractions_of_255_are_pixels_and_test_rows_decide_nothing(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 6, 5), np.uint8)
    y = np.arange(40) % 2
    table = read(tmp_path, X=pixels / np.float32(255), y=y)
    assert (table.picture, table.kinds[0]) == ((6, 5), "pixel")
    np.testing.assert_array_equal(np.asarray(table.features), pixels.reshape(40, -1))
    rows = development_rows(table, DataSection(source="my.npz"))
    (one, *_) = set(range(40)) - set(rows.tolist())
    odd = (pixels / 255.0).copy()
    odd[one] += 1e-3 * (odd[one] < 0.9)
    table = read(tmp_path, X=odd, y=y)
    np.testing.assert_array_equal(np.asarray(table.features)[rows], pixels.reshape(40, -1)[rows])
    odd[one] = 7.0
    with pytest.raises(DataError, match=rf"X must hold pixels from 0 to 1, but row {one} \(from 0\) has 7.0"):
        read(tmp_path, X=odd, y=y)
    odd = (pixels / 255.0).copy()
    odd[rows[0]] += 1e-3 * (odd[rows[0]] < 0.9)
    assert read(tmp_path, X=odd, y=y).kinds[0] == "number"


def test_channels_that_come_first_are_moved(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 5, 3), np.uint8)
    table = read(tmp_path, X=np.moveaxis(pixels, -1, 1), y=Y)
    assert table.picture == (6, 5, 3)
    np.testing.assert_array_equal(np.asarray(table.features), pixels.reshape(4, -1))
    assert table.reading is not None
    assert table.reading.notes == ("X: channels moved from the first axis of a picture to the last",)
    with pytest.raises(DataError, match=r"the channels of a picture of shape \(3, 9, 3\) may be its first axis or its"):
        read(tmp_path, X=np.zeros((4, 3, 9, 3), np.uint8), y=Y)


def test_what_may_be_meant_is_not_guessed(tmp_path: Path) -> None:
    for arrays, words in [
        ({"X": X, "y": Y, "labels": Y}, "'y' or 'labels' may be the target; name it in data.target"),
        ({"X": X, "x": X, "y": Y}, "'X' or 'x' may be the features; keep one"),
        (
            {"featurs": X, "targt": Y},
            r"such as X \(did you mean 'featurs'\?\); .* such as y \(did you mean 'targt'\?\)",
        ),
        ({"X": X.astype(object), "y": Y.astype(object)}, r"X holds Python objects, .*; y holds Python objects, "),
    ]:
        with pytest.raises(DataError, match=words) as refused:
            read(tmp_path, **arrays)
        assert "\n" not in str(refused.value)
    table = read(tmp_path, X=X, data=X, y=Y, labels=np.array(["no", "yes"]))
    assert (table.target_name, table.reading and table.reading.notes) == ("y", ("X read as the features, not 'data'",))


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
        ({}, {"a": X, "y": Y}, "has no array of features, such as X; its arrays are 'a', 'y'"),
        ({}, {"X": X}, "has no target, such as y; name its array in data.target"),
        ({"target": "z"}, {"X": X, "y": Y}, "has no array 'z' for data.target; its arrays are 'X', 'y'"),
        ({"target": 0}, {"X": X, "y": Y}, "data.target: must be the name of an array in the .npz, but got 0"),
        ({}, {"X": X, "y": Y[:3]}, r"is \(4, 3\) and y is \(3,\)"),
        ({}, {"X": X[:, 0], "y": Y}, r"is \(4,\) and y is \(4,\)"),
        ({}, {"X": X[:1], "y": Y[:1]}, r"is \(1, 3\) and y is \(1,\)"),
        ({}, {"X": X + 1j, "y": Y}, "must hold numbers or texts, but holds complex128"),
        ({}, {"X": X.astype(str), "y": Y}, "must hold numbers, but holds <U"),
        ({}, {"X": np.where(X == 4, np.inf, X), "y": Y}, "row 1 .from 0. of column '1' has inf"),
        ({}, {"X": X.astype(object), "y": Y}, "X holds Python objects, which are never unpickled; .* as in .astype"),
        ({}, {"X": np.zeros(4, "f4,i4"), "y": Y}, "a record of several values in each cell; save it again"),
        ({"groups": "g"}, {"X": X, "y": Y}, "has no array 'g' for data.groups"),
        ({"groups": "yy"}, {"X": X, "y": Y}, r"has no array 'yy' for data.groups \(did you mean 'y'\?\)"),
        ({"weights": "g"}, {"X": X, "y": Y, "g": Y[:2]}, r"data.weights: g must be \(4,\), but is \(2,\)"),
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
        (header((2,), "|O") + b"cos\nsystem\n(S'false'\ntR.", "never unpickled"),
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
    monkeypatch.setattr(array_file, "LARGEST_FILE", 1 << 20)
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match=r"at most 1048576 bytes, .*8000000 bytes"):
        read_npz(path, DataSection(source="my.npz"))


def test_many_arrays_are_no_bomb_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays of a value for each row are read as well, as their cells tell rows apart."""
    monkeypatch.setattr(array_file, "LARGEST_FILE", X.nbytes + 4 * Y.nbytes)
    others = {f"a{number}": Y.astype(np.int64) for number in range(3)}
    assert read(tmp_path, X=X, y=Y, **others).target.tolist() == Y.tolist()
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match=r"at most 224 bytes of a file are read, but its arrays have 256 together"):
        read(tmp_path, X=X, y=Y, **others, one_more=Y)
    with pytest.raises(DataError, match="together"):
        read(tmp_path, X_train=X, y_train=Y, X_val=X, y_val=Y)


def test_bytes_that_would_grow_too_large_as_numbers_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MOST_CELLS", 7)
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match="at most 7 cells can be read, but it has 4 rows x 2 columns"):
        read(tmp_path, X=np.zeros((4, 2), np.uint8), y=Y)


def test_a_member_that_is_no_array_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "my.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", header((4, 3)) + bytes(96))
        archive.writestr("y", header((4,)) + bytes(32))
    with pytest.raises(DataError, match=r"has no target, such as y; .*; its arrays are 'X'"):
        read_npz(path, DataSection(source="my.npz"))


@pytest.mark.parametrize("cut", [10, 200, -30])
def test_a_damaged_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, X=X, y=Y)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match=r"cannot be read as \.npz"):
        read_npz(path, DataSection(source="my.npz"))
