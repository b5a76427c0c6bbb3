from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.search.shared_data import open_folds, write_folds
from experiments.target import Target
from nnet.batches import FoldData

TWO = Target(("a", "b"))


def fold(x: np.ndarray, validation: list[int]) -> FoldData:
    rows = np.arange(len(x))
    return FoldData(x, rows % 2, np.setdiff1d(rows, validation), np.asarray(validation))


def test_what_is_written_is_read_and_read_only(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    written = [fold(x, [0, 1]), fold(x + 1, [2])]
    read = open_folds(write_folds(tmp_path / "data", written, TWO))
    for one, other in zip(written, read, strict=True):
        for name in ("x", "y", "train", "validation"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
            assert getattr(one, name).dtype == getattr(other, name).dtype
        with pytest.raises(ValueError, match="read-only"):
            other.x[0, 0] = 1


def test_weights_go_along(tmp_path: Path) -> None:
    plain = fold(np.zeros((6, 3), np.float32), [0])
    weighted = replace(plain, weights=np.linspace(0.5, 1, 6))
    (read,) = open_folds(write_folds(tmp_path / "weighted", [weighted], TWO))
    np.testing.assert_array_equal(read.weights, weighted.weights)
    assert open_folds(write_folds(tmp_path / "plain", [plain], TWO))[0].weights is None


def test_folds_that_share_their_features_share_one_file(tmp_path: Path) -> None:
    x = np.zeros((6, 3), np.float32)
    reference = write_folds(tmp_path / "data", [fold(x, [0]), fold(x, [1])], TWO)
    assert len(list((tmp_path / "data").glob("features_*"))) == 1
    first, second = open_folds(reference)
    assert np.shares_memory(first.x, second.x)
