"""Training: its reports, scored epochs, plateaus and refusals, and that `fit` trains the same network."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from nnet import training
from nnet.batches import FoldData, Gatherer
from nnet.errors import SettingError, ShapeError
from nnet.losses import LOSSES
from nnet.metrics import METRICS, log_likelihood, score_of
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES
from nnet.settings import TrainingSettings
from nnet.stopping import Plateau
from nnet.training import fit, lockstep_groups, train
from support.pairs import each_once

ARCHITECTURE = Architecture(6, (8,), 3, dropout=0.2)
NORMALISED = replace(ARCHITECTURE, batch_norm=True)
SETTINGS = TrainingSettings(epochs=4, batch_size=16, learning_rate=0.01)
ROWS = [(40, 11), (33, 18)]
AVERAGED = {"plain": {}, "averaged": {"average_epochs": 2}}


def curve(folds, seeds, architecture=ARCHITECTURE, settings=SETTINGS, metric="accuracy", **options):
    return list(train([architecture] * len(folds), settings, folds, seeds, metric, **options))


@pytest.fixture
def trained(monkeypatch):
    """Return trained(folds, seeds, ...), which returns the reports and each fold's final parameters and statistics."""

    def run(folds, seeds, architecture=ARCHITECTURE, settings=SETTINGS, metric="accuracy", **options):
        [(positions, lockstep)] = lockstep_groups([architecture] * len(folds), settings, folds, seeds)
        assert positions == list(range(len(folds)))
        with monkeypatch.context() as patch:
            patch.setattr(training, "lockstep_groups", lambda *_: [(positions, lockstep)])
            reports = curve(folds, seeds, architecture, settings, metric, **options)
        lockstep.finish()
        parameters = lockstep.network.parameters
        return reports, np.hstack([parameters.values, parameters.statistics])

    return run


def test_the_same_seed_gives_the_same_curve_and_another_seed_another(make_folds, make_seeds):
    folds = make_folds(ROWS)
    assert curve(folds, make_seeds(2)) == curve(folds, make_seeds(2))
    assert curve(folds, make_seeds(2))[0].train_losses != curve(folds, make_seeds(2, entropy=8))[0].train_losses


@pytest.mark.parametrize(
    ("every", "scored", "architecture", "average"),
    [
        (1, [1, 2, 3, 4, 5], ARCHITECTURE, "plain"),
        (2, [2, 4, 5], NORMALISED, "averaged"),
        (3, [3, 5], ARCHITECTURE, "averaged"),
        (5, [5], NORMALISED, "plain"),
        (9, [5], ARCHITECTURE, "plain"),
    ],
)
def test_scores_come_every_few_epochs_and_at_the_last_and_disturb_nothing(
    every, scored, architecture, average, make_folds, make_seeds, trained
):
    folds, seeds, settings = make_folds(ROWS), make_seeds(2), replace(SETTINGS, epochs=5, **AVERAGED[average])
    reports, parameters = trained(
        folds, seeds, architecture, replace(settings, validate_every=every), train_scores=True
    )
    every_epoch, same = trained(folds, seeds, architecture, settings, train_scores=True)
    assert [report.epoch for report in reports] == [1, 2, 3, 4, 5]
    assert [report.epoch for report in reports if report.scores is not None] == scored
    nothing = {"scores": None, "validation_losses": None, "train_scores": None}
    assert reports == [full if full.epoch in scored else replace(full, **nothing) for full in every_epoch]
    assert np.array_equal(parameters, same)


def test_scores_of_the_training_rows_come_where_asked_for_and_disturb_nothing(make_folds, make_seeds, trained):
    folds, seeds = make_folds(ROWS), make_seeds(2)
    (reports, parameters), (with_scores, same) = (trained(folds, seeds, train_scores=asked) for asked in (False, True))
    assert all(report.train_scores is None for report in reports)
    assert all(len(report.train_scores) == 2 for report in with_scores)
    assert reports == [replace(report, train_scores=None) for report in with_scores]
    assert np.array_equal(parameters, same)


