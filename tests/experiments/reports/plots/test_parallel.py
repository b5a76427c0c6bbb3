from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from experiments.reports.plots.parallel import parallel


def _words(svg):
    return {text.text for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}


def _lines(svg, colour):
    """Points of each line of this colour that crosses more than two axes."""
    paths = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")
    found = [path.get("d").split() for path in paths if f"stroke: {colour}" in (path.get("style") or "")]
    return [points for points in found if len(points) > 9 and "z" not in points]


def test_every_complete_trial_is_a_line_and_winner_and_default_are_marked(study):
    svg = parallel(study[0])
    complete = sum(trial.state == "COMPLETE" for trial in study[0].trials)
    assert [len(_lines(svg, colour)) for colour in ("#d55e00", "#009e73")] == [1, 1]
    assert len(_lines(svg, "#0072b2")) == complete - 2
    assert {"winner", "default"} <= _words(svg)


def test_axes_are_those_of_the_search_and_log_ones_have_ticks_at_powers(study):
    words = _words(parallel(study[0]))
    assert {"learning", "rate", "dropout", "activation", "accuracy", "1e-4", "0.01", "relu", "tanh"} <= words


def test_a_parameter_without_use_has_a_place_of_its_own(study, make_study):
    assert "–" in _words(parallel(study[0]))
    result, _ = make_study()
    one_layer = tuple(
        replace(trial, params={name: value for name, value in trial.params.items() if "hidden" not in name})
        for trial in result.trials
    )
    assert "–" not in _words(parallel(replace(result, trials=one_layer)))


def test_too_few_trials_make_no_picture(make_study):
    assert parallel(make_study(trials=1)[0]) is None


def test_equal_scores_make_a_picture_without_their_axis(make_study):
    result, _ = make_study()
    equal = tuple(replace(trial, value=trial.value and 0.5) for trial in result.trials)
    assert "accuracy" not in _words(parallel(replace(result, trials=equal)))


def test_of_very_many_trials_the_best_are_drawn(make_study):
    result, _ = make_study(trials=500)
    ninefold = tuple(replace(trial, number=500 * time + trial.number) for time in range(9) for trial in result.trials)
    svg = parallel(replace(result, trials=ninefold))
    assert [len(_lines(svg, colour)) for colour in ("#0072b2", "#d55e00", "#009e73")] == [299, 1, 1]
