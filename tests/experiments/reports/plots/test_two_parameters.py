from __future__ import annotations

import math
from dataclasses import replace

import pytest

from experiments.reports.plots.two_parameters import FAINTEST, STRONGEST, two_parameters
from support.svg import circles, elements, place, words


def test_each_complete_trial_stands_at_its_values_and_names_its_score(study):
    result = study[0]
    svg = two_parameters(result, "learning_rate", "dropout")
    complete = [trial for trial in result.trials if trial.value is not None]
    titles = [one[0].text for one in elements(svg, "circle", fill="#0072b2") if len(one)]
    assert titles[-1] == f"trial {result.best.number}: accuracy {result.best.cv_mean:.4f}"
    assert sorted(titles) == sorted(f"trial {trial.number}: accuracy {trial.value:.4f}" for trial in complete)
    assert {"learning rate", "dropout", "default", "winner", "good score", "poor score"} <= words(svg)
    (winner,) = [one for one in circles(svg, stroke="#d55e00") if one[1] > 0]
    rate, dropout = math.log10(result.best.params["learning_rate"]), result.best.params["dropout"]
    left, right = place(svg, "1e-4")[0], place(svg, "0.1", -1)[0]
    assert winner[0] == pytest.approx(left + (rate + 4) / 3 * (right - left), abs=0.03)
    lower, upper = place(svg, "0")[1], place(svg, "0.5")[1]
    assert winner[1] == pytest.approx(lower - 3.15 + dropout / 0.5 * (upper - lower), abs=0.03)


def test_a_better_score_has_the_stronger_mark(study):
    svg = two_parameters(study[0], "learning_rate", "dropout")
    groups = [one for one in elements(svg, "g", fill="#0072b2") if len(one) and len(one[0])]
    strengths = [float(one.get("fill-opacity")) for one in groups]
    scores = [float(one[0][0].text.split()[-1]) for one in groups]
    assert scores == sorted(scores)
    assert strengths == sorted(strengths)
    assert (strengths[0], strengths[-1]) == (FAINTEST, STRONGEST)


def test_there_is_none_of_few_trials_or_of_a_parameter_that_does_not_vary(make_study):
    result, _ = make_study(trials=2)
    assert two_parameters(result, "learning_rate", "dropout") is None
    result, _ = make_study(trials=20)
    fixed = tuple(replace(trial, params=trial.params | {"dropout": 0.1}) for trial in result.trials)
    assert two_parameters(replace(result, trials=fixed), "learning_rate", "dropout") is None
    assert two_parameters(result, "momentum", "dropout") is None


def test_trials_without_the_layer_are_left_out_and_choices_are_named(make_study):
    result, _ = make_study(trials=40)
    svg = two_parameters(result, "activation", "hidden_units_2")
    used = [one for one in result.trials if one.value is not None and one.params["hidden_layers"] > 1]
    assert len([one for one in elements(svg, "circle", fill="#0072b2") if len(one)]) == len(used)
    assert {"relu", "tanh"} <= words(svg)