def test_every_epoch_takes_every_row_once_in_a_new_order(make_folds, make_seeds, monkeypatch):
    folds, seen, batches = make_folds([(40, 0), (40, 0)]), [], Gatherer.batches

    def spy(self, orders):
        seen.append([order.tolist() for order in orders])
        return batches(self, orders)

    monkeypatch.setattr(Gatherer, "batches", spy)
    curve(folds, make_seeds(2))
    assert len(seen) == 4
    for orders in seen:
        assert [sorted(order) for order in orders] == [sorted(data.train) for data in folds]
    assert len({tuple(order) for orders in seen for order in orders}) == 4 * 2


@pytest.mark.parametrize(("metric", "average"), each_once(METRICS, AVERAGED))
def test_scores_and_losses_are_those_of_the_fitted_networks_predictions(metric, average, make_folds, make_seeds):
    loss = "cross_entropy" if metric in ("accuracy", "neg_log_loss") else "huber"
    folds, seeds = make_folds([(40, 700), (20, 256), (30, 1)], loss=loss), make_seeds(3)
    smoothing = 0.1 * LOSSES[loss].classifies
    settings = replace(SETTINGS, loss=loss, label_smoothing=smoothing, huber_delta=0.4, **AVERAGED[average])
    last, score = curve(folds, seeds, NORMALISED, settings, metric, train_scores=True)[-1], score_of(metric)
    for fold, data in enumerate(folds):
        network, _ = fit(NORMALISED, settings, [data], [seeds[fold]], epochs=4)
        z, y = network.predict(data.x[data.validation]), data.y[data.validation]
        targets = LOSSES[loss].encode(y, 3, 0.0, np.dtype(np.float32))
        assert last.scores[fold] == score(z, y)
        assert last.validation_losses[fold] == LOSSES[loss].rows(z, targets, 0.4).mean()
        assert last.train_scores[fold] == score(network.predict(data.x[data.train]), data.y[data.train])


def test_metric_may_be_a_function_of_outputs_and_truth(make_folds, make_seeds):
    folds, seeds, seen = make_folds(ROWS), make_seeds(2), []

    def likelihood(z, y):
        seen.append((z.shape, y.shape))
        return float(log_likelihood(z, y).mean())

    assert curve(folds, seeds, metric=likelihood) == curve(folds, seeds, metric="neg_log_loss")
    assert seen == [((11, 3), (11,)), ((18, 3), (18,))] * 4


@pytest.mark.parametrize("average", AVERAGED)
@pytest.mark.parametrize(("optimizer", "schedule"), each_once(OPTIMIZERS, sorted(SCHEDULES.keys() - {"plateau"})))
def test_fit_is_the_training_of_a_single_fold(optimizer, schedule, average, make_folds, make_seeds, trained):
    [data], [seed] = make_folds([(40, 11)]), make_seeds(1)
    settings = replace(SETTINGS, optimizer=optimizer, schedule=schedule, warm_up=0.1, **AVERAGED[average])
    reports, parameters = trained([data], [seed], NORMALISED, settings)
    network, losses = fit(NORMALISED, settings, [replace(data, validation=data.validation[:0])], [seed], 4)
    assert losses.tolist() == [[report.train_losses[0]] for report in reports]
    assert np.array_equal(np.hstack([network.parameters.values, network.parameters.statistics]), parameters)
    shorter, first = fit(NORMALISED, settings, [data], [seed], epochs=2)
    assert np.array_equal(first, losses[:2])
    assert not np.array_equal(shorter.parameters.values, network.parameters.values)


