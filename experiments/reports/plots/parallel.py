"""Parallel coordinates: each complete trial as a line through its parameters to its score.

Source: Inselberg (1985), The plane with parallel coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from experiments.evaluation.records.results import StudyResult, TrialRecord
from experiments.reports.formatting import NOTHING, all_parameters, label
from experiments.reports.metrics import Scores, lower_is_better, metric_label, metric_of
from experiments.reports.plots.legend import Entry, legend
from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.parameter_axis import ParameterAxis, axis_of
from experiments.reports.plots.svg import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PAPER,
    Anchor,
    Attribute,
    document,
    drawable,
    element,
    line,
    text,
)
from experiments.reports.plots.text_width import text_width
from experiments.reports.plots.ticks import linear_ticks
from experiments.reports.plots.trial_points import score_range

APART: Final = 73.0  # points, between neighbouring axes
HEIGHT: Final = 150.0  # of the axes
LINES: Final = 11.0  # height of a line of an axis' title
LABELS: Final = 8.5  # size of the labels
UNUSED: Final = -0.13  # height at which a line crosses the axis of a parameter that the trial did not use
MOST: Final = 300  # lines, the best trials; more could not be told apart
FEWEST: Final = 2  # complete trials, and parameters, that make a picture
WINNER: Final = Stroke(ORANGE, 2.4), Mark("circle", ORANGE, 2.9)
GOOD: Final = Stroke(BLUE, 1.6, opacity=0.8)
POOR: Final = Stroke(BLUE, 0.8, opacity=0.3)
# behind the labels, so that lines do not cross the words
HALO: Final[dict[str, Attribute]] = {
    "stroke": PAPER,
    "stroke_width": 2.4,
    "stroke_opacity": 0.8,
    "paint_order": "stroke",
}
DEFAULT: Final = Stroke(GREEN, 1.8, "7 3"), Mark("diamond", GREEN, 3.4)


def parallel(result: StudyResult) -> str | None:
    """Draw the picture; None where too few trials are complete, too few parameters vary, or all scores are equal."""
    trials = _drawn(result)
    scale = _axes(result, trials)
    if len(trials) < FEWEST or len(scale) <= FEWEST or metric_label(metric_of(result.spec)) not in scale:
        return None
    axes = list(scale.values())
    left, right = _room(axes[0]), _room(axes[-1]) + 8
    width = left + APART * (len(scale) - 1) + right
    default = result.default.number if result.default else None
    crowd = 1.0 if len(trials) <= 60 else max(0.25, 60 / len(trials))
    drawn, entries = [], [Entry("winner", *WINNER)]
    for trial in sorted(trials, key=lambda trial: (trial.number == result.best.number, trial.number == default)):
        heights = [axis.places[trial.number] for axis in axes]
        points = [(left + APART * at, _down(height)) for at, height in enumerate(heights)]
        stroke = Stroke(BLUE, 0.7 + 0.9 * heights[-1], opacity=crowd * (0.12 + 0.68 * heights[-1] ** 2))
        if trial.number in (result.best.number, default):
            stroke, mark = WINNER if trial.number == result.best.number else DEFAULT
            drawn.append(stroke.through(points) + mark.at(points))
            entries += [Entry("default", *DEFAULT)] if trial.number != result.best.number else []
        else:
            drawn.append(stroke.through(points))
    entries += [Entry("good score", GOOD), Entry("poor score", POOR)]
    said, height = legend(entries, width, LABELS + 1)
    above = height + 2 * LINES + 8
    words = [
        _named_axis(left + APART * at, name, axis, at == len(axes) - 1) for at, (name, axis) in enumerate(scale.items())
    ]
    moved = element("g", said, transform=f"translate(0 {-2 * LINES - 8:g})")
    return document(width, above + HEIGHT * (1 - UNUSED) + 8, "\n".join([moved, *drawn, *words]), top=-above)


def _drawn(result: StudyResult) -> list[TrialRecord]:
    """List the best complete trials, the winner last, and the default whatever its score."""
    complete = sorted(
        (trial for trial in result.trials if trial.value is not None),
        key=lambda trial: (trial.value or 0.0, -trial.number),
    )
    default = result.default.number if result.default else None
    return [*(trial for trial in complete[:-MOST] if trial.number == default), *complete[-MOST:]]


def _axes(result: StudyResult, trials: Sequence[TrialRecord]) -> dict[str, ParameterAxis]:
    """Map the names of parameters that vary to their axes, and that of the metric to its axis where scores differ."""
    axes = {}
    for name in all_parameters(trial.params for trial in trials):
        if (axis := axis_of(result, name, trials)) is not None:
            if unused := {trial.number: UNUSED for trial in trials if trial.number not in axis.places}:
                axis = ParameterAxis({**axis.places, **unused}, [*axis.ticks, (UNUSED, NOTHING)], axis.step)
            axes[label(name)] = axis
    values = {trial.number: trial.value for trial in trials if trial.value is not None}
    if len(set(values.values())) > 1:
        scores, high = Scores.of_selection(result), max(values.values())
        low = max(score_range(result)[0], min(values.values()))
        span = high - low
        clear = [tick for tick in linear_ticks(low, high) if min(tick - low, high - tick) > 0.13 * span]
        beyond = "" if low == min(values.values()) else "≥ " if lower_is_better(scores.metric) else "≤ "
        foot = (0.0, f"{beyond}{scores.show(low)}")  # where scores off the scale end, too
        ticks = [foot, *(((tick - low) / span, scores.show(tick)) for tick in (*clear, high))]
        places = {number: max(0.0, (value - low) / span) for number, value in values.items()}
        axes[metric_label(scores.metric)] = ParameterAxis(places, ticks, 0.0)
    return axes


def _down(height: float) -> float:
    """Return the vertical place of a height on the axes."""
    return HEIGHT * (1 - height)


def _room(axis: ParameterAxis) -> float:
    """Return the room that the labels of an axis take beside it."""
    return 8 + max(text_width(label, LABELS) for _, label in axis.ticks)


def _named_axis(x: float, name: str, axis: ParameterAxis, last: bool) -> str:
    """Draw an axis with its title above; labels stand to the left of it, on the last axis to the right."""
    words = drawable(name, 40).split(" ")
    half = (len(words) + 1) // 2
    title = [part for part in (" ".join(words[:half]), " ".join(words[half:])) if part]
    drawn = [line(x, _down(0), x, _down(1), stroke=FAINT, stroke_width=0.9)]
    drawn += [
        text(x, -11 - LINES * (len(title) - 1 - at), part, "middle", font_size=LABELS + 1)
        for at, part in enumerate(title)
    ]
    side = 1 if last else -1
    anchor: Anchor = "start" if last else "end"
    dashes = [line(x, _down(height), x + 3 * side, _down(height)) for height, _ in axis.ticks]
    labels = [text(x + 5 * side, _down(height), said, anchor, font_size=LABELS) for height, said in axis.ticks]
    drawn.append(element("g", "".join(dashes), stroke=FAINT, stroke_width=0.8))
    drawn.append(element("g", "".join(labels), **HALO))
    return element("g", "".join(drawn), fill=INK)
