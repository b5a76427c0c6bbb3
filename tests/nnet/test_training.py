"""Training: what it reports, when it stops, that it learns, and what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris

from nnet.activations import ACTIVATIONS
from nnet.batches import FoldData, Gatherer
from nnet.errors import SettingError
from nnet.metrics import METRICS, log_likelihood, row_score
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.training import EarlyStopping, TrainingSettings, fit, lockstep_groups, together, train

ARCHITECTURE = Architecture(6, (8,), 3, dropout=0.2)
SETTINGS = TrainingSettings(epochs=4, batch_size=16, learning_rate=0.01)
ROWS = [(40, 11), (33, 18)]


def curve(folds, seeds, architecture=ARCHITECTURE, settings=SETTINGS, metric="accuracy"):
    return list(train([architecture] * len(folds), settings, folds, seeds, metric))


def test_the_same_seed_gives_the_same_curve_and_another_seed_another(make_folds, make_seeds):
    folds = make_folds(ROWS)
    assert curve(folds, make_seeds(2)) == curve(folds, make_seeds(2))
    assert curve(folds, make_seeds(2))[0].train_losses != curve(folds, make_seeds(2, entropy=8))[0].train_losses


@pytest.mark.parametrize(("every", "scored"), [(1, [1, 2, 3, 4, 5]), (2, [2, 4, 5]), (5, [5]), (9, [5])])
def test_scores_come_every_few_epochs_and_always_at_the_last(every, scored, make_folds, make_seeds):
    folds, seeds, settings = make_folds(ROWS), make_seeds(2), replace(SETTINGS, epochs=5)
    reports = curve(folds, seeds, settings=replace(settings, validate_every=every))
    assert [report.epoch for report in reports] == [1, 2, 3, 4, 5]
    assert [report.epoch for report in reports if report.scores is not None] == scored
    assert [report.epoch for report in reports if report.validation_losses is not None] == scored
    every_epoch = curve(folds, seeds, settings=settings)  # scoring does not disturb the training
    assert reports == [
        full if full.epoch in scored else replace(full, scores=None, validation_losses=None) for full in every_epoch
    ]


def test_every_epoch_takes_every_row_once_in_a_new_order(make_folds, make_seeds, monkeypatch):
    folds, seen, batches = make_folds([(40, 0), (40, 0)]), [], Gatherer.batches

    def spy(self, orders):
        seen.append([order.tolist() for order in orders])
        return batches(self, orders)

    monkeypatch.setattr(Gatherer, "batches", spy)
    curve(folds, make_seeds(2))
    for orders in seen:
        assert [sorted(order) for order in orders] == [sorted(data.train) for data in folds]
    assert len({tuple(order) for orders in seen for order in orders}) == 4 * 2


@pytest.mark.parametrize("metric", METRICS)
def test_scores_are_those_of_the_networks_own_predictions(metric, make_folds, make_seeds):
    folds, seeds = make_folds([(20, 700), (20, 256), (20, 1)]), make_seeds(3)
    [(_, lockstep)] = lockstep_groups([ARCHITECTURE] * 3, SETTINGS, folds, seeds, None)
    lockstep.train_epoch()
    losses, scores = lockstep.validate(metric)
    for fold, data in enumerate(folds):
        logits, labels = lockstep.network.predict(data.x[data.validation], fold), data.y[data.validation]
        assert math.isclose(scores[fold], row_score(metric)(logits, labels).mean(), rel_tol=1e-12)
        assert math.isclose(losses[fold], -log_likelihood(logits, labels).mean(), rel_tol=1e-12)


def test_the_training_loss_is_the_mean_over_rows_not_over_batches(make_folds, make_seeds):
    folds, seeds = make_folds([(10, 0)], dtype=np.float64), make_seeds(1)
    settings = replace(SETTINGS, learning_rate=1e-300, batch_size=8, l2=0.0)  # weights stay as they were
    architecture = replace(ARCHITECTURE, dropout=0.0)
    network, losses = fit(architecture, settings, folds[0], seeds[0], epochs=2)
    expected = -log_likelihood(network.predict(folds[0].x), folds[0].y).mean()
    assert losses == pytest.approx((expected, expected), rel=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_fit_is_the_training_of_a_single_fold(optimizer, dropout, make_folds, make_seeds):
    [data], [seed] = make_folds([(40, 11)]), make_seeds(1)
    settings, architecture = replace(SETTINGS, optimizer=optimizer), replace(ARCHITECTURE, dropout=dropout)
    network, losses = fit(architecture, settings, replace(data, validation=data.validation[:0]), seed, epochs=4)
    reports = curve([data], [seed], architecture, settings)
    assert losses == tuple(report.train_losses[0] for report in reports)
    scores = row_score("accuracy")(network.predict(data.x[data.validation]), data.y[data.validation])
    assert scores.mean() == reports[-1].scores[0]
    shorter, first = fit(architecture, settings, data, seed, epochs=2)
    assert first == losses[:2]
    assert not np.array_equal(shorter.parameters.values, network.parameters.values)


def test_folds_without_validation_rows_are_not_scored(make_folds, make_seeds):
    for report in curve(make_folds([(20, 0), (20, 0)]), make_seeds(2)):
        assert report.scores is None
        assert report.validation_losses is None
        assert all(map(math.isfinite, report.train_losses))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("metric", METRICS)
def test_a_diverged_run_is_reported_not_warned_of(optimizer, metric, make_folds, make_seeds):
    settings = replace(SETTINGS, optimizer=optimizer, learning_rate=1e30, momentum=0.0, epochs=5)
    last = curve(make_folds(ROWS), make_seeds(2), Architecture(6, (8, 8), 3), settings, metric)[-1]
    assert not any(map(math.isfinite, last.train_losses))
    assert not any(map(math.isfinite, last.validation_losses))


def test_no_float64_array_is_kept_when_training_in_float32(make_folds, make_seeds):
    folds, seeds = make_folds(ROWS), make_seeds(2)
    for optimizer in OPTIMIZERS:
        settings = replace(SETTINGS, optimizer=optimizer)
        [(_, lockstep)] = lockstep_groups([ARCHITECTURE] * 2, settings, folds, seeds, None)
        lockstep.train_epoch()
        lockstep.validate("accuracy")
        dtypes = [array.dtype for array in arrays_within(lockstep, set())]
        assert dtypes.count(np.dtype(np.float32)) > 20
        assert np.dtype(np.float64) not in dtypes


def arrays_within(value, seen):
    """Every array that can be reached from an object's attributes."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from arrays_within(item, seen)
    elif hasattr(value, "__dict__"):
        yield from arrays_within(vars(value), seen)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_learns_xor_which_a_single_layer_cannot(activation, optimizer, make_seeds):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (600, 2)).astype(np.float32)
    data = FoldData(x, (x[:, 0] * x[:, 1] > 0).astype(np.intp), np.arange(400), np.arange(400, 600))
    rate = 0.03 if optimizer == "adam" else 0.3
    settings = TrainingSettings(epochs=60, batch_size=32, optimizer=optimizer, learning_rate=rate, l2=0.0)
    hidden = curve([data], make_seeds(1), Architecture(2, (16,), 2, activation), settings)[-1].scores[0]
    single = curve([data], make_seeds(1), Architecture(2, (), 2), settings)[-1].scores[0]
    assert hidden > 0.9
    assert single < 0.7