@pytest.mark.parametrize("average", AVERAGED)
def test_networks_that_are_fitted_together_are_those_that_are_fitted_alone(average, make_folds, make_seeds):
    folds, seeds = make_folds([(40, 11), (40, 11), (33, 18)]), make_seeds(3)
    folds[1] = folds[0]  # the same rows by another seed
    settings = replace(SETTINGS, **AVERAGED[average])
    together, losses = fit(NORMALISED, settings, folds, seeds, epochs=3)
    outputs = together.predict_folds(folds[0].x, slice(0, 3))
    for fold, data in enumerate(folds):
        alone, own = fit(NORMALISED, settings, [data], [seeds[fold]], epochs=3)
        assert np.array_equal(losses[:, fold], own[:, 0])
        assert np.array_equal(together.parameters.values[fold], alone.parameters.values[0])
        assert np.array_equal(together.parameters.statistics[fold], alone.parameters.statistics[0])
        assert outputs[fold].tobytes() == alone.predict(folds[0].x).tobytes()
        assert together.predict(folds[0].x, fold).tobytes() == outputs[fold].tobytes()
    assert not np.array_equal(outputs[0], outputs[1])


@pytest.mark.parametrize(("every", "warm_up"), [(1, 0.3), (2, 0.0)])
def test_a_plateau_acts_on_the_mean_curve_and_fit_replays_it(every, warm_up, make_folds, make_seeds, trained):
    folds, seeds = make_folds([(40, 11), (33, 18), (40, 5)]), make_seeds(3)
    options = {"schedule": "plateau", "plateau_patience": 1, "decay": 0.5, "warm_up": warm_up}
    settings = replace(SETTINGS, epochs=9, validate_every=every, learning_rate=0.05, **options)
    reports, parameters = trained(folds, seeds, NORMALISED, settings)
    plateau, factors = Plateau(0.5, 1), [report.learning_factor for report in reports]
    for report in reports:
        assert report.learning_factor == plateau.factor  # what was learnt before this epoch
        if report.scores is not None:
            plateau.update(np.mean(report.scores))
    assert 1 == factors[0] > factors[-1]
    for fold, data in enumerate(folds):
        network, losses = fit(NORMALISED, settings, [data], [seeds[fold]], 9, factors)
        assert np.array_equal(
            np.hstack([network.parameters.values, network.parameters.statistics])[0], parameters[fold]
        )
        assert losses.tolist() == [[report.train_losses[fold]] for report in reports]
    network, _ = fit(NORMALISED, settings, folds[:1], seeds[:1], 9)
    assert not np.array_equal(network.parameters.values[0], parameters[0, : network.parameters.values.size])


def test_other_schedules_know_no_plateau(make_folds, make_seeds):
    never_better = {"metric": lambda z, y: 0.0, "seeds": make_seeds(2)}
    settings = replace(SETTINGS, plateau_patience=1)
    for schedule in SCHEDULES:
        reports = curve(make_folds(ROWS), settings=replace(settings, schedule=schedule), **never_better)
        assert [report.learning_factor for report in reports] == (
            [1, 1, 0.1, 0.1**2] if schedule == "plateau" else [1] * 4
        )


@pytest.mark.parametrize("rows", [[(20, 0), (20, 0)], [(20, 5), (20, 0)]], ids=str)
def test_folds_without_validation_rows_are_not_scored(rows, make_folds, make_seeds):
    for report in curve(make_folds(rows), make_seeds(2), train_scores=True):
        assert report.scores is None
        assert report.validation_losses is None
        assert all(map(math.isfinite, (*report.train_losses, *report.train_scores)))


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(("optimizer", "loss"), each_once(OPTIMIZERS, LOSSES))
def test_a_diverged_run_is_reported_not_warned_of(optimizer, loss, batch_norm, make_folds, make_seeds):
    outputs = 1 if loss == "binary_cross_entropy" else 3
    architecture = Architecture(6, (8, 8), outputs, batch_norm=batch_norm)
    metrics = ("accuracy", "neg_log_loss") if LOSSES[loss].classifies else ("neg_mean_squared_error", "r2")
    options = {"learning_rate": 1e37, "momentum": 0.5, "epochs": 5, "l2": 0.1, "average_epochs": 2}
    for metric in metrics:
        settings = replace(SETTINGS, optimizer=optimizer, loss=loss, **options)
        folds = make_folds(ROWS, outputs=outputs, loss=loss)
        last = curve(folds, make_seeds(2), architecture, settings, metric, train_scores=True)[-1]
        for numbers in (last.train_losses, last.validation_losses):
            assert not any(map(math.isfinite, numbers))


