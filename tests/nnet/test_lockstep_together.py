"""Folds trained together equal folds trained apart, bit for bit: parameters, statistics and every reported number."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from nnet import training
from nnet.activations import ACTIVATIONS
from nnet.losses import LOSSES
from nnet.metrics import METRICS
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES
from nnet.settings import TrainingSettings
from nnet.training import EpochReport, lockstep_groups, train
from support.pairs import all_pairs, each_once

# (train, validation) rows of each fold; the batch has 16
ROWS = {
    "equal": [(32, 9)] * 4,
    "ragged last batch": [(37, 9)] * 4,
    "one more row": [(33, 9), (32, 10), (32, 10), (32, 10)],
    "other step counts": [(60, 5), (30, 5), (60, 5), (17, 5)],
    "fewer than a batch": [(40, 7), (3, 7), (2, 7), (3, 7)],
    "unequal validation": [(32, 1), (32, 300), (32, 257), (32, 256)],
}
DTYPES = [np.float32, np.float64]
SETTINGS = TrainingSettings(epochs=3, batch_size=16, learning_rate=0.02, l2=1e-2)
FOLLOWING_NO_SCORES = sorted(SCHEDULES.keys() - {"plateau"})
# what a network and its training may have besides their kinds, each alone and all at once
ARCHITECTURES = {
    "dropout": {"dropout": 0.3},
    "input_dropout": {"input_dropout": 0.2},
    "input_scale": {"input_scale": True},
    "noise": {"noise": 0.2},
    "noise after batch norm": {"noise": 0.2, "batch_norm": True},
    "input_noise": {"input_noise": 0.1},
    "batch_norm": {"batch_norm": True},
    "single layer": {"hidden": ()},
}
OPTIONS = {
    "l1": {"l1": 0.03},
    "no l2": {"l2": 0.0},
    "max_norm": {"max_norm": 0.7},
    "clip_norm": {"clip_norm": 0.05},
    "label_smoothing": {"label_smoothing": 0.2},
    "average_epochs": {"average_epochs": 2},
    "warm_up": {"warm_up": 0.4},
    "decay_start": {"schedule": "linear", "decay_start": 0.4},
    "beta2": {"beta2": 0.9},
    "validate_every": {"validate_every": 2},
}
EVERYTHING = {
    "l1": 0.01,
    "max_norm": 0.9,
    "clip_norm": 0.2,
    "label_smoothing": 0.1,
    "average_epochs": 3,
    "warm_up": 0.2,
    "schedule": "cosine",
}
METRIC_OF = {
    "binary_cross_entropy": "neg_log_loss",
    "cross_entropy": "neg_log_loss",
    "huber": "neg_mean_absolute_error",
    "mean_absolute_error": "neg_mean_absolute_error",
    "mean_squared_error": "r2",
}


def make_architecture(loss="cross_entropy", inputs=6, **options):
    outputs = 1 if loss == "binary_cross_entropy" else 3
    return Architecture(inputs, **{"hidden": (9, 5), "outputs": outputs} | options)


@pytest.fixture
def train_and_keep(monkeypatch):
    """Return a function that trains, and returns reports and each fold's parameters, as trained and as averaged."""

    def run(architectures, settings, folds, seeds, metric, folds_per_step):
        groups = lockstep_groups(architectures, settings, folds, seeds, folds_per_step)
        with monkeypatch.context() as patch:
            patch.setattr(training, "lockstep_groups", lambda *_: groups)
            reports = list(train(architectures, settings, folds, seeds, metric, train_scores=True))
        kept = [[] for _ in folds]
        for positions, lockstep in groups:
            parameters = lockstep.network.parameters
            for finish in (False, True):
                if finish:
                    with np.errstate(all="ignore"):
                        lockstep.finish()
                for row, position in enumerate(positions):
                    kept[position] += [parameters.values[row].copy(), parameters.statistics[row].copy()]
        return reports, kept

    return run


@pytest.fixture
def check(train_and_keep, make_seeds):
    """Return check(architectures, settings, folds, ...), which compares folds trained at once and alone by bits."""

    def compare(architectures, settings, folds, metric="neg_log_loss", folds_per_step=(1, 2, None), entropy=7):
        seeds = make_seeds(len(folds), entropy)
        if not isinstance(architectures, list):
            architectures = [architectures] * len(folds)
        alone = [
            train_and_keep([architecture], settings, [data], [seed], metric, None)
            for architecture, data, seed in zip(architectures, folds, seeds, strict=True)
        ]
        for shared in folds_per_step:
            reports, kept = train_and_keep(architectures, settings, folds, seeds, metric, shared)
            for fold, (own_reports, [own_kept]) in enumerate(alone):
                for here, there in zip(kept[fold], own_kept, strict=True):
                    assert np.array_equal(here, there, equal_nan=True)
                for report, own in zip(reports, own_reports, strict=True):
                    for name in (field.name for field in fields(EpochReport)):
                        here, there = getattr(report, name), getattr(own, name)
                        if isinstance(there, tuple):
                            assert np.array_equal([here[fold]], there, equal_nan=True)
                        else:
                            assert here == there

    return compare


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(("activation", "optimizer"), each_once(ACTIVATIONS, OPTIMIZERS))
def test_for_every_activation_and_optimizer(activation, optimizer, batch_norm, make_folds, check):
    architecture = make_architecture(activation=activation, dropout=0.3, batch_norm=batch_norm)
    settings = replace(SETTINGS, optimizer=optimizer)
    check(architecture, settings, make_folds(ROWS["other step counts"]), folds_per_step=[2, None])