def test_learns_iris(make_seeds):
    x, y = load_iris(return_X_y=True)
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
    order = np.random.default_rng(0).permutation(150)
    folds = [FoldData(x, y, np.delete(order, np.s_[k::3]), order[k::3]) for k in range(3)]
    settings = TrainingSettings(epochs=40, batch_size=16, learning_rate=0.01)
    reports = curve(folds, make_seeds(3), Architecture(4, (16,), 3), settings)
    assert np.mean(reports[-1].scores) > 0.92
    assert max(reports[-1].train_losses) < 0.3 < min(reports[0].train_losses)


def test_a_strong_penalty_keeps_the_weights_small(make_folds, make_seeds):
    [data], [seed] = make_folds([(100, 0)]), make_seeds(1)
    norms = []
    for l2 in (0.0, 1.0):
        network, _ = fit(ARCHITECTURE, replace(SETTINGS, l2=l2), data, seed, epochs=30)
        norms.append(np.abs(network.weights(0)[0][0]).mean())
    assert norms[1] < norms[0] / 5


def test_more_folds_share_a_step_the_smaller_the_network_and_the_batch():
    small, large = Architecture(8, (8,), 3), Architecture(784, (512, 512), 10)
    assert together(small, 32) >= 10
    assert together(large, 128) == 1
    assert together(small, 32) > together(small, 4096) >= 1


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_early_stopping_stops_after_patience_scores_without_a_better_one(patience):
    stopping = EarlyStopping(patience)
    scores = [0.1, 0.5, 0.5, 0.4, math.nan, 0.4]
    stopped = [epoch for epoch, score in enumerate(scores, start=1) if stopping.update(epoch, score)]
    assert stopped[0] == 2 + patience
    assert (stopping.best_epoch, stopping.best) == (2, 0.5)


def test_early_stopping_starts_counting_anew_at_a_better_score_and_never_stops_without_patience():
    stopping, never = EarlyStopping(2), EarlyStopping(0)
    scores = [0.5, 0.4, 0.6, 0.5, 0.7, 0.1, 0.1]
    assert [stopping.update(epoch, score) for epoch, score in enumerate(scores)] == [False] * 6 + [True]
    assert not any(never.update(epoch, score) for epoch, score in enumerate(scores))
    assert (never.best_epoch, never.best) == (4, 0.7)


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("epochs", 0, "epochs >= 1"),
        ("batch_size", 0, "batch_size >= 1"),
        ("optimizer", "lion", r"optimizer in \['adam', 'sgd'\]"),
        ("learning_rate", 0.0, "learning_rate > 0"),
        ("learning_rate", math.nan, "learning_rate > 0"),
        ("momentum", 1.0, "0 <= momentum < 1"),
        ("momentum", -0.1, "0 <= momentum < 1"),
        ("l2", -1e-9, "l2 >= 0"),
        ("l2", math.nan, "l2 >= 0"),
        ("patience", -1, "patience >= 0"),
        ("validate_every", 0, "validate_every >= 1"),
    ],
)
def test_impossible_settings_are_refused_with_the_rule_and_the_value(name, value, rule):
    with pytest.raises(SettingError, match=f"^`{rule}` must hold, but got {name}={value!r}"):
        TrainingSettings(**{name: value})


def test_unknown_metric_is_refused(make_folds, make_seeds):
    with pytest.raises(SettingError, match="metric must be one of"):
        curve(make_folds(ROWS), make_seeds(2), metric="f1")
