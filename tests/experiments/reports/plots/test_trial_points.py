from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from experiments.reports.plots.trial_points import EDGE, draw_trials

pytestmark = pytest.mark.slow


def _drawn(result, metric):
    spec = result.spec | {"cv": result.spec["cv"] | {"metric": metric}}
    axes = Figure().add_subplot()
    draw_trials(axes, replace(result, spec=spec), {number: number for number in range(40)})
    return axes, {line.get_label(): set(line.get_ydata()) for line in axes.lines}


def test_trials_without_a_place_stand_on_the_edge_of_the_worst_scores(study):
    _, marks = _drawn(study[0], "accuracy")
    assert marks["diverged or failed"] == marks["off the scale"] == {EDGE}
    _, marks = _drawn(study[0], "neg_root_mean_squared_error")
    assert marks["diverged or failed"] == marks["off the scale"] == {1 - EDGE}


def test_errors_are_positive_and_grow_upwards(study):
    axes, _ = _drawn(study[0], "accuracy")
    assert not axes.yaxis_inverted()
    assert axes.yaxis.get_major_formatter().format_ticks([0.9, 0.95, 1.0]) == ["0.90", "0.95", "1.00"]
    axes, _ = _drawn(study[0], "neg_root_mean_squared_error")
    assert axes.yaxis_inverted()
    assert axes.yaxis.get_major_formatter().format_ticks([-32_000.0, -31_500.0]) == ["32,000", "31,500"]