@pytest.mark.parametrize(
    ("loss", "weighted", "dtype", "smoothing"),
    [one for one in all_pairs(LOSSES, [False, True], DTYPES, [0.0, 0.2]) if LOSSES[one[0]].classifies or not one[3]],
)
def test_for_every_loss(loss, weighted, dtype, smoothing, make_folds, check):
    architecture = make_architecture(loss, batch_norm=True)
    folds = make_folds(ROWS["other step counts"], 6, architecture.outputs, dtype, loss=loss, weighted=weighted)
    check(architecture, replace(SETTINGS, loss=loss, label_smoothing=smoothing), folds, METRIC_OF[loss])


@pytest.mark.parametrize(
    ("metric", "loss"),
    each_once(["neg_mean_absolute_error", "neg_mean_squared_error", "r2"], ["huber", "mean_squared_error"]),
)
def test_for_one_number_a_row(metric, loss, make_folds, check):
    folds = [replace(data, y=data.y[:, 0]) for data in make_folds(ROWS["unequal validation"], 6, 1, loss=loss)]
    check(make_architecture(outputs=1), replace(SETTINGS, loss=loss), folds, metric)


@pytest.mark.parametrize("schedule", FOLLOWING_NO_SCORES)
@pytest.mark.parametrize(("warm_up", "rows"), [(0.0, "fewer than a batch"), (0.4, "other step counts")])
def test_for_every_schedule(schedule, warm_up, rows, make_folds, check):
    settings = replace(SETTINGS, schedule=schedule, warm_up=warm_up, decay=0.3)
    check(make_architecture(dropout=0.2), settings, make_folds(ROWS[rows]))


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(("rows", "batch_norm"), [("other step counts", False), ("fewer than a batch", True)])
def test_for_every_option_of_training(option, rows, batch_norm, make_folds, check):
    check(make_architecture(batch_norm=batch_norm), replace(SETTINGS, **OPTIONS[option]), make_folds(ROWS[rows]))


@pytest.mark.parametrize("option", ARCHITECTURES)
@pytest.mark.parametrize(("rows", "dtype"), [("ragged last batch", np.float32), ("fewer than a batch", np.float64)])
def test_for_every_option_of_the_architecture(option, rows, dtype, make_folds, check):
    settings = replace(SETTINGS, validate_every=2)
    check(make_architecture(**ARCHITECTURES[option]), settings, make_folds(ROWS[rows], dtype=dtype), metric="accuracy")


@pytest.mark.parametrize(("optimizer", "rows"), each_once(OPTIMIZERS, ROWS))
@pytest.mark.parametrize("dtype", DTYPES)
def test_for_everything_at_once(optimizer, rows, dtype, make_folds, check):
    architecture = make_architecture(dropout=0.2, input_dropout=0.1, batch_norm=True)
    folds = make_folds(ROWS[rows], dtype=dtype, weighted=True)
    check(architecture, replace(SETTINGS, optimizer=optimizer, **EVERYTHING), folds, folds_per_step=[2, None])


@pytest.mark.parametrize("dtype", DTYPES)
def test_for_folds_of_other_widths(dtype, make_folds, check):
    widths = [6, 5, 6, 1]
    folds = make_folds(ROWS["other step counts"], widths, dtype=dtype, weighted=True)
    architectures = [make_architecture(inputs=width, dropout=0.2, batch_norm=True) for width in widths]
    check(architectures, replace(SETTINGS, **EVERYTHING), folds)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_when_some_folds_have_weights_and_some_have_none(batch_norm, make_folds, check):
    folds = make_folds(ROWS["other step counts"], weighted=True)
    folds[1], folds[2] = replace(folds[1], weights=None), replace(folds[2], weights=None)
    check(make_architecture(batch_norm=batch_norm), SETTINGS, folds)


def test_when_batches_of_a_fold_weigh_nothing(make_folds, check):
    folds = make_folds(ROWS["equal"], weighted=True)
    weights = np.zeros(len(folds[2].x))
    weights[folds[2].train[0]] = 1
    folds[2] = replace(folds[2], weights=weights)
    check(make_architecture(), SETTINGS, folds)


@pytest.mark.parametrize(
    ("hidden", "inputs", "batch_size"), all_pairs([(), (1,), (1, 33), (130,), (3, 4, 5)], [1, 64], [1, 33])
)
def test_for_unusual_shapes(hidden, inputs, batch_size, make_folds, check):
    folds = make_folds(ROWS["other step counts"], inputs)
    settings = replace(SETTINGS, epochs=1, batch_size=batch_size, clip_norm=0.5)
    check(make_architecture(inputs=inputs, hidden=hidden), settings, folds)


