from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.reports.plots import parallel as module
from experiments.reports.plots.parallel import parallel
from support.svg import elements, place, points, words


def _lines(svg, colour):
    """Points of each line of this colour that crosses more than two axes."""
    lines = [points(path) for path in elements(svg, "path", stroke=colour)]
    return [line for line in lines if len(line) > 3]


def test_every_complete_trial_is_a_line_and_winner_and_default_are_marked(study):
    svg = parallel(study[0])
    complete = sum(trial.state == "COMPLETE" for trial in study[0].trials)
    assert [len(_lines(svg, colour)) for colour in ("#d55e00", "#009e73")] == [1, 1]
    assert len(_lines(svg, "#0072b2")) == complete - 2
    assert {"winner", "default"} <= words(svg)


def test_axes_are_those_of_the_search_and_log_ones_have_ticks_at_powers(study):
    said = words(parallel(study[0]))
    assert {"learning", "rate", "dropout", "activation", "accuracy", "1e-4", "0.01", "relu", "tanh"} <= said


def test_an_unused_parameter_has_a_place_of_its_own(study, make_study):
    assert "–" in words(parallel(study[0]))
    result, _ = make_study()
    one_layer = tuple(
        replace(trial, params={name: value for name, value in trial.params.items() if "hidden" not in name})
        for trial in result.trials
    )
    assert "–" not in words(parallel(replace(result, trials=one_layer)))


def test_too_few_trials_or_equal_scores_make_no_picture(make_study):
    assert parallel(make_study(trials=1)[0]) is None
    result, _ = make_study()
    equal = tuple(replace(trial, value=trial.value and 0.5) for trial in result.trials)
    assert parallel(replace(result, trials=equal)) is None  # no line would be of a good or a poor score


def test_the_foot_of_the_scores_says_whether_worse_ones_end_there(make_study):
    def foot(result):
        return {word[0] for word in words(parallel(result))} & {"≤", "≥"}

    result, _ = make_study()
    close = tuple(replace(trial, value=trial.value and 0.9 + trial.number / 1000) for trial in result.trials)
    assert foot(replace(result, trials=close)) == set()
    worst = tuple(replace(trial, value=-9.0) if trial.number == 0 else trial for trial in result.trials)
    far = replace(result, trials=worst)
    assert foot(far) == {"≤"}
    assert foot(replace(far, spec=far.spec | {"cv": far.spec["cv"] | {"metric": "neg_log_loss"}})) == {"≥"}


def test_of_many_trials_the_best_are_drawn_and_the_default(study, monkeypatch):
    monkeypatch.setattr(module, "MOST", 10)
    assert [len(_lines(parallel(study[0]), colour)) for colour in ("#0072b2", "#d55e00", "#009e73")] == [9, 1, 1]


def test_a_line_crosses_each_axis_at_the_value_of_its_trial(study):
    result, svg = study[0], parallel(study[0])
    (default,) = _lines(svg, "#009e73")
    heights = [place(svg, label)[1] - 0.35 * 8.5 for label in ("0.001", "1", "64")]
    assert [y for _, y in default[:3]] == pytest.approx(heights, abs=0.01)
    assert default[3][1] == pytest.approx(place(svg, "–")[1] - 0.35 * 8.5, abs=0.01)
    (winner,) = _lines(svg, "#d55e00")
    assert winner[-1][1] == pytest.approx(place(svg, f"{result.best.cv_mean:.4f}")[1] - 0.35 * 8.5, abs=0.01)
