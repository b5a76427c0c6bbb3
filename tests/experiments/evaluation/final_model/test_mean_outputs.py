"""Probabilities of classes are averaged, and other outputs as they are."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.final_model import mean_outputs as module
from experiments.evaluation.final_model.mean_outputs import FEW_INPUTS, changed_outputs, mean_outputs, model_outputs
from nnet.metrics import class_probabilities, log_likelihood, predicted_labels
from nnet.network import Architecture, Network


def test_the_mean_of_probabilities_by_hand() -> None:
    z = np.log(np.array([[[0.5, 0.25, 0.25]], [[0.125, 0.75, 0.125]]]))
    np.testing.assert_allclose(class_probabilities(mean_outputs(z, True)), [[0.3125, 0.5, 0.1875]], rtol=1e-14)
    shifted = z + np.array([10.0, -300.0])[:, None, None]  # logits of the same probabilities
    np.testing.assert_allclose(class_probabilities(mean_outputs(shifted, True)), [[0.3125, 0.5, 0.1875]], rtol=1e-12)


def test_the_log_odds_of_a_logistic_unit_by_hand() -> None:
    z = np.log(np.array([[[3.0]], [[1.0]]]))  # probabilities of 3/4 and 1/2
    found = mean_outputs(z, True)
    assert found.shape == (1, 1)
    np.testing.assert_allclose(np.exp(found), [[0.625 / 0.375]], rtol=1e-14)


def test_certain_networks_have_finite_logits() -> None:
    certain = np.array([[[0.0, 9e4], [9e4, 0.0]], [[0.0, 9e4], [0.0, 9e4]]])
    found = mean_outputs(certain, True)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(class_probabilities(found), [[0.0, 1.0], [0.5, 0.5]], atol=1e-300)
    assert predicted_labels(found).tolist() == [1, 0]
    assert log_likelihood(found, np.array([1, 1])).round(3).tolist() == [0.0, -0.693]
    for sign in (-1, 1):
        unit = mean_outputs(np.full((2, 1, 1), sign * 9e4), True)
        assert np.isfinite(unit).all()
        assert np.sign(unit) == sign


def test_other_outputs_are_averaged_as_they_are() -> None:
    z = np.array([[[1.0, -4.0]], [[2.0, 0.0]], [[6.0, 1.0]]], np.float32)
    assert mean_outputs(z, False).tolist() == [[3.0, -1.0]]
    assert mean_outputs(z, False).dtype == np.float64


@pytest.mark.parametrize("logits", [False, True])
def test_a_network_that_diverged_makes_the_mean_no_number(logits: bool) -> None:
    for wrong in (np.nan, np.inf):
        z = np.zeros((3, 2, 2))
        z[1, 0, 0] = wrong
        found = mean_outputs(z, logits)
        assert not np.isfinite(found[0]).all()
        assert np.isfinite(found[1]).all()


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_model_of_one_network_has_its_outputs_and_chunks_change_nothing(
    outputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network(Architecture(4, (5,), outputs), np.random.SeedSequence(1).spawn(3))
    x = np.random.default_rng(0).normal(size=(1100, 4)).astype(np.float32)
    assert model_outputs(network, slice(1, 2), x, True).tobytes() == network.predict(x, 1).tobytes()
    whole = model_outputs(network, slice(0, 2), x, True)
    assert whole.tobytes() == mean_outputs(network.predict_folds(x, slice(0, 2)), True).tobytes()
    monkeypatch.setattr(module, "ROWS", 512)
    assert model_outputs(network, slice(0, 2), x, True).tobytes() == whole.tobytes()


@pytest.mark.parametrize("folds", [slice(1, 2), slice(0, 3)])
@pytest.mark.parametrize("width", [FEW_INPUTS, FEW_INPUTS + 1])
def test_changed_inputs_have_the_outputs_of_the_changed_rows(
    width: int, folds: slice, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network(Architecture(width, (5,), 3), np.random.SeedSequence(1).spawn(3))
    x = np.random.default_rng(0).normal(size=(20, width)).astype(np.float32)
    inputs = np.array([2, 0])
    rows = x.copy()
    rows[:, inputs] = x[::-1, inputs]
    whole, before = model_outputs(network, folds, rows, True), model_outputs(network, folds, x, True)
    outputs = changed_outputs(network, folds, x, True)
    if width > FEW_INPUTS:  # computed without a look at all inputs again
        monkeypatch.delattr(module, "model_outputs")
    np.testing.assert_allclose(outputs(inputs, x[::-1, inputs]), whole, rtol=1e-4, atol=1e-6)
    assert outputs(inputs, x[:, inputs]).tobytes() == before.tobytes()
    assert outputs(np.array([], np.int64), x[:, :0]).tobytes() == before.tobytes()
