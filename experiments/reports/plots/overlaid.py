"""Curves of several studies on the same axes; a study has the same look in every picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from experiments.evaluation.comparison.comparison_record import ComparedStudy, SearchCurve
from experiments.reports.metrics import axis_label, metric_label
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Mark, Point, Stroke
from experiments.reports.plots.score_axis import score_axis, with_margin
from experiments.reports.plots.svg import BLUE, GREEN, INK, ORANGE, distinct
from experiments.reports.plots.ticks import number_ticks

HALF: Final = (295.0, 132.0)  # points
WIDE: Final = (302.0, 132.0)
REACH: Final = 4.0  # the worst score shown, in distances of the median score from the best
COLOURS: Final = (BLUE, ORANGE, GREEN, INK)
DASHES: Final = (None, "6 2.5", "1.5 1.5")

Studies = Sequence[tuple[int, ComparedStudy]]  # with their positions in the comparison
At = Callable[[SearchCurve], Sequence[float]]


def look(position: int) -> Stroke:
    """Return the look of a study's curve: neighbours differ in colour and dashes, the thirteenth is as the first."""
    return Stroke(COLOURS[position % len(COLOURS)], 1.6, DASHES[position % len(DASHES)])


def searches_by_trial(studies: Studies, clip: str) -> str:
    """Draw the best score so far of each study by the number of the trial."""
    return _searches(studies, clip, "trial", lambda curve: curve.trials, whole=True)


def searches_by_second(studies: Studies, clip: str) -> str:
    """Draw the best score so far of each study by the seconds that its search had taken."""
    return _searches(studies, clip, "seconds of the search", lambda curve: curve.seconds)


def winners(studies: Studies, clip: str) -> str:
    """Draw the mean validation score of each winner by epoch, with a mark at its best epoch."""
    metric = studies[0][1].metric
    curves = [(at, study.name, study.learning) for at, study in studies if study.learning is not None]
    settled = [score for _, _, curve in curves for score in curve.scores[len(curve.scores) // 5 :]]
    best = max(max(curve.scores) for _, _, curve in curves)
    last = max(max(curve.epochs) for _, _, curve in curves)
    epochs = Axis(0.0, 1.03 * last, number_ticks(0, last, 6, whole=True), "epoch", "line")
    scores = score_axis(metric, *with_margin(min(settled), best), f"validation {metric_label(metric)}", 7)
    chart = Chart(*WIDE, epochs, scores, clip=clip)
    for (at, _, curve), name in zip(curves, distinct([name for _, name, _ in curves]), strict=True):
        points: list[Point] = list(zip(map(float, curve.epochs), curve.scores, strict=True))
        chart.line(points, look(at), name)
        chart.marks([max(points, key=lambda point: (point[1], -point[0]))], Mark("circle", look(at).colour, 3.2))
    return chart.svg()


def _searches(studies: Studies, clip: str, title: str, at: At, whole: bool = False) -> str:
    metric = studies[0][1].metric
    curves = [(place, study.name, study.search) for place, study in studies if study.search is not None]
    all_scores = [score for _, _, curve in curves for score in curve.scores]
    best, middle = max(all_scores), median(all_scores)
    low = max(min(all_scores), best - REACH * (best - middle)) if best > middle else min(all_scores)
    last = max(at(curve)[-1] for _, _, curve in curves) or 1.0
    x = Axis(-0.02 * last, 1.02 * last, number_ticks(0, last, 6, whole=whole), title, "line")
    chart = Chart(*HALF, x, score_axis(metric, *with_margin(low, best), axis_label(metric)), clip=clip)
    for (place, _, curve), name in zip(curves, distinct([name for _, name, _ in curves]), strict=True):
        chart.line(_steps(list(zip(at(curve), curve.scores, strict=True))), look(place), name)
    return chart.svg()


def _steps(points: Sequence[Point]) -> list[Point]:
    """Return the corners of the line that rises at each point; a line of one point gets its end twice."""
    corners = [points[0]]
    for (_, before), (x, score) in pairwise(points):
        corners += [(x, before), (x, score)]
    return corners
