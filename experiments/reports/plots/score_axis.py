"""The axis of scores, the same in every picture: errors and losses are positive and grow in the usual direction."""

from __future__ import annotations

from experiments.evaluation.statistics.score_range import score_range
from experiments.reports.formatting import MINUS
from experiments.reports.metrics import Scores, lower_is_better, metric_label
from experiments.reports.plots.chart import Axis
from experiments.reports.plots.ticks import are_long, decimals_of, linear_ticks, number_ticks, short_number

MARGIN = 0.08  # share of the range


def score_axis(metric: str, low: float, high: float, title: str, most: int = 6) -> Axis:
    """Make the axis from the worst to the best score that is shown; no tick is at a score that the metric cannot have.

    Args:
        most: gaps between ticks.

    >>> score_axis("accuracy", 0.9, 1.0, "accuracy", most=2).ticks
    [(0.9, '0.90'), (0.95, '0.95'), (1.0, '1.00')]
    >>> axis = score_axis("neg_log_loss", -0.2, -0.1, "log loss", most=2)
    >>> axis.first, axis.last, axis.ticks
    (-0.1, -0.2, [(-0.1, '0.10'), (-0.15, '0.15'), (-0.2, '0.20')])
    """
    lowest, highest = score_range(metric)
    ticks = [tick for tick in linear_ticks(low, high, most) if lowest <= tick <= highest]
    scores = Scores(metric, decimals_of(ticks))
    labels = [(tick, scores.show(tick)) for tick in ticks]
    if are_long(ticks):
        labels = [(tick, short_number(0.0 - tick if lower_is_better(metric) else tick)) for tick in ticks]
    if lower_is_better(metric):
        return Axis(high, low, labels[::-1], title.strip())
    return Axis(low, high, labels, title.strip())


def gain_axis(metric: str, reach: float) -> Axis:
    """Make the axis of a difference, which reaches as far to both sides of zero; its labels have no sign."""
    ticks = [(tick, label.lstrip(MINUS) if tick else "0") for tick, label in number_ticks(-reach, reach)]
    return Axis(-reach, reach, ticks, f"difference in {metric_label(metric)}", "line")


def with_margin(low: float, high: float) -> tuple[float, float]:
    """Return a range with room for a mark on both ends."""
    margin = MARGIN * (high - low) or 0.01 * abs(low) or 0.01
    return low - margin, high + margin
