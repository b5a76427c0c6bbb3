"""A training refuses settings that would learn nothing or do nothing, and takes those that do something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnet.errors import SettingError
from nnet.estimator import MLPClassifier, MLPRegressor
from nnet.losses import LOSSES
from nnet.network import Architecture
from nnet.schedules import SCHEDULES
from nnet.settings import TrainingSettings
from nnet.training import fit, train

PLAIN = Architecture(6, (8,), 3)
NORMALISED = replace(PLAIN, batch_norm=True)
ROWS = [(40, 11), (33, 18)]
OFTEN = {"epochs": 2, "batch_size": 16, "decay": 0.0}


@pytest.fixture
def run(make_folds, make_seeds):
    """Return run(architecture, rows, ...), which trains in both ways; further options are settings."""

    def both(architecture=PLAIN, rows=ROWS, loss="cross_entropy", **options):
        outputs = LOSSES[loss].outputs(2) if loss == "binary_cross_entropy" else 3
        architecture = replace(architecture, outputs=outputs)
        folds, seeds = make_folds(rows, outputs=outputs, loss=loss), make_seeds(len(rows))
        settings = TrainingSettings(**{**OFTEN, "loss": loss, **options})
        said = []
        for trained in (
            lambda: list(train([architecture] * len(rows), settings, folds, seeds, lambda z, y: 0.0)),
            lambda: fit(architecture, settings, folds, seeds, 2),
        ):
            try:
                trained()
            except SettingError as error:
                said.append(str(error))
        assert said in ([], said[:1] * 2)
        return said[0] if said else ""

    return both


def test_a_batch_normalisation_over_single_rows_is_refused(run):
    rule = "batch_norm=True needs 2 rows or more in a batch, but got "
    assert run(NORMALISED, batch_size=1) == f"{rule}batch_size=1; set batch_size=2, or batch_norm=False."
    assert run(NORMALISED, [(40, 11), (1, 5)]) == f"{rule}1 training row; give more rows, or batch_norm=False."
    assert run(NORMALISED, batch_size=2) == run(PLAIN, batch_size=1) == run(PLAIN, [(1, 2)]) == ""
    assert run(replace(NORMALISED, hidden=()), batch_size=1) == ""


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_decay_of_0_is_taken_where_it_leaves_a_rate_to_train_with(schedule, run):
    refused = schedule in ("exponential", "plateau", "step")
    wanted = f"`0 < decay <= 1` must hold with schedule='{schedule}', but got decay=0, a learning rate of 0; set "
    assert run(schedule=schedule).startswith(wanted) == refused
    assert run(schedule=schedule, decay=0.01) == ""
    for kind in (MLPClassifier, MLPRegressor):
        model = kind((2,), schedule=schedule, decay=0, max_iter=3)
        if refused:
            with pytest.raises(SettingError, match="must hold with schedule="):
                model.fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize("loss", LOSSES)
def test_label_smoothing_is_taken_with_a_loss_of_probabilities(loss, run):
    said = run(loss=loss, label_smoothing=0.1)
    if LOSSES[loss].classifies:
        assert said == ""
    else:
        assert said.startswith("label_smoothing must be 0 with a loss that is no cross-entropy, as it does nothing ")
        assert said.endswith(f"with {loss}, but got 0.1; set label_smoothing=0, or loss='cross_entropy' for classes.")
        assert run(loss=loss) == ""


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_that_vanish_in_the_type_of_x_are_refused(dtype, make_folds):
    [data] = make_folds([(40, 11)], dtype=dtype)
    settings = TrainingSettings(epochs=1)
    for weight in (1e-50, 1e50, 5e-324):
        weighted = replace(data, weights=np.full(51, weight))
        if dtype == np.float64 and weight != 5e-324:
            assert np.isfinite(fit(PLAIN, settings, [weighted], [0], 1)[1]).all()
            continue
        with pytest.raises(SettingError, match=r"^the largest weight of a training row must be .* weights\.max\(\)\.$"):
            fit(PLAIN, settings, [weighted], [0], 1)
