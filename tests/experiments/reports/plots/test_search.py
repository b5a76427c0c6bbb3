from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.reports.plots import search as plots
from support.svg import words

pytestmark = pytest.mark.slow


def test_history_names_every_kind_of_trial(study):
    assert {"complete", "pruned, last score", "default", "winner", "diverged or failed", "best so far"} <= words(
        plots.history(study[0])
    )


def test_each_slice_has_the_trials_that_used_the_parameter_on_the_scale_of_the_search(study):
    pictures = plots.slices(study[0])
    assert list(pictures) == ["learning_rate", "hidden_layers", "hidden_units_1", "hidden_units_2", "hidden_units_3",
                              "activation", "l2", "dropout"]  # fmt: skip
    uses = {name: svg.count("<use") for name, svg in pictures.items()}
    assert uses["hidden_units_1"] > uses["hidden_units_2"] > uses["hidden_units_3"]
    assert {"1e-4", "0.001", "0.01", "0.1"} <= words(pictures["learning_rate"])
    assert {"16", "32", "64", "128", "256"} <= words(pictures["hidden_units_1"])


def test_a_study_of_one_trial_can_be_drawn(make_study):
    result, _ = make_study(trials=1)
    assert "best so far" in words(plots.history(result))
    assert plots.slices(result) == {}


def test_values_turn_nothing_around_them(make_study):
    result, _ = make_study()
    trials = tuple(
        replace(trial, params=trial.params | {"activation": "re\u202elu🎈" if trial.number % 2 else "tanh"})
        for trial in result.trials
    )
    assert "re?lu🎈" in words(plots.slices(replace(result, trials=trials))["activation"])
