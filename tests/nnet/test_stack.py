"""A stack that is driven by hand: what does not fit it is named, and a pass back needs a pass forward of its own."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnet.errors import NNetError, ShapeError
from nnet.network import Architecture, Mode, Network

F, B = 2, 4
STACK = r"give it to another network\.stack\(folds, rows, mode\)"


@pytest.fixture
def stack():
    return Network(Architecture(2, (3,), 1, "tanh", batch_norm=True), range(F), float).stack(
        slice(0, F), B, Mode.TRAINING
    )


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((B, 2), STACK),
        ((F * B, 2), r"give x\.reshape\(2, 4, 2\)"),
        ((3, B, 2), STACK),
        ((F, 3, 2), STACK),
        ((F, B, 3), STACK),
        ((F, B), STACK),
    ],
)
def test_rows_of_another_shape_are_refused(shape, said, stack):
    x = np.zeros(shape)
    with pytest.raises(
        ShapeError, match=rf"^x must be an array of shape \(2, 4, 2\), but got {re.escape(str(shape))}; {said}\.$"
    ):
        stack.forward(x)


def test_lists_are_refused_and_what_is_said_makes_them_arrays(stack):
    x = np.random.default_rng(0).normal(size=(F, B, 2)).tolist()
    with pytest.raises(ShapeError, match=r"^x must be an array .*, but got list; give np\.array\(x\)\.$"):
        stack.forward(x)
    assert stack.forward(np.array(x)).shape == (F, B, 1)


def test_all_folds_may_have_the_same_rows(stack):
    rows, parameters = np.random.default_rng(0).normal(size=(1, B, 2)), stack.layers[0].views
    results = []
    for x in (rows, np.repeat(rows, F, axis=0)):
        outputs = stack.forward(x).copy()
        stack.backward(np.ones((F, B, 1)))
        results.append((outputs, parameters.weight_gradients.copy()))
    assert all(np.array_equal(*pair) for pair in zip(*results, strict=True))


@pytest.mark.parametrize(
    ("dout", "said"),
    [
        (np.ones((B, 1)), r"\(4, 1\); give what loss\.step returns"),
        (np.ones((1, B, 1)), r"\(1, 4, 1\); give what loss\.step returns"),
        (np.ones((F, B)), r"\(2, 4\); give dout\.reshape\(2, 4, 1\)"),
        ([[[1.0]] * B] * F, r"list; give np\.array\(dout\)"),
        (1.0, r"float; give what loss\.step returns"),
    ],
)
def test_a_gradient_of_another_shape_is_refused_as_numpy_would_stretch_it(dout, said, stack):
    stack.forward(np.ones((F, B, 2)))
    with pytest.raises(ShapeError, match=rf"^dout must be an array of shape \(2, 4, 1\), but got {said}\.$"):
        stack.backward(dout)


def test_each_pass_back_needs_a_pass_forward_as_it_overwrites_what_layers_kept(stack):
    said = r"^backward needs a pass forward before each of its own; call stack\.forward\(x\)\.$"
    with pytest.raises(NNetError, match=said):
        stack.backward(np.ones((F, B, 1)))
    stack.forward(np.ones((F, B, 2)))
    stack.backward(np.ones((F, B, 1)))
    with pytest.raises(NNetError, match=said):
        stack.backward(np.ones((F, B, 1)))
