"""Two parameters against each other: each complete trial at its values of both, stronger if its score is better."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.results import StudyResult
from experiments.reports.formatting import is_active
from experiments.reports.metrics import metric_of, named_score
from experiments.reports.plots.chart import Chart
from experiments.reports.plots.marks import Mark
from experiments.reports.plots.parameter_axis import axis_of
from experiments.reports.plots.search import aside
from experiments.reports.plots.svg import BLUE, GREEN, ORANGE
from experiments.reports.plots.trial_points import score_range

SIZE: Final = (302.0, 200.0)  # points
FEWEST: Final = 3  # trials that make a picture
FAINTEST, STRONGEST = 0.2, 0.95  # opacity of the worst and of the best score
RADIUS: Final = 4.2
WINNER: Final = Mark("circle", ORANGE, 6.2, hollow=1.8)
DEFAULT: Final = Mark("diamond", GREEN, 6.4, hollow=1.6)


def two_parameters(result: StudyResult, across: str, up: str) -> str | None:
    """Draw the picture; None where too few trials used both parameters or one of them does not vary."""
    trials = [
        (trial.value, trial)
        for trial in result.trials
        if trial.value is not None and all(is_active(name, trial.params, result.spec) for name in (across, up))
    ]
    used = [trial for _, trial in trials]
    x, y = axis_of(result, across, used), axis_of(result, up, used)
    if x is None or y is None or len(trials) < FEWEST:
        return None
    values = [value for value, _ in trials]
    low, high = max(score_range(result)[0], min(values)), max(values)
    chart = Chart(*SIZE, x.side(across, 0.05), y.side(up, 0.05))
    for value, trial in sorted(trials, key=lambda one: (one[0], -one[1].number)):
        good = max(0.0, (value - low) / (high - low)) if high > low else 1.0
        steps = aside(trial.number), aside(trial.number + 7)
        point = x.places[trial.number] + x.step * steps[0], y.places[trial.number] + y.step * steps[1]
        said = f"trial {trial.number}: {named_score(metric_of(result.spec), value)}"
        chart.marks([point], _mark(good), titles=[said])
        if result.default is not None and trial.number == result.default.number:
            chart.marks([point], DEFAULT, "default", [said])
        if trial.number == result.best.number:
            chart.marks([point], WINNER, "winner", [said])
    chart.explain("good score", mark=_mark(1.0))
    chart.explain("poor score", mark=_mark(0.0))
    return chart.svg()


def _mark(good: float) -> Mark:
    """Return the mark of a trial, by the place of its score from the worst, 0, to the best, 1."""
    return Mark("circle", BLUE, RADIUS, opacity=FAINTEST + (STRONGEST - FAINTEST) * good**2)
