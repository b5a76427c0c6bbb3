"""Uncertainty: intervals for one score, and the paired comparison of the winner with the default.

All functions take test rows. Both models were fixed before the rows were read, so no correction for selection is due.
Rows count as independent draws, or groups of rows where they belong together; every interval is at 95%, every p
two-sided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.evaluation.records.results import SIGNIFICANCE, DifferenceMethod, IntervalMethod, ScoreDifference
from experiments.evaluation.statistics.expanded_interval import FEW_ROWS, NORMAL_975, even_units, stretched
from experiments.evaluation.statistics.score_range import ROUNDING
from experiments.search.scorers import SampleScore
from nnet.arrays import Array

SEED: Final = 0  # seed of every resampling, fixed, so that an interval is a function of the outputs
DRAWS: Final = 10_000
_INDICES: Final = 200_000_000  # limit of the indices of all draws: a second or two
_SCORE_DRAWS: Final = 1_000  # fewer, since a scorer takes a millisecond or more
_FEWEST: Final = 30  # number of draws that must have a score
_BLOCK: Final = 1 << 20  # number of indices drawn at a time, so that memory does not grow with the rows

Drawn = Literal["rows", "few_rows", "groups", "rows_of_each_class"]
EXPANDED: Final[tuple[Drawn, ...]] = ("few_rows", "groups")  # whose interval is stretched
PAIRED: Final[dict[Drawn, DifferenceMethod]] = {
    "rows": "paired_bootstrap_rows",
    "few_rows": "expanded_paired_bootstrap_rows",
    "groups": "expanded_paired_bootstrap_groups",
    "rows_of_each_class": "paired_bootstrap_rows_of_each_class",
}
BOOTSTRAP: Final[dict[Drawn, IntervalMethod]] = {
    "rows": "bootstrap_rows",
    "few_rows": "expanded_bootstrap_rows",
    "groups": "expanded_bootstrap_groups",
    "rows_of_each_class": "bootstrap_rows_of_each_class",
}
Interval = tuple[float, float]
Groups = NDArray[Any]
Draw = Callable[[np.random.Generator], NDArray[np.intp]]  # a sample of rows, as numbers


def wilson_interval(correct: int, rows: int) -> Interval:
    """Compute the 95% Wilson score interval of an accuracy.

    With p = correct / rows and z = 1.96 its limits are (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).

    Args:
        correct: rows whose class was predicted, in [0, rows].
        rows:    rows that were scored, at least 1.

    Raises:
        ValueError: there are more correct rows than rows, or none.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    >>> low, high = wilson_interval(81, 263)
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    from scipy.stats import binomtest  # a third of a second, which a report does without

    interval = binomtest(correct, rows).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def draws_of(rows: int, most: int, fewest: int, cells: int) -> int:
    """Return the number of samples of so many rows: the most, and fewer where all of them have too many rows.

    >>> [draws_of(rows, most=1_000, fewest=200, cells=20_000_000) for rows in (20_000, 50_000, 1_000_000)]
    [1000, 400, 200]
    """
    return max(fewest, min(most, cells // rows))


def bootstrap_draws(rows: int) -> int:
    """Return the number of samples from which a mean over so many rows has its interval.

    >>> bootstrap_draws(1_000), bootstrap_draws(50_000), bootstrap_draws(1_000_000)
    (10000, 4000, 1000)
    """
    return draws_of(rows, DRAWS, _SCORE_DRAWS, _INDICES)


def bootstrap_interval(values: Array) -> Interval:
    """Compute the 95% percentile bootstrap interval of a mean over rows, such as log loss or squared error.

    Rows are drawn with replacement `bootstrap_draws` times; the limits are the 0.025 and 0.975 quantiles of the means.
    It covers less than it says on few rows, and with a few rows far from the rest.

    Args:
        values: (n,) the value of each row, in the unit of the metric.

    Raises:
        ValueError: a value is not finite.

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 13.3.

    >>> low, high = bootstrap_interval(np.array([0.1, 0.2, 0.4, 0.1, 0.9, 0.2, 0.3, 0.1]))
    >>> round(low, 2), round(high, 2)
    (0.15, 0.49)
    """
    return percentile_limits(_bootstrap_means(values.astype(np.float64)))


def paired_difference(winner: NDArray[np.bool_], default: NDArray[np.bool_]) -> ScoreDifference:
    """Compare the accuracies of winner and default on the same rows.

    Only the b rows that the winner alone has right, and the c rows that the default alone has right, tell them apart.
    p is that of the exact McNemar test: b of b + c heads of a fair coin, two-sided; 1 where b + c = 0.
    The interval is the adjusted Wald one: with p1 = (b+1)/(n+2) and p2 = (c+1)/(n+2) its limits are
    p1 - p2 ± 1.96 √((p1 + p2 - (p1 - p2)²) / (n+2)), kept within [-1, 1].

    Args:
        winner:  (n,) true where the winner predicted the row's class.
        default: (n,) the same rows in the same order.

    Returns:
        the difference as a share of rows (positive: the winner is better), its 95% interval, and p.

    Sources: McNemar (1947), Psychometrika 12, 153-157; Bonett and Price (2012), Journal of Educational and
    Behavioral Statistics 37, 479-488.

    >>> winner = np.array([True] * 7 + [False] * 1 + [True] * 13)
    >>> default = np.array([False] * 7 + [True] * 1 + [True] * 13)
    >>> difference = paired_difference(winner, default)
    >>> round(difference.score, 4), [round(limit, 4) for limit in difference.ci95], round(difference.p_value, 4)
    (0.2857, [0.0134, 0.5084], 0.0703)
    """
    from scipy.stats import binomtest

    rows = len(winner)
    only_winner = int(np.count_nonzero(winner & ~default))
    only_default = int(np.count_nonzero(default & ~winner))
    discordant = only_winner + only_default
    p_value = float(binomtest(only_winner, discordant, 0.5).pvalue) if discordant else 1.0
    return ScoreDifference(
        score=(only_winner - only_default) / rows,
        ci95=_bonett_price(only_winner, only_default, rows),
        p_value=min(1.0, p_value),
        method="mcnemar_bonett_price",
    )


def paired_mean_difference(winner: Array, default: Array) -> ScoreDifference:
    """Compare the mean scores of winner and default on the same rows, by a paired bootstrap.

    The rows' differences are drawn with replacement B = `bootstrap_draws` times. The interval is the percentile one. p
    is twice the smaller share, (1 + k) / (1 + B), of the k means at or beyond zero on one side, so that it falls below
    0.05 about where the percentile interval leaves out zero. It is 1 where no row differs.

    Args:
        winner:  (n,) the winner's score on each row, higher is better: a loss comes with its sign turned.
        default: (n,) the default's on the same rows in the same order.

    Returns:
        the difference in the unit of the scores (positive: the winner is better), its 95% interval, and p.

    Raises:
        ValueError: a score is not finite.

    Source: Efron and Tibshirani (1993), sections 13.3 and 15.4; the 1 + k is Davison and Hinkley (1997), Bootstrap
    Methods and their Application, section 4.2.

    >>> winner, default = np.array([-0.1, -0.2, -0.3, -0.2]), np.array([-0.3, -0.3, -0.6, -0.3])
    >>> difference = paired_mean_difference(winner, default)
    >>> round(difference.score, 4), difference.p_value < 0.05
    (0.175, True)
    """
    gains = winner.astype(np.float64) - default
    draws = _ties_are_zero(_bootstrap_means(gains), winner)
    return _bootstrapped(float(gains.mean()), draws, "rows", len(gains))


@dataclass(frozen=True)
class Resampled:
    """A score that is no mean over rows, such as an F1 or an area, of a test set and of samples of its rows.

    score:  score of all rows.
    draws:  (B,) scores of the samples on which every model has a score.
    drawn:  the units drawn: rows, few or not, groups of rows, or in each class as many rows as it has.
    units:  number of rows, or of groups.
    even:   number of units of the same size that say as much: fewer than groups of unequal sizes.
    """

    score: float
    draws: NDArray[np.float64]
    drawn: Drawn
    units: int
    even: int

    @property
    def spread(self) -> NDArray[np.float64]:
        """The (B,) scores by which the score varies: those of the samples."""
        return self.draws

    def interval(self) -> Interval:
        """Compute the 95% percentile bootstrap interval; of groups and of few rows it is stretched."""
        return _limits(self.spread, self.score, self.drawn, self.even)

    def gains(self, other: Resampled) -> NDArray[np.float64]:
        """Return by how much the score of each sample is above that of another model."""
        return self.draws - other.draws


def resampled(
    scores: Sequence[SampleScore], rows: int, groups: Groups | None = None, classes: Groups | None = None
) -> list[Resampled]:
    """Score 1,000 samples of as many rows as there are, with replacement: the same samples for all models.

    Where half of the samples or more have no score, since a class is not in them, as many rows of each class as there
    are make a sample. Groups cannot be drawn in this way.

    Args:
        scores:  functions of row numbers, one a model; NaN for a sample that has no score.
        rows:    n.
        groups:  (n,) group of each row; then as many whole groups as there are make a sample.
        classes: (n,) class of each row; None where the target is a number.

    Raises:
        ValueError: too few samples have a score.

    >>> resampled([lambda sample: float(np.mean(sample < 50))], rows=100)[0].interval()
    (0.4, 0.6)
    """
    drawn: Drawn = "groups" if groups is not None else "few_rows" if rows < FEW_ROWS else "rows"
    draws = _scored(scores, (lambda random: random.integers(rows, size=rows)) if groups is None else _of_groups(groups))
    if draws.shape[1] < _SCORE_DRAWS / 2 and groups is None and classes is not None:
        drawn, draws = "rows_of_each_class", _scored(scores, _within(classes))
    if draws.shape[1] < _FEWEST:
        words = drawn.removeprefix("few_").replace("_", " ")
        raise ValueError(
            f"of {_SCORE_DRAWS:,} bootstrap samples of the test {words} only {draws.shape[1]} have a score"
        )
    sizes, everything = np.ones(rows) if groups is None else members_of(groups)[2], np.arange(rows)
    units = len(sizes), even_units(sizes)
    return [Resampled(score(everything), row, drawn, *units) for score, row in zip(scores, draws, strict=True)]


def resampled_difference(winner: Resampled, default: Resampled) -> ScoreDifference:
    """Compare two models' scores on the same rows by a paired bootstrap, as `paired_mean_difference` does.

    Of U units, p is never below 2 / 2^U, the smallest that a sign test of so many has: a bootstrap of few units claims
    more than it knows.

    Args:
        winner, default: scores of the same samples; higher is better.
    """
    smallest, score = 2.0 ** (1 - winner.units), winner.score - default.score
    gains = _ties_are_zero(winner.gains(default), winner.draws)
    return _bootstrapped(score, gains, winner.drawn, winner.even, smallest)


def members_of(labels: Groups) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows label after label, each label's in ascending order; where those of each begin; and how many."""
    _, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    return np.argsort(codes, kind="stable"), np.cumsum(sizes) - sizes, sizes


def rows_of(
    chosen: NDArray[np.intp], members: NDArray[np.intp], starts: NDArray[np.intp], sizes: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the rows of chosen labels, of which `members_of` knows the rows, in the order of the choice."""
    lengths = sizes[chosen]
    ends = np.cumsum(lengths)
    rows: NDArray[np.intp] = members[np.arange(ends[-1]) + np.repeat(starts[chosen] - (ends - lengths), lengths)]
    return rows


def _bootstrapped(
    score: float, gains: NDArray[np.float64], drawn: Drawn, units: int, smallest: float = 0.0
) -> ScoreDifference:
    """Make the record of a difference from (B,) differences of samples; p is at least `smallest`."""
    beyond = min(int(np.count_nonzero(gains <= 0)), int(np.count_nonzero(gains >= 0)))
    return ScoreDifference(
        score=score,
        ci95=_limits(gains, score, drawn, units),
        p_value=min(1.0, max(2 * (1 + beyond) / (1 + len(gains)), smallest)),
        method=PAIRED[drawn],
        draws=len(gains),
    )


def _ties_are_zero(gains: NDArray[np.float64], scores: Array) -> NDArray[np.float64]:
    """Return differences of scores, of which those that rounding may have made of 0 are 0."""
    return np.where(np.abs(gains) < ROUNDING * np.abs(scores).mean(), 0.0, gains)


def _bonett_price(only_winner: int, only_default: int, rows: int) -> Interval:
    p1, p2 = (only_winner + 1) / (rows + 2), (only_default + 1) / (rows + 2)
    margin = NORMAL_975 * math.sqrt((p1 + p2 - (p1 - p2) ** 2) / (rows + 2))
    return max(-1.0, p1 - p2 - margin), min(1.0, p1 - p2 + margin)


def _bootstrap_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means of `bootstrap_draws` samples of as many rows as there are, with replacement."""
    if not np.isfinite(values).all():
        raise ValueError("every row must have a finite score, but some have none.")
    random = np.random.default_rng(SEED)
    means = np.empty(bootstrap_draws(values.size))
    step = max(1, _BLOCK // values.size)
    for start in range(0, means.size, step):
        block = means[start : start + step]
        rows = random.integers(values.size, size=(block.size, values.size))
        np.mean(values[rows], axis=1, out=block)
    return means


def _of_groups(groups: Groups) -> Draw:
    members, starts, sizes = members_of(groups)
    return lambda random: rows_of(random.integers(len(sizes), size=len(sizes)), members, starts, sizes)


def _within(classes: Groups) -> Draw:
    members, starts, _ = members_of(classes)
    of_each = np.split(members, starts[1:])
    return lambda random: np.concatenate([rows[random.integers(len(rows), size=len(rows))] for rows in of_each])


def _scored(scores: Sequence[SampleScore], draw: Draw) -> NDArray[np.float64]:
    """Return (len(scores), B) scores of the same samples; samples without a score are left out."""
    random = np.random.default_rng(SEED)
    samples = (draw(random) for _ in range(_SCORE_DRAWS))
    drawn = np.array([[score(sample) for score in scores] for sample in samples], np.float64)
    usable: NDArray[np.float64] = drawn[np.isfinite(drawn).all(axis=1)].T
    return usable


def _limits(draws: NDArray[np.float64], score: float, drawn: Drawn, units: int) -> Interval:
    limits = percentile_limits(draws)
    return stretched(limits, score, units) if drawn in EXPANDED else limits


def percentile_limits(draws: NDArray[np.float64], level: float = SIGNIFICANCE) -> Interval:
    """Return the quantiles of draws that leave out half of the level on either side."""
    low, high = np.quantile(draws, (level / 2, 1 - level / 2)).tolist()
    return low, high
