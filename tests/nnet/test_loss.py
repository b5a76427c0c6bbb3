"""What a loss refuses: arrays that NumPy would stretch over one another, or would refuse in other words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnet.errors import SettingError, ShapeError
from nnet.losses import LOSSES

ROWS = 4


def shape_of(name):
    return (1, ROWS, 1 if name == "binary_cross_entropy" else 3)


def refused(argument, wanted, got, instead):
    return (
        re.escape(f"{argument} must be an array of shape {wanted}, but got {got}") + f"{instead and '; ' + instead}\\.$"
    )


@pytest.mark.parametrize("units_first", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_arguments_of_a_step_have_its_shape(name, units_first):
    shape = shape_of(name)
    z, targets = np.random.default_rng(0).random((2, *shape))
    z = np.ascontiguousarray(z.transpose(0, 2, 1)).transpose(0, 2, 1) if units_first else z
    loss, total, before = LOSSES[name](shape, float), np.zeros(1), z.copy()
    units = shape[-1]
    for wrong, got, instead in (
        (targets[0], (ROWS, units), rf"give targets\.reshape\(1, 4, {units}\)"),
        (targets[:, :1], (1, 1, units), r"give loss\.encode\(...\)\[None\]"),
        (targets.tolist(), "list", r"give np\.array\(targets\)"),
    ):
        with pytest.raises(ShapeError, match=refused("targets", shape, got, instead)):
            loss.step(z, wrong, total)
    for wrong, got, instead in (
        (0.0, "float", r"give np\.zeros\(F\)"),
        (np.zeros(2), (2,), r"give np\.zeros\(F\)"),
        (np.zeros((1, 1)), (1, 1), r"give total\.reshape\(1,\)"),
    ):
        with pytest.raises(ShapeError, match=refused("total", (1,), got, instead)):
            loss.step(z, targets, wrong)
    with pytest.raises(
        ShapeError, match=refused("weights", (1, ROWS, 1), (1, ROWS), r"give weights\.reshape\(1, 4, 1\)")
    ):
        loss.step(z, targets, total, np.ones((1, ROWS)))
    assert np.array_equal(z, before)
    assert not total.any()


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_takes_the_outputs_alone_that_it_was_made_for(name):
    shape = shape_of(name)
    for other in ((1, ROWS + 1, shape[-1]), (1, ROWS, shape[-1] + 1), (2, ROWS, shape[-1])):
        loss = LOSSES[name](other, float)
        with pytest.raises(
            ShapeError,
            match=refused("outputs", other, shape, r"give outputs of that shape, or make the loss for outputs\.shape"),
        ):
            loss.step(np.zeros(shape), np.zeros(shape), np.zeros(1))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", [(ROWS, 1), 4, (1, 0, 1)])
def test_a_shape_has_three_axes(name, shape):
    with pytest.raises(ShapeError, match=r"^shape must be \(F, B, outputs\), .* give outputs\.shape\.$"):
        LOSSES[name](shape, float)


def test_a_loss_computes_in_a_type_of_networks():
    with pytest.raises(SettingError, match=r"^dtype must be float32 or float64, but got int64\.$"):
        LOSSES["huber"]((1, ROWS, 1), int)


@pytest.mark.parametrize("name", LOSSES)
def test_the_losses_of_rows_are_of_targets_with_a_column_for_each_output(name):
    *_, units = shape_of(name)
    with pytest.raises(ShapeError, match=refused("targets", (ROWS, units), (ROWS,), "give .*")):
        LOSSES[name].rows(np.zeros((ROWS, units)), np.zeros(ROWS))


@pytest.mark.parametrize("name", LOSSES)
def test_labels_and_numbers_may_be_lists(name):
    outputs = LOSSES[name].outputs(2)
    from_list, from_array = (LOSSES[name].encode(y, outputs, 0.0, np.dtype(float)) for y in ([0, 1], np.array([0, 1])))
    assert np.array_equal(from_list, from_array)
