"""Numbers are pictures only where they become bytes without loss."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.readers.arrays.image_arrays import as_pictures, to_bytes
from experiments.errors import DataError

BYTES = np.random.default_rng(0).integers(0, 256, (30, 6, 5), np.uint8)


def read(x: np.ndarray) -> np.ndarray:
    return as_pictures(x, "X", "my.npz", lambda: np.arange(20)).values


@pytest.mark.parametrize("dtype", [np.int64, np.uint16, np.float16, np.float32, np.float64])
def test_whole_numbers_up_to_255_are_pixels(dtype: type) -> None:
    np.testing.assert_array_equal(read(BYTES.astype(dtype)), BYTES)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_fractions_of_255_are_pixels(dtype: type) -> None:
    np.testing.assert_array_equal(read((BYTES / 255).astype(dtype)), BYTES)


def test_other_numbers_stay_as_they_are() -> None:
    random = np.random.default_rng(0).uniform(size=BYTES.shape)
    few = BYTES % 2
    holes = BYTES.astype(float)
    holes[0, 0, 0] = np.nan
    for x in (random, few.astype(float), BYTES - 128.0, BYTES * 257.0, BYTES.astype(np.uint16) * 200, holes):
        assert read(x) is x
    for shape in [(30, 2, 15), (30, 30), (30, 5, 3, 2), (10, 5, 6, 3, 1)]:
        assert read(BYTES.reshape(shape).astype(float)).dtype == np.float64
    found = as_pictures(random, "X", "my.npz", lambda: np.arange(20))
    assert found.facts == ("X: float64 is read as numbers; pictures are uint8, or become it without loss",)


def test_bytes_of_0_and_1_are_numbers() -> None:
    few = BYTES % 2
    few[25] = 200  # a test row decides nothing
    found = as_pictures(few, "X", "my.npz", lambda: np.arange(20))
    np.testing.assert_array_equal(found.values, few.reshape(30, -1))
    assert found.facts == ("X: 0 and 1 are read as numbers; white pixels are 255",)
    for x in (few * 0, BYTES % 3):
        assert read(x) is x


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_first_are_moved_last(channels: int) -> None:
    last = np.stack([BYTES] * channels, axis=-1) // np.arange(1, channels + 1, dtype=np.uint8)
    np.testing.assert_array_equal(read(np.moveaxis(last, -1, 1)), last)
    np.testing.assert_array_equal(read(np.moveaxis(last, -1, 1) / 255.0), last)
    assert read(last) is last


def test_a_row_that_holds_no_pixel_is_named() -> None:
    for value in (np.nan, -1.0, 256.0, np.inf):
        x = BYTES.astype(float)
        x[25, 3, 2] = value
        with pytest.raises(DataError, match=rf"my\.npz: X must hold pixels from 0 to 255, but row 25 .* has {value}"):
            read(x)
    assert to_bytes(np.array([[0.2, 254.7]]), 1.0, "X").tolist() == [[0, 255]]