def test_architectures_group_the_folds_that_share_them(make_folds, make_seeds):
    folds = make_folds([(20, 5)] * 4, [6, 5, 6, 1])
    architectures = [Architecture(width, (4,), 3) for width in (6, 5, 6, 1)]
    groups = lockstep_groups(architectures, SETTINGS, folds, make_seeds(4))
    assert [positions for positions, _ in groups] == [[0, 2], [1], [3]]
    assert [lockstep.network.architecture.inputs for _, lockstep in groups] == [6, 5, 1]


def test_a_plateau_needs_validation_rows(make_folds, make_seeds):
    plateau = replace(SETTINGS, schedule="plateau")
    with pytest.raises(SettingError, match=r"follows the scores of validation rows, but a fold has none; give each"):
        curve(make_folds([(40, 11), (40, 0)]), make_seeds(2), settings=plateau)
    assert fit(ARCHITECTURE, plateau, make_folds([(40, 0)]), make_seeds(1), epochs=2, factors=(1.0, 0.1))


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_is_one_of_the_targets(metric, make_folds, make_seeds):
    labels, numbers = make_folds(ROWS), make_folds(ROWS, loss="huber")
    of_classes = metric in ("accuracy", "neg_log_loss")
    for folds, loss, classes in (
        (labels, "cross_entropy", True),
        (labels, "mean_squared_error", True),
        (numbers, "huber", False),
    ):
        settings = replace(SETTINGS, epochs=1, loss=loss)
        if classes == of_classes:
            assert len(curve(folds, make_seeds(2), settings=settings, metric=metric)) == 1
            continue
        kind = "classes" if classes else "numbers"
        suited = "accuracy, neg_log_loss" if classes else "neg_mean_absolute_error, .*, r2"
        with pytest.raises(
            SettingError, match=rf"^metric must be one of {suited} for {kind}, .* but got '{metric}'\.$"
        ):
            curve(folds, make_seeds(2), settings=settings, metric=metric)


@pytest.mark.parametrize(("architectures", "seeds"), [(1, 2), (2, 1)])
def test_as_many_architectures_and_seeds_as_folds(architectures, seeds, make_folds, make_seeds):
    with pytest.raises(ShapeError, match=f"{architectures} architectures, 2 folds and {seeds} seeds"):
        list(train([ARCHITECTURE] * architectures, SETTINGS, make_folds(ROWS), make_seeds(seeds), "accuracy"))


def test_a_single_architecture_fold_or_seed_is_refused_in_one_line(make_folds, make_seeds):
    folds, seeds = make_folds(ROWS), make_seeds(2)
    for architectures, data, drawn, name in (
        (ARCHITECTURE, folds, seeds, "architectures must be a sequence .* but got Architecture"),
        ([ARCHITECTURE] * 2, folds[0], seeds, "folds must be a sequence .* but got FoldData"),
        ([ARCHITECTURE] * 2, folds, 0, "seeds must be a sequence .* but got int"),
    ):
        with pytest.raises(ShapeError, match=f"^{name}"):
            list(train(architectures, SETTINGS, data, drawn, "accuracy"))
    with pytest.raises(ShapeError, match=r"^folds must be a sequence"):
        fit(ARCHITECTURE, SETTINGS, folds[0], seeds[:1], 1)


