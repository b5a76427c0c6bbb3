"""What is refused, and what is the same however it is given."""

from dataclasses import replace

import numpy as np
import pytest

from nnet.batches import FoldData
from nnet.errors import NNetError
from nnet.metrics import METRICS, row_score
from nnet.network import Architecture, Network
from nnet.training import TrainingSettings, train

X = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
Y = np.random.default_rng(1).integers(0, 3, 50)
GOOD = FoldData(X, Y, np.arange(30), np.arange(30, 50))
SEEDS = np.random.SeedSequence(0).spawn(2)


def run(folds, architectures=1, seeds=1):
    shape = Architecture(4, (5,), 3)
    return list(train([shape] * architectures, TrainingSettings(epochs=1), folds, SEEDS[:seeds], "accuracy"))


@pytest.mark.parametrize("layout", ["F", "columns"])
def test_prediction_does_not_depend_on_the_memory_layout(layout):
    network = Network(Architecture(30, (), 3), SEEDS[:1], np.float64)
    x = np.random.default_rng(0).normal(size=(7, 30))[: 7 if layout == "F" else 1]
    other = np.asfortranarray(x) if layout == "F" else np.repeat(x, 2, axis=1)[:, ::2]
    assert np.array_equal(network.predict(other), network.predict(x))


@pytest.mark.parametrize("labels", [Y + 1, Y - 1], ids=["too large", "negative"])
def test_labels_outside_the_classes_are_refused(labels):
    with pytest.raises(NNetError):
        run([replace(GOOD, y=labels)])


@pytest.mark.parametrize("rows", [np.array([1000, 3]), np.array([-1, 3]), np.arange(50) < 30], ids=str)
def test_rows_that_are_no_row_numbers_are_refused(rows):
    with pytest.raises(NNetError):
        run([replace(GOOD, train=rows)])


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.uint8])
def test_labels_of_any_integer_type(dtype):
    assert run([replace(GOOD, y=Y.astype(dtype))]) == run([GOOD])


def test_folds_of_two_dtypes_are_refused():
    with pytest.raises(NNetError):
        run([GOOD, replace(GOOD, x=X.astype(float))], 2, 2)


def test_another_width_is_refused():
    with pytest.raises(NNetError):
        run([replace(GOOD, x=X[:, :3])])


@pytest.mark.parametrize(("architectures", "seeds"), [(1, 2), (2, 1)])
def test_as_many_architectures_and_seeds_as_folds(architectures, seeds):
    with pytest.raises(NNetError):
        run([GOOD, GOOD], architectures, seeds)


@pytest.mark.parametrize("metric", METRICS)
def test_nan_logits_have_no_score(metric):
    assert np.isnan(row_score(metric)(np.full((2, 3), np.nan), np.array([0, 1]))).all()


@pytest.mark.parametrize("setting", ["learning_rate", "l2"])
def test_infinite_settings_are_refused(setting):
    with pytest.raises(NNetError):
        TrainingSettings(**{setting: np.inf})
