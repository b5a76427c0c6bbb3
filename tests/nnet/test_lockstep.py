"""Training in lockstep: rates of each fold's own fraction, averaged weights and their statistics, losses, limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnet.batch_norm import EPSILON
from nnet.batches import FoldData, Gatherer
from nnet.errors import ShapeError
from nnet.lockstep import Lockstep, together
from nnet.losses import LOSSES
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES, Schedule
from nnet.settings import TrainingSettings
from nnet.streams import STATISTICS, stream
from support.pairs import all_pairs, each_once

ARCHITECTURE = Architecture(6, (8, 5), 3, dropout=0.2)
NORMALISED = replace(ARCHITECTURE, batch_norm=True, input_dropout=0.1)
SETTINGS = TrainingSettings(epochs=4, batch_size=16, learning_rate=0.01)
ROWS = [(40, 11), (33, 18), (9, 7)]


@pytest.fixture
def make(make_folds, make_seeds):
    """Return make(architecture, ...), which makes folds in lockstep; further options are settings."""

    def made(architecture=ARCHITECTURE, rows=ROWS, loss="cross_entropy", weighted=False, **options):
        folds = make_folds(rows, outputs=architecture.outputs, dtype=float, loss=loss, weighted=weighted)
        return Lockstep(architecture, replace(SETTINGS, loss=loss, **options), folds, make_seeds(len(rows)))

    return made


def train(lockstep, epochs):
    """Train, and return the parameters after each epoch, (epochs, F, P)."""
    kept = []
    for epoch in range(1, epochs + 1):
        lockstep.train_epoch(epoch)
        kept.append(lockstep.network.parameters.values.copy())
    return np.array(kept)


@pytest.mark.parametrize(("schedule", "optimizer"), each_once(SCHEDULES, OPTIMIZERS))
@pytest.mark.parametrize("warm_up", [0.0, 0.4])
def test_every_fold_is_trained_at_the_rates_of_its_own_fractions(schedule, optimizer, warm_up, make, monkeypatch):
    epochs, steps, seen = 3, [-(-train // 16) for train, _ in ROWS], {fold: [] for fold in range(3)}
    original = OPTIMIZERS[optimizer].step

    def spy(self, folds, rates):
        for fold in range(folds.start, folds.stop):
            seen[fold].append(rates[fold])
        original(self, folds, rates)

    monkeypatch.setattr(OPTIMIZERS[optimizer], "step", spy)
    options = {"schedule": schedule, "warm_up": warm_up, "decay": 0.3, "epochs": epochs}
    lockstep = make(optimizer=optimizer, **options)
    factors = {1: 1.0, 2: 0.5, 3: 0.25}
    for epoch, factor in factors.items():
        lockstep.train_epoch(epoch, factor)
    rates = Schedule(schedule, 0.3, warm_up)
    for fold, count in enumerate(steps):
        middles = [(epoch, (epoch - 1 + (step + 0.5) / count) / epochs) for epoch in factors for step in range(count)]
        assert seen[fold] == pytest.approx([0.01 * factors[epoch] * rates(middle) for epoch, middle in middles])
        assert min(seen[fold]) > 0


@pytest.mark.parametrize(("average", "epochs", "batch_norm"), all_pairs([1, 2, 3], [1, 2, 4], [False, True]))
def test_the_network_is_finished_as_the_mean_of_its_last_weights(average, epochs, batch_norm, make):
    lockstep = make(NORMALISED if batch_norm else ARCHITECTURE, average_epochs=average)
    kept = train(lockstep, epochs)
    lockstep.finish()
    np.testing.assert_allclose(lockstep.network.parameters.values, kept[-average:].mean(axis=0), rtol=1e-12, atol=1e-15)


def recomputed_statistics(lockstep, data, fold):
    """Compute every hidden layer's mean and unbiased variance without dropout, averaged over the batches by rows."""
    parameters, batches, rows = lockstep.network.parameters, [], []
    order = stream(lockstep._seeds[fold], STATISTICS).permutation(data.train)
    for start in range(0, len(data.train), 16):
        a, statistics = data.x[order[start : start + 16]], []
        for layer in range(2):
            z = a @ parameters.dense(layer, slice(fold, fold + 1)).weights[0]
            views = parameters.batch_norm(layer, slice(fold, fold + 1))
            statistics += [z.mean(axis=0), z.var(axis=0) * len(z) / max(len(z) - 1, 1)]
            normal = (z - statistics[-2]) / np.sqrt(z.var(axis=0) + EPSILON)
            a = np.maximum(normal * views.scale[0] + views.shift[0], 0)
        batches.append(np.concatenate(statistics))
        rows.append(len(a) if len(a) > 1 else 0)  # a single row has no variance
    return np.average(batches, axis=0, weights=rows)


