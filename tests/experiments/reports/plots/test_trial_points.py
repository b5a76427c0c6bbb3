from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.svg import FAINT
from experiments.reports.plots.trial_points import EDGE, draw_trials, score_range, trial_axis
from support.svg import circles, elements, points


def _drawn(result, metric):
    spec = result.spec | {"cv": result.spec["cv"] | {"metric": metric}}
    result = replace(result, spec=spec)
    chart = Chart(300, 100, Axis(0, 40), trial_axis(result))
    draw_trials(chart, result, {number: number for number in range(40)})
    return chart, chart.svg()


@pytest.mark.parametrize(("metric", "edge"), [("accuracy", EDGE), ("neg_root_mean_squared_error", 1 - EDGE)])
def test_trials_without_a_place_stand_on_the_edge_of_the_worst_scores(study, metric, edge):
    chart, svg = _drawn(study[0], metric)
    axis = trial_axis(replace(study[0], spec=study[0].spec | {"cv": {"metric": metric}}))
    expected = chart.up(axis.at(edge))
    diverged = elements(svg, "path", stroke="#d55e00")
    off = elements(svg, "path", fill=FAINT)
    assert len(diverged) == 4
    assert off
    for mark in (*diverged, *off):
        heights = [y for _, y in points(mark)]
        assert (min(heights) + max(heights)) / 2 == pytest.approx(expected, abs=0.02)


def test_every_other_trial_stands_at_its_number_and_score(study):
    chart, svg = _drawn(study[0], "accuracy")
    low = score_range(study[0])[0]
    complete = [
        (chart.across(trial.number), chart.up(trial.value))
        for trial in study[0].trials
        if trial.value is not None and trial.value >= low and trial.number
    ]
    assert circles(svg, fill="#0072b2") == [pytest.approx(point, abs=0.01) for point in complete]


def of_values(result, values, deviation):
    """The study with these complete trials alone."""
    trials = [replace(trial, number=at, state="COMPLETE", reason="", value=value)
              for at, (trial, value) in enumerate(zip(result.trials, values, strict=False))]  # fmt: skip
    return replace(result, trials=tuple(trials), best=replace(result.best, cv_std=deviation))


def test_two_good_trials_of_four_do_not_leave_the_others_out(study):
    low, high = score_range(of_values(study[0], [0.1847, 0.2546, 0.2101, 0.2550], deviation=0.0))
    assert (low, high) == (pytest.approx(0.1847), 0.2550)


def test_the_scale_is_at_least_as_long_as_the_deviation_over_the_folds(study):
    values = [0.80, *[0.899] * 5, 0.9]
    assert score_range(of_values(study[0], values, deviation=0.0))[0] == pytest.approx(0.896)
    assert score_range(of_values(study[0], values, deviation=0.02))[0] == pytest.approx(0.88)
    assert score_range(of_values(study[0], values, deviation=0.5))[0] == 0.80


def test_many_trials_have_smaller_fainter_marks(make_study):
    result, _ = make_study(trials=160)
    chart = Chart(300, 100, Axis(0, 160), trial_axis(result))
    draw_trials(chart, result, {number: number for number in range(160)})
    assert {one.get("r") for one in elements(chart.svg(), "circle", fill="#0072b2", fill_opacity="0.6")} == {"1.82"}