@pytest.mark.parametrize("batch_size", [1, 16])
@pytest.mark.parametrize(
    ("outputs", "loss"),
    [(1, "binary_cross_entropy"), *each_once([1, 2, 8, 32, 33, 70], sorted(LOSSES.keys() - {"binary_cross_entropy"}))],
)
def test_for_any_number_of_outputs(outputs, loss, batch_size, make_folds, check):
    folds = make_folds([(21, 5), (20, 5), (20, 5)], 6, outputs, loss=loss, weighted=outputs > 8)
    if loss == "cross_entropy" and outputs == 1:
        folds = [replace(data, y=data.y * 0) for data in folds]
    settings = replace(SETTINGS, epochs=1, loss=loss, batch_size=batch_size)
    check(make_architecture(outputs=outputs), settings, folds, METRIC_OF[loss], folds_per_step=[None])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_when_the_parameters_fill_several_blocks(optimizer, make_folds, check):
    architecture = make_architecture(hidden=(150, 170), batch_norm=True)
    settings = replace(SETTINGS, epochs=1, optimizer=optimizer, l1=1e-3, clip_norm=1.0, max_norm=1.0)
    check(architecture, settings, make_folds([(33, 9), (32, 9), (20, 5)]), folds_per_step=[3])


def test_when_the_folds_share_one_array(make_folds, check):
    [data] = make_folds([(60, 0)])
    rng = np.random.default_rng(1)
    folds = []
    for count in (40, 40, 31):
        order = rng.permutation(60)
        folds.append(replace(data, train=order[:count], validation=order[count:]))
    check(make_architecture(dropout=0.2), SETTINGS, folds)


@pytest.mark.parametrize("options", [{}, EVERYTHING | {"clip_norm": 0.0, "max_norm": 0.0}], ids=["plain", "all"])
def test_when_one_fold_diverges_and_the_others_do_not(options, make_folds, check, train_and_keep, make_seeds):
    folds = make_folds(ROWS["equal"])
    folds[1] = replace(folds[1], x=folds[1].x * np.float32(1e30))
    architectures, settings = [make_architecture()] * 4, replace(SETTINGS, optimizer="sgd", **options)
    check(architectures, settings, folds)
    reports, _ = train_and_keep(architectures, settings, folds, make_seeds(4), "neg_log_loss", None)
    assert np.isnan(reports[-1].validation_losses).tolist() == [False, True, False, False]


@pytest.mark.parametrize("seed", range(12))
def test_for_random_mixtures(seed, make_folds, check):
    rng = np.random.default_rng(seed)

    def draw(choices):
        return list(choices)[rng.integers(len(choices))]

    count, inputs, loss = int(rng.integers(2, 6)), draw([1, 3, 8, 17, 64]), draw(LOSSES)
    rows = [(int(rng.integers(1, 90)), int(rng.integers(1, 40))) for _ in range(int(rng.integers(1, count + 1)))]
    rows = [rows[k] for k in np.sort(rng.integers(0, len(rows), count))]
    widths = [inputs + int(rng.random() < 0.2) for _ in range(count)]
    hidden = tuple(draw([1, 2, 7, 16, 31, 64]) for _ in range(rng.integers(0, 4)))
    outputs = 1 if loss == "binary_cross_entropy" else int(rng.integers(2, 41))
    settings = TrainingSettings(
        epochs=3,
        batch_size=draw([1, 5, 16, 32, 100]),
        loss=loss,
        label_smoothing=draw([0.0, 0.1]) * LOSSES[loss].classifies,
        optimizer=draw(OPTIMIZERS),
        learning_rate=float(10 ** rng.uniform(-3, 1)),
        schedule=draw(FOLLOWING_NO_SCORES),
        warm_up=draw([0.0, 0.3]),
        l1=draw([0.0, 1e-3]),
        l2=draw([0.0, 1e-3]),
        max_norm=draw([0.0, 1.0]),
        clip_norm=draw([0.0, 0.5]),
        average_epochs=int(rng.integers(1, 4)),
        validate_every=int(rng.integers(1, 3)),
    )
    options = {
        "hidden": hidden,
        "outputs": outputs,
        "activation": draw(ACTIVATIONS),
        "dropout": draw([0.0, 0.5]),
        "input_dropout": draw([0.0, 0.2]),
        "input_scale": draw([False, True]),
        "noise": draw([0.0, 0.3]),
        "input_noise": draw([0.0, 0.1]),
        "batch_norm": draw([False, True]) and settings.batch_size > 1 and min(rows)[0] > 1,
    }
    architectures = [Architecture(width, **options) for width in widths]
    folds = make_folds(rows, widths, outputs, draw(DTYPES), seed, loss, draw([False, True]))
    metric = draw([name for name in METRICS if (name in ("accuracy", "neg_log_loss")) == LOSSES[loss].classifies])
    check(architectures, settings, folds, metric, (1, int(rng.integers(2, 4)), None), seed)
