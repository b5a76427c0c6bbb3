"""Folds trained together equal folds trained apart, bit for bit: parameters and every number of every report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnet import batches, training
from nnet.activations import ACTIVATIONS
from nnet.metrics import METRICS
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.training import TrainingSettings, lockstep_groups, train

# (train, validation) rows of each fold; the batch has 16
ROWS = {
    "equal": [(32, 9)] * 4,
    "ragged last batch": [(37, 9)] * 4,
    "one more row": [(33, 9), (32, 10), (32, 10), (32, 10)],
    "other step counts": [(60, 5), (30, 5), (60, 5), (17, 5)],
    "fewer than a batch": [(40, 7), (3, 7), (1, 7), (3, 7)],
    "unequal validation": [(32, 1), (32, 300), (32, 257), (32, 256)],
}
DTYPES = [np.float32, np.float64]
SETTINGS = TrainingSettings(epochs=3, batch_size=16, learning_rate=0.02, l2=1e-2)


@pytest.fixture
def train_and_keep(monkeypatch):
    """Like train, for (architectures, settings, folds, seeds, metric, folds_per_step); also each fold's parameters."""

    def run(architectures, settings, folds, seeds, metric, folds_per_step):
        groups = lockstep_groups(architectures, settings, folds, seeds, folds_per_step)
        with monkeypatch.context() as patch:
            patch.setattr(training, "lockstep_groups", lambda *_: groups)
            reports = list(train(architectures, settings, folds, seeds, metric))
        parameters = {
            position: lockstep.network.parameters.values[row]
            for positions, lockstep in groups
            for row, position in enumerate(positions)
        }
        return reports, parameters

    return run


@pytest.fixture
def check(train_and_keep, make_seeds):
    """check(architectures, settings, folds, ...): train all folds at once and each alone, and compare every bit."""

    def compare(architectures, settings, folds, metric="neg_log_loss", folds_per_step=(1, 2, None), entropy=7):
        seeds = make_seeds(len(folds), entropy)
        alone = [
            train_and_keep([architecture], settings, [data], [seed], metric, None)
            for architecture, data, seed in zip(architectures, folds, seeds, strict=True)
        ]
        for shared in folds_per_step:
            reports, parameters = train_and_keep(architectures, settings, folds, seeds, metric, shared)
            for fold, (own_reports, own_parameters) in enumerate(alone):
                assert np.array_equal(parameters[fold], own_parameters[0], equal_nan=True)
                for report, own in zip(reports, own_reports, strict=True):
                    for name in ("train_losses", "validation_losses", "scores"):
                        here, there = getattr(report, name), getattr(own, name)
                        assert (here is None) == (there is None)
                        assert here is None or np.array_equal([here[fold]], there, equal_nan=True)

    return compare


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("l2", [0.0, 1e-2])
def test_for_every_kind_of_network(activation, optimizer, dropout, l2, make_folds, check):
    architecture = Architecture(6, (9, 5), 3, activation, dropout=dropout)
    folds = make_folds(ROWS["other step counts"])
    check([architecture] * 4, replace(SETTINGS, optimizer=optimizer, l2=l2), folds)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_for_every_kind_of_folds(rows, optimizer, dtype, make_folds, check):
    architecture = Architecture(6, (9,), 3, dropout=0.2)
    settings = replace(SETTINGS, optimizer=optimizer, validate_every=2)
    check([architecture] * 4, settings, make_folds(ROWS[rows], dtype=dtype), metric="accuracy")


@pytest.mark.parametrize("dtype", DTYPES)
def test_for_folds_of_other_widths(dtype, make_folds, check):
    widths = [6, 5, 6, 1]
    folds = make_folds(ROWS["other step counts"], widths, dtype=dtype)
    check([Architecture(width, (9,), 3, dropout=0.2) for width in widths], SETTINGS, folds)


@pytest.mark.parametrize("hidden", [(), (1,), (1, 33), (130,), (3, 4, 5)], ids=str)
@pytest.mark.parametrize("inputs", [1, 64])
@pytest.mark.parametrize("batch_size", [1, 33])
def test_for_unusual_shapes(hidden, inputs, batch_size, make_folds, check):
    folds = make_folds(ROWS["other step counts"], inputs)
    check([Architecture(inputs, hidden, 3)] * 4, replace(SETTINGS, epochs=1, batch_size=batch_size), folds)


def test_when_the_folds_share_one_array(make_folds, check):
    [data] = make_folds([(60, 0)])
    rng = np.random.default_rng(1)
    folds = []
    for count in (40, 40, 31):
        order = rng.permutation(60)
        folds.append(replace(data, train=order[:count], validation=order[count:]))
    check([Architecture(6, (9,), 3, dropout=0.2)] * 3, SETTINGS, folds)


@pytest.mark.parametrize("gather", [1, 1 << 10])
def test_however_far_batches_are_gathered_ahead(gather, make_folds, train_and_keep, make_seeds, monkeypatch):
    folds, seeds = make_folds(ROWS["other step counts"]), make_seeds(4)
    work = ([Architecture(6, (9,), 3, dropout=0.2)] * 4, SETTINGS, folds, seeds, "neg_log_loss", None)
    reports, parameters = train_and_keep(*work)
    monkeypatch.setattr(batches, "GATHER", gather)
    again, same = train_and_keep(*work)
    assert again == reports
    assert all(np.array_equal(parameters[fold], same[fold]) for fold in range(4))


def test_when_one_fold_diverges_and_the_others_do_not(make_folds, check, train_and_keep, make_seeds):
    folds = make_folds(ROWS["equal"])
    folds[1] = replace(folds[1], x=folds[1].x * np.float32(1e30))
    work = ([Architecture(6, (9,), 3)] * 4, replace(SETTINGS, optimizer="sgd"), folds)
    check(*work)
    reports, _ = train_and_keep(*work, make_seeds(4), "neg_log_loss", None)
    assert np.isnan(reports[-1].validation_losses).tolist() == [False, True, False, False]


@pytest.mark.parametrize("seed", range(30))
def test_for_random_mixtures(seed, make_folds, check):
    rng = np.random.default_rng(seed)
    count, inputs = int(rng.integers(2, 6)), int(rng.choice([1, 3, 8, 17, 64]))
    rows = [(int(rng.integers(1, 90)), int(rng.integers(1, 40))) for _ in range(int(rng.integers(1, count + 1)))]
    rows = [rows[k] for k in np.sort(rng.integers(0, len(rows), count))]
    widths = [inputs + int(rng.random() < 0.2) for _ in range(count)]
    hidden = tuple(int(units) for units in rng.choice([1, 2, 7, 16, 31, 64], rng.integers(0, 4)))
    classes, activation = int(rng.integers(1, 11)), str(rng.choice(list(ACTIVATIONS)))
    dropout = float(rng.choice([0, 0.5]))
    settings = TrainingSettings(
        epochs=2,
        batch_size=int(rng.choice([1, 5, 16, 32, 100])),
        optimizer=str(rng.choice(list(OPTIMIZERS))),
        learning_rate=float(10 ** rng.uniform(-3, 1)),
        l2=float(rng.choice([0, 1e-3])),
        validate_every=int(rng.integers(1, 3)),
    )
    folds = make_folds(rows, widths, classes, rng.choice(DTYPES), seed)
    architectures = [Architecture(width, hidden, classes, activation, dropout=dropout) for width in widths]
    check(architectures, settings, folds, str(rng.choice(list(METRICS))), (1, int(rng.integers(2, 4)), None), seed)