def test_arguments_of_another_class_are_refused_in_one_line(make_folds):
    [data] = make_folds([(40, 11)])
    plain = {"architecture": ARCHITECTURE, "settings": SETTINGS, "folds": [data], "seeds": [0]}
    for change, said in (
        ({"architecture": [ARCHITECTURE]}, "architecture must be of type Architecture, but got list; give one without"),
        ({"settings": {"epochs": 4}}, "settings must be of type TrainingSettings, but got dict; write Training"),
        ({"folds": [(data.x, data.y)]}, r"folds\[0\] must be of type FoldData, but got tuple; write FoldData"),
        ({"folds": []}, "folds must be a sequence with one for each fold, but got none"),
        ({"seeds": [0, 1]}, "each fold needs a seed, but got 1 folds and 2 seeds"),
        ({"epochs": "2"}, "epochs must be an integer, but got '2'"),
        ({"factors": 0.5}, "factors must be a sequence with one for each epoch, but got 0.5"),
    ):
        with pytest.raises((SettingError, ShapeError), match=f"^{said}"):
            fit(**{**plain, "epochs": 2, **change})
    for name, given, said in (
        ("metric", None, "metric must be a name such as 'accuracy', .* list of 1 such functions, .* but got None"),
        ("metric", ["accuracy"], r"metric must be a name .* but got \['accuracy'\]"),
        ("metric", [log_likelihood] * 2, "metric must be a name"),
        ("folds_per_step", "2", "folds_per_step must be an integer, but got '2'"),
        ("architectures", [{}], r"architectures\[0\] must be of type Architecture, but got dict; write Architecture"),
    ):
        with pytest.raises(SettingError, match=f"^{said}"):
            next(train(**{**plain_train(data), name: given}))


def plain_train(data):
    return {"architectures": [ARCHITECTURE], "settings": SETTINGS, "folds": [data], "seeds": [0], "metric": "accuracy"}


def test_numbers_are_seeds_and_lists_are_rows(make_folds):
    [data] = make_folds([(40, 11)])
    plain = FoldData(
        data.x.astype(float).tolist(), data.y.tolist(), data.train.tolist(), data.validation.tolist(), [1.0] * 51
    )
    own = replace(data, x=data.x.astype(float), weights=np.ones(51))
    assert curve([plain], [7]) == curve([own], [np.random.SeedSequence(7)]) == curve([own], [np.int64(7)])
    network, _ = fit(ARCHITECTURE, SETTINGS, [replace(plain, validation=[])], [7], 2)
    assert np.array_equal(network.predict(plain.x.tolist()), network.predict(plain.x))


def test_labels_of_any_integer_type(make_folds, make_seeds):
    [data] = make_folds([(40, 11)])
    for dtype in (np.int8, np.int32, np.uint8):
        assert curve([replace(data, y=data.y.astype(dtype))], make_seeds(1)) == curve([data], make_seeds(1))


def test_a_fit_of_more_epochs_than_the_settings_have_is_refused(make_folds, make_seeds):
    for epochs in (0, 5):
        with pytest.raises(SettingError, match=f"must hold, but got epochs={epochs}, "):
            fit(ARCHITECTURE, SETTINGS, make_folds(ROWS)[:1], make_seeds(1), epochs)


def test_the_data_stays_as_it_was(make_folds, make_seeds):
    folds = make_folds(ROWS, weighted=True)
    kept = [[a.copy() for a in (data.x, data.y, data.train, data.validation, data.weights)] for data in folds]
    for data in folds:
        for array in (data.x, data.y, data.train, data.validation, data.weights):
            array.flags.writeable = False
    curve(folds, make_seeds(2), NORMALISED, replace(SETTINGS, average_epochs=2), train_scores=True)
    for data, before in zip(folds, kept, strict=True):
        assert all(map(np.array_equal, (data.x, data.y, data.train, data.validation, data.weights), before))


def test_data_and_reports_are_frozen(make_folds, make_seeds):
    folds = make_folds(ROWS)
    for frozen in (folds[0], curve(folds, make_seeds(2))[0]):
        with pytest.raises(FrozenInstanceError):
            frozen.scores = frozen.x = None
