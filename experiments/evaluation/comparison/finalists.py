"""Finalists compared: configurations that were fixed first and trained again, on the same new splits.

A repetition is a cross-validation with folds and seeds of its own, the same for all finalists. It varies the split, the
initial weights and the order of the batches together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from experiments.evaluation.records.results import SIGNIFICANCE
from experiments.evaluation.statistics.corrected_t_test import corrected_t_test
from experiments.evaluation.statistics.intervals import percentile_limits
from experiments.evaluation.statistics.resampling import Numbers

DRAWS = 10_000
SEED = 0  # of the draws, fixed, so that the record is a function of the scores


@dataclass(frozen=True, kw_only=True)
class Finalist:
    """A configuration that is trained again, fixed before any of them is.

    study:         name of the study that it is of.
    trial:         number of its trial.
    selection:     its selection score.
    configuration: the configuration in words.
    epochs:        epochs that its networks are trained.
    members:       number of networks, whose mean predicts.
    """

    study: str
    trial: int
    selection: float
    configuration: str
    epochs: int
    members: int


@dataclass(frozen=True, kw_only=True)
class FinalistsPlan:
    """The finalists and the trainings of each, as they are written down before the first of them.

    finalists: the best configurations of all studies, by their selection scores.
    seeds:     number of repetitions.
    splitter:  splitter of scikit-learn that makes the folds of each repetition.
    folds:     number of folds of a repetition.
    rows:      fingerprint of the development rows.
    """

    metric: str
    finalists: tuple[Finalist, ...]
    seeds: int
    splitter: str
    folds: int
    rows: str


@dataclass(frozen=True, kw_only=True)
class FinalistPair:
    """The first finalist's scores less the second's, on the same folds.

    score:    mean difference; positive means that the first is better.
    interval: its 95% interval by the corrected resampled t test.
    p_value:  of that test, two-sided.
    adjusted: p after Holm's adjustment for the number of pairs.
    claimed:  True if the adjusted p is below 0.05.
    better:   share of the trainings on a fold in which the first is better; half of those with equal scores.
    share95:  0.025 and 0.975 quantiles of that share, over draws of whole repetitions.
    """

    first: int
    second: int
    score: float
    interval: tuple[float, float]
    p_value: float
    adjusted: float
    claimed: bool
    better: float
    share95: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class FinalistsRecord:
    """The finalists, the scores of their trainings, and the differences in pairs.

    scores: for each finalist, (M, K) the scores of each repetition's folds; None where a network diverged.
    ratio:  validation rows of a fold for each of its training rows.
    pairs:  pairs of finalists that have all scores.
    draws:  number of draws of repetitions.
    """

    plan: FinalistsPlan
    scores: tuple[tuple[tuple[float | None, ...], ...], ...]
    ratio: float
    pairs: tuple[FinalistPair, ...]
    draws: int = DRAWS


def compare_finalists(plan: FinalistsPlan, scores: Sequence[Numbers], ratio: float) -> FinalistsRecord:
    """Compare finalists in pairs, with Holm's adjustment for their number.

    Args:
        scores: (M, K) for each finalist, on the same folds; NaN where a network diverged.
        ratio:  validation rows of a fold for each of its training rows.
    """
    whole = [at for at, one in enumerate(scores) if np.isfinite(one).all()]
    pairs = list(combinations(whole, 2))
    differences = [scores[first] - scores[second] for first, second in pairs]
    tests = [corrected_t_test(one, ratio) for one in differences]
    adjusted = holm([test.p_value for test in tests])
    return FinalistsRecord(
        plan=plan,
        scores=tuple(tuple(tuple(map(_finite, row)) for row in one.tolist()) for one in scores),
        ratio=ratio,
        pairs=tuple(
            FinalistPair(
                first=first,
                second=second,
                score=test.mean,
                interval=test.interval,
                p_value=test.p_value,
                adjusted=together,
                claimed=together < SIGNIFICANCE,
                better=superiority(found),
                share95=superiority_interval(found),
            )
            for (first, second), found, test, together in zip(pairs, differences, tests, adjusted, strict=True)
        ),
    )


def superiority(differences: Numbers) -> float:
    """Return the share of differences above zero, with half of those that are zero: P(A > B).

    Source: Bouthillier and others (2021), Accounting for Variance in Machine Learning Benchmarks, MLSys 3.

    >>> superiority(np.array([[0.1, -0.1], [0.0, 0.2]]))
    0.625
    """
    return float((differences > 0).mean() + (differences == 0).mean() / 2)


def superiority_interval(differences: Numbers) -> tuple[float, float]:
    """Return the 95% percentile bootstrap interval of P(A > B), drawing whole repetitions: their folds share rows."""
    shares = ((differences > 0) + (differences == 0) / 2).mean(axis=1)
    drawn = np.random.default_rng(SEED).integers(len(shares), size=(DRAWS, len(shares)))
    return percentile_limits(shares[drawn].mean(axis=1))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted for their number.

    Source: Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6.

    >>> holm([0.03, 0.01, 0.04])
    [0.06, 0.03, 0.06]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for at, place in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - at) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def _finite(score: float) -> float | None:
    return score if np.isfinite(score) else None
