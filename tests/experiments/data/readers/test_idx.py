from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from experiments.data.readers.builtin import load_builtin
from experiments.data.readers.idx import is_idx_pictures, read_idx, read_idx_folder
from experiments.errors import DataError

MNIST = Path(__file__).parents[5] / "shared" / "data" / "mnist"


def idx(array: np.ndarray, *, code: int = 8, shape: tuple[int, ...] | None = None) -> bytes:
    shape = array.shape if shape is None else shape
    return bytes((0, 0, code, len(shape))) + np.array(shape, ">u4").tobytes() + array.tobytes()


ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("zipped", [False, True])
def test_what_was_written_is_read(tmp_path: Path, zipped: bool) -> None:
    content = idx(ARRAY)
    (tmp_path / ("a.gz" if zipped else "a")).write_bytes(gzip.compress(content) if zipped else content)
    assert np.array_equal(read_idx(tmp_path, "a", 3), ARRAY)


def test_a_point_may_stand_for_the_dash(tmp_path: Path) -> None:
    (tmp_path / "t10k-images.idx3-ubyte").write_bytes(idx(ARRAY))
    assert np.array_equal(read_idx(tmp_path, "t10k-images-idx3-ubyte", 3), ARRAY)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("t10k-images-idx3-ubyte", True),
        ("train-images.idx3-ubyte.gz", True),
        ("t10k-labels-idx1-ubyte", False),
        ("my-images-idx3-ubyte.csv", False),
    ],
)
def test_files_of_pictures_are_known_by_their_names(name: str, expected: bool) -> None:
    assert is_idx_pictures(Path("mnist", name)) is expected


def test_what_is_none_is_one_line(tmp_path: Path) -> None:
    for content, words in [
        (b"", "must be an IDX file"),
        (idx(ARRAY)[:9], "must be an IDX file"),
        (b"\x01" + idx(ARRAY)[1:], "must be an IDX file"),
        (idx(ARRAY, code=0x0D), "must be an IDX file"),
        (idx(ARRAY.reshape(6, 4)), "must be an IDX file"),
        (idx(ARRAY)[:-1], "24 bytes of its header, but has 23"),
        (idx(ARRAY) + b"x", "24 bytes of its header, but has more"),
        (idx(ARRAY, shape=(2**32 - 1, 2**32 - 1, 2**32 - 1)), "must have 1 to"),
        (idx(ARRAY, shape=(2, 0, 4)), "must have 1 to"),
        (idx(ARRAY, shape=(2**10, 2**10, 2**10)), "1073741824 bytes of its header, but has 24"),
    ]:
        for zipped in [False, True]:
            (tmp_path / ("a.gz" if zipped else "a")).write_bytes(gzip.compress(content) if zipped else content)
            with pytest.raises(DataError, match=words):
                read_idx(tmp_path, "a", 3)


def test_a_damaged_or_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a or a\.gz, but has neither"):
        read_idx(tmp_path, "a", 3)
    whole, bomb = (gzip.compress(content, mtime=0) for content in (idx(ARRAY), idx(ARRAY) + bytes(1 << 26)))
    for content, words in [(b"no gzip", "cannot be read"), (whole[:-9], "cannot be read"), (bomb, "has more")]:
        (tmp_path / "a.gz").write_bytes(content)
        with pytest.raises(DataError, match=words):
            read_idx(tmp_path, "a", 3)


def test_a_folder_of_other_pictures_is_refused(tmp_path: Path) -> None:
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(ARRAY))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(ARRAY[:, 0, 0].copy()))
    with pytest.raises(DataError, match="60000 images of 28 x 28"):
        load_builtin("mnist", tmp_path)


def written(folder: Path, part: str, pixels: np.ndarray, labels: list[int]) -> None:
    (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(pixels))
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.array(labels, np.uint8)))


def test_a_folder_of_any_size_is_a_table(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(3, 4, 2)
    written(tmp_path, "train", pixels, [7, 3, 7])
    table = read_idx_folder(tmp_path)
    assert (table.name, table.classes, table.target.tolist()) == (tmp_path.name, ("3", "7"), [1, 0, 1])
    assert (table.own_test, table.pixel_range, set(table.kinds)) == (0, 255.0, {"pixel"})
    assert table.picture == (4, 2)
    np.testing.assert_array_equal(np.asarray(table.features), pixels.reshape(3, 8))
    written(tmp_path, "t10k", pixels[:1], [3])
    whole = read_idx_folder(tmp_path)
    assert (whole.own_test, whole.target.tolist()) == (1, [1, 0, 1, 0])


def test_all_names_may_begin_alike(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(6, 2, 2)
    written(tmp_path, "emnist-letters-train", pixels, [1, 2, 1, 2, 1, 2])
    written(tmp_path, "emnist-letters-test", pixels[:2], [1, 2])
    (tmp_path / "._emnist-letters-train-images-idx3-ubyte").touch()  # which a Mac leaves beside it
    table = read_idx_folder(tmp_path)
    assert (len(table.target), table.own_test, table.classes) == (8, 2, ("1", "2"))
    assert table.reading is not None
    assert table.reading.notes == ("emnist-letters-test is the test set (2 pictures)",)
    written(tmp_path, "emnist-digits-train", pixels, [1, 2, 1, 2, 1, 2])
    with pytest.raises(DataError, match=r"one set of pictures, .* of 'emnist-digits-', 'emnist-letters-'; move the"):
        read_idx_folder(tmp_path)


@pytest.mark.parametrize(("shape", "labels"), [((2, 4, 2), [0]), ((2, 2, 4), [0, 1])])
def test_pictures_and_labels_belong_together(tmp_path: Path, shape: tuple[int, ...], labels: list[int]) -> None:
    written(tmp_path, "train", np.zeros((2, 4, 2), np.uint8), [0, 1])
    written(tmp_path, "t10k", np.zeros(shape, np.uint8), labels)
    with pytest.raises(DataError, match="images of equal size and a label for each"):
        read_idx_folder(tmp_path)


def test_pictures_without_labels_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    written(tmp_path, "train", np.zeros((2, 4, 2), np.uint8), [0, 1])
    (tmp_path / "train-images-idx3-ubyte").unlink()
    bomb = gzip.compress(idx(np.zeros(0, np.uint8), shape=(1 << 18, 16, 16)), mtime=0)
    bomb += gzip.compress(bytes(1 << 20), mtime=0) * 64
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"a label for each, but the shapes are \(262144, 16, 16\) and \(2,\)"):
            read_idx_folder(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not MNIST.is_dir(), reason="the MNIST files are not beside this checkout")
def test_mnist_is_whole() -> None:
    mnist = load_builtin("mnist", MNIST)
    assert (mnist.features.shape, mnist.features.dtype) == ((70_000, 784), np.uint8)
    assert np.bincount(mnist.target[:60_000]).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(mnist.target[60_000:]).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist.own_test == 10_000
