from __future__ import annotations

import math
from dataclasses import replace

import pytest

from experiments.reports.plots import search as plots
from support.svg import circles, elements, place, points, words


def test_history_names_every_kind_of_trial(study):
    assert {"complete", "pruned, last score", "default", "winner", "diverged or failed", "best so far"} <= words(
        plots.history(study[0])
    )


def test_each_slice_has_the_trials_that_used_the_parameter_on_the_scale_of_the_search(study):
    pictures = plots.slices(study[0])
    assert list(pictures) == ["learning_rate", "hidden_layers", "hidden_units_1", "hidden_units_2", "hidden_units_3",
                              "activation", "l2", "dropout"]  # fmt: skip
    marks = {name: svg.count("<title>") for name, svg in pictures.items()}
    assert marks["learning_rate"] == marks["hidden_units_1"] == len(study[0].trials) + 1  # the winner's is marked twice
    assert marks["hidden_units_1"] > marks["hidden_units_2"] > marks["hidden_units_3"]
    assert {"1e-4", "0.001", "0.01", "0.1"} <= words(pictures["learning_rate"])
    assert {"16", "32", "64", "128", "256"} <= words(pictures["hidden_units_1"])


def test_a_mark_stands_at_the_value_and_the_score_of_its_trial_and_names_both(study):
    result, svg = study[0], plots.slices(study[0])["learning_rate"]
    (winner,) = elements(svg, "circle", stroke="#d55e00")
    assert winner[0].text == f"trial {result.best.number}: {result.best.cv_mean:.4f}"
    (x, y), rate = circles(svg, stroke="#d55e00")[0], math.log10(result.best.params["learning_rate"])
    left, right = place(svg, "1e-4")[0], place(svg, "0.1")[0]
    assert x == pytest.approx(left + (rate + 4) / 3 * (right - left), abs=0.02)
    upper, lower = place(svg, "0.97")[1], place(svg, "0.96")[1]
    assert y == pytest.approx(upper - 3.15 - (result.best.cv_mean - 0.97) / 0.01 * (lower - upper), abs=0.03)


def test_the_line_of_the_best_so_far_rises_to_the_winner_and_goes_on(study):
    svg = plots.history(study[0])
    (line,) = [points(one) for one in elements(svg, "path", stroke="#22262b") if len(points(one)) > 2]
    (winner,) = [point for point in circles(svg, stroke="#d55e00") if point[1] > 0]
    assert [y for _, y in line] == sorted((y for _, y in line), reverse=True)
    assert line[-2:] == [winner, (line[-1][0], winner[1])]
    left, right = place(svg, "30")[0], place(svg, "35")[0]
    assert line[-1][0] == pytest.approx(left + 9 / 5 * (right - left), abs=0.05)


def test_a_first_trial_far_off_the_scale_draws_no_line_across_the_page(study):
    result = study[0]
    first = replace(result.trials[0], value=-300.0)
    svg = plots.history(replace(result, trials=(first, *result.trials[1:])))
    (line,) = [
        one for one in elements(svg, "path", stroke="#22262b", clip_path="url(#history)") if len(points(one)) > 2
    ]
    (frame,) = [one for region in elements(svg, "clipPath", id="history") for one in region]
    assert max(y for _, y in points(line)) > 1000
    assert float(frame.get("height", "nan")) < 110


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
