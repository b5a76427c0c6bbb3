"""Dropout keeps its share, scales it up, and draws from each fold's own random words."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.dropout import Dropout
from nnet.errors import SettingError
from nnet.streams import RandomBits

F, B, UNITS = 3, 4, 5
DTYPE = np.dtype(np.float64)


def bits(count=F):
    return [RandomBits(np.random.Generator(np.random.SFC64([0, fold]))) for fold in range(count)]


def make(p=0.4):
    return Dropout(p, bits(), B, UNITS, DTYPE)  # a fresh layer draws the same first mask


def test_input_gradient_matches_central_differences_under_one_mask(check_gradient):
    rng = np.random.default_rng(2)
    x, dout = rng.normal(size=(2, F, B, UNITS))
    layer = make()
    layer.forward(x.copy())
    check_gradient(lambda: float((dout * make().forward(x.copy())).sum()), x, layer.backward(dout.copy()).copy())


@pytest.mark.parametrize(("p", "dtype"), [(0.0, np.float64), (0.1, np.float32), (0.5, np.float64), (0.9, np.float32)])
def test_keeps_its_share_and_scales_it_up(p, dtype):
    rows, units = 200, 500
    x = np.random.default_rng(0).uniform(1, 2, (2, rows, units)).astype(dtype)
    out = Dropout(p, bits(2), rows, units, np.dtype(dtype)).forward(x)
    kept = out != 0
    spread = np.sqrt(p * (1 - p) / (rows * units))
    assert (np.abs(kept.mean(axis=(1, 2)) - (1 - p)) <= 4 * spread).all()
    # the scale is that of p rounded to 16 bits
    np.testing.assert_allclose(out[kept], x[kept] / (1 - p), rtol=2.0**-17 / (1 - p) + 4 * np.finfo(dtype).eps)
    assert (np.abs(out.mean(axis=(1, 2)) / x.mean(axis=(1, 2)) - 1) <= 4 * spread / (1 - p) * 1.1 + 1e-6).all()
    assert out.dtype == dtype
    assert p or np.array_equal(out, x)


def test_a_probability_of_nearly_one_keeps_one_unit_in_65536():
    for p in (1 - 2**-16, 1 - 2**-40):
        out = Dropout(p, bits(1), 1000, 1000, DTYPE).forward(np.ones((1, 1000, 1000)))
        assert set(np.unique(out)) == {0.0, 65536.0}
        assert 1 <= (out != 0).sum() < 40


def test_masks_change_from_step_to_step_and_are_each_folds_own():
    x = np.ones((3, 20, 30))
    layer = Dropout(0.5, bits(3), 20, 30, DTYPE)
    masks = [layer.forward(x).copy() for _ in range(2)]
    for fold, own in enumerate(bits(3)):
        alone = Dropout(0.5, [own], 20, 30, DTYPE)
        for mask in masks:
            assert np.array_equal(alone.forward(x[:1])[0], mask[fold])
    seen = [mask[fold].tobytes() for mask in masks for fold in range(3)]
    assert len(set(seen)) == 6


def test_a_probability_outside_its_range_is_refused():
    for p in (-0.1, 1, 1.5, np.nan):
        with pytest.raises(SettingError, match=f"`0 <= dropout < 1` must hold, but got dropout={p}"):
            make(p)