@pytest.mark.parametrize("epochs", [2, 4])
def test_averaged_weights_get_statistics_of_their_own(epochs, make):
    lockstep = make(NORMALISED, average_epochs=3)
    train(lockstep, epochs)
    before = lockstep.network.parameters.statistics.copy()
    lockstep.finish()
    after = lockstep.network.parameters.statistics
    assert (after != before).all()
    for fold in range(3):
        expected = recomputed_statistics(lockstep, lockstep._folds[fold], fold)
        np.testing.assert_allclose(after[fold], expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("average", [1, 5])
def test_a_network_learns_as_well_from_sorted_rows(average):
    rng = np.random.default_rng(0)
    y = np.linspace(-2, 2, 320)
    x = y[:, None] + 0.1 * rng.normal(size=(320, 4))
    held, seeds = np.arange(0, 320, 5), [np.random.SeedSequence(0)]
    train_rows = np.setdiff1d(np.arange(320), held)
    settings = replace(SETTINGS, learning_rate=0.02, epochs=30, average_epochs=average, loss="mean_squared_error")
    for order in (train_rows, rng.permutation(train_rows)):
        architecture = Architecture(4, (16, 16), 1, batch_norm=True)
        lockstep = Lockstep(architecture, settings, [FoldData(x, y, order, held)], seeds)
        train(lockstep, 30)
        (z,) = lockstep.outputs([held])
        assert np.mean((z[:, 0] - y[held]) ** 2) < 0.1 * np.var(y[held])


@pytest.mark.parametrize("average", [1, 5])
def test_without_averaging_the_statistics_stay_the_running_ones(average, make):
    lockstep = make(NORMALISED, average_epochs=average)
    lockstep.train_epoch(1)
    before = lockstep.network.parameters.statistics.copy()
    lockstep.finish()
    assert np.array_equal(lockstep.network.parameters.statistics, before)


@pytest.mark.parametrize("loss", LOSSES)
def test_an_epochs_loss_is_the_weighted_mean_over_rows_not_over_batches(loss, make):
    architecture = Architecture(6, (8,), 1 if loss == "binary_cross_entropy" else 3)
    options = {
        "learning_rate": 1e-300,
        "l2": 0.0,
        "label_smoothing": 0.2 * LOSSES[loss].classifies,
        "huber_delta": 0.3,
    }  # weights stay
    for weighted in (False, True):
        lockstep = make(architecture, rows=[(19, 0), (5, 0)], loss=loss, weighted=weighted, **options)
        losses = lockstep.train_epoch(1)
        for fold, data in enumerate(lockstep._folds):
            targets = LOSSES[loss].encode(data.y, architecture.outputs, 0.2, np.dtype(float))[data.train]
            rows = LOSSES[loss].rows(lockstep.network.predict(data.x[data.train], fold), targets, 0.3)
            weights = data.weights[data.train] if weighted else None
            assert losses[fold] == pytest.approx(np.average(rows, weights=weights), rel=1e-12)


@pytest.mark.parametrize("options", [{}, {"optimizer": "sgd", "clip_norm": 0.1}], ids=str)
def test_weights_count_by_their_ratios_alone(options, make):
    lockstep, scaled = (make(weighted=True, **options) for _ in range(2))
    scaled._folds[:] = [replace(data, weights=data.weights * 4) for data in scaled._folds]
    scaled._gather = Gatherer(scaled._folds, scaled._targets, 16, 3)
    assert np.array_equal(train(lockstep, 2), train(scaled, 2))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_max_norm_holds_after_every_epoch(batch_norm, make):
    lockstep = make(replace(ARCHITECTURE, batch_norm=batch_norm), max_norm=0.5, learning_rate=0.1)
    for epoch in (1, 2, 3):
        lockstep.train_epoch(epoch)
        for fold in range(3):
            lengths = np.hstack([np.linalg.norm(w, axis=0) for w, _ in lockstep.network.weights(fold)])
            assert lengths.max() == pytest.approx(0.5, rel=1e-12)


def test_a_gradient_is_clipped_before_the_penalties_are_added(make):
    norms = []
    for clip, l2 in ((1e-9, 0.0), (1e-9, 0.5)):
        lockstep = make(optimizer="sgd", momentum=0.0, learning_rate=0.1, clip_norm=clip, l2=l2)
        before = lockstep.network.parameters.values.copy()
        lockstep.train_epoch(1)
        norms.append(np.linalg.norm(lockstep.network.parameters.values - before, axis=1).min())
    assert norms[0] < 1e-9 < 0.01 < norms[1]


def test_more_folds_share_a_step_the_smaller_the_network_and_the_batch():
    small, large = Architecture(8, (8,), 3), Architecture(784, (512, 512), 10)
    assert together(small, 32) >= 10
    assert together(large, 128) == 1
    assert together(small, 32) > together(small, 4096) >= 1


def test_data_of_another_width_is_refused(make):
    with pytest.raises(ShapeError, match="x must have 7 columns, but got 6"):
        make(replace(ARCHITECTURE, inputs=7))


def arrays_within(value, seen):
    """Yield every array that can be reached from an object's attributes."""
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


@pytest.mark.parametrize(("optimizer", "loss"), each_once(OPTIMIZERS, LOSSES))
def test_no_float64_array_is_kept_when_training_in_float32(optimizer, loss, make_folds, make_seeds):
    architecture = replace(NORMALISED, outputs=1 if loss == "binary_cross_entropy" else 3)
    folds = make_folds(ROWS, outputs=architecture.outputs, loss=loss, weighted=True)
    folds = [replace(data, weights=data.weights.astype(np.float32)) for data in folds]
    if not LOSSES[loss].classifies:
        folds = [replace(data, y=data.y.astype(np.float32)) for data in folds]
    options = {"l1": 0.1, "max_norm": 1.0, "clip_norm": 1.0, "average_epochs": 2, "schedule": "cosine"}
    lockstep = Lockstep(
        architecture, replace(SETTINGS, optimizer=optimizer, loss=loss, **options), folds, make_seeds(3)
    )
    train(lockstep, 2)
    lockstep.outputs([data.validation for data in folds])
    lockstep.finish()
    dtypes = [array.dtype for array in arrays_within(lockstep, set())]
    assert dtypes.count(np.dtype(np.float32)) > 20
    assert np.dtype(np.float64) not in dtypes
