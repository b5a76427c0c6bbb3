from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.search.executors.shared_data import open_folds, share_array, share_folds
from nnet.batches import FoldData

TWO = Target(("a", "b"))
STORE: list[bytes] = []


@dataclass(frozen=True)
class Stored:
    """Content in a list."""

    number: int

    def open(self) -> memoryview:
        return memoryview(STORE[self.number])


@pytest.fixture
def share() -> Callable[[memoryview], Stored]:
    def put(content: memoryview) -> Stored:
        STORE.append(bytes(content))
        return Stored(len(STORE) - 1)

    return put


def fold(x: np.ndarray, validation: list[int]) -> FoldData:
    rows = np.arange(len(x))
    return FoldData(x, rows % 2, np.setdiff1d(rows, validation), np.asarray(validation, np.intp))


def test_what_is_shared_is_read_and_read_only(share: Callable[[memoryview], Stored]) -> None:
    x = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    written = [fold(x, [0, 1]), fold(np.asfortranarray(x + 1), [2]), fold(x, [])]
    read = open_folds(share_folds(written, TWO, share))
    for before, after in zip(written, read, strict=True):
        for name in ("x", "y", "train", "validation"):
            assert np.array_equal(getattr(before, name), getattr(after, name))
            assert getattr(before, name).dtype == getattr(after, name).dtype
        with pytest.raises(ValueError, match="read-only"):
            after.x[0, 0] = 1


def test_weights_go_along(share: Callable[[memoryview], Stored]) -> None:
    plain = fold(np.zeros((6, 3), np.float32), [0])
    weighted = replace(plain, weights=np.linspace(0.5, 1, 6))
    (read,) = open_folds(share_folds([weighted], TWO, share))
    np.testing.assert_array_equal(read.weights, weighted.weights)
    assert open_folds(share_folds([plain], TWO, share))[0].weights is None


def test_folds_that_share_their_features_share_one_array(share: Callable[[memoryview], Stored]) -> None:
    x = np.zeros((6, 3), np.float32)
    before = len(STORE)
    reference = share_folds([fold(x, [0]), fold(x, [1])], TWO, share)
    assert len(STORE) - before == 3  # features, labels and rows
    first, second = open_folds(reference)
    assert np.shares_memory(first.x, second.x)


def test_an_array_of_any_layout_keeps_its_shape(share: Callable[[memoryview], Stored]) -> None:
    for array in (np.zeros((0, 3)), np.arange(24).reshape(2, 3, 4)[:, ::2], np.array(True)):
        shared = share_array(array, share).open()
        assert (shared.shape, shared.dtype) == (array.shape, array.dtype)
        assert np.array_equal(shared, array)
