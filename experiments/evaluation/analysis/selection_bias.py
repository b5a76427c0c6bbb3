"""The optimism of the best of many configurations' score, by a bootstrap over their out-of-fold predictions.

No network is trained again. The samples are of units that are independent of one another: rows, or whole groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from experiments.config.target import Target
from experiments.data.count_different import count_different
from experiments.evaluation.analysis.one_standard_error import paired_errors, smallest_in_draws, smallest_within
from experiments.evaluation.records.analysis_record import SelectionRecord
from experiments.evaluation.records.reasons import BootstrapTooSlow, TooFewDraws
from experiments.evaluation.statistics.resampling import Numbers, Samples, samples_of
from experiments.evaluation.statistics.score_range import are_all, fewest_units
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.trial import Shared
from nnet.arrays import Rows

SEED = 0  # seed of the draws, fixed, so that the record is a function of the predictions
BLOCK = 1 << 21  # number of weights that are drawn at a time: 16 MB
FEW = 0.5  # share of the draws that must have a score

LeftOut = Callable[[Rows], Numbers]  # scores (B,) of each draw's configuration (B,) on the units that are not drawn


@dataclass(frozen=True)
class Candidates:
    """The configurations among which a study chooses.

    values:   (C,) selection scores.
    sizes:    (C,) number of parameters.
    default:  index of the default configuration; None where it has no score.
    smallest: whether the smallest network within one standard error of the best is chosen, instead of the best.
    """

    values: tuple[float, ...]
    sizes: tuple[int, ...]
    default: int | None
    smallest: bool = False

    @property
    def best(self) -> int:
        """Return the index of the highest selection score, the first of equals."""
        return max(range(len(self.values)), key=self.values.__getitem__)

    def chosen(self, errors: Numbers) -> int:
        """Return the index of the configuration that is chosen.

        Args:
            errors: (C,) standard errors of the differences to the best.
        """
        if not self.smallest:
            return self.best
        return smallest_within(np.array(self.values), self.best, errors, np.array(self.sizes))

    def chosen_in(self, draws: Numbers) -> Rows:
        """Return the (B,) configurations that are chosen by the (B, C) scores of each draw."""
        return smallest_in_draws(draws, np.array(self.sizes)) if self.smallest else highest(draws)


@dataclass(frozen=True)
class Selected:
    """The findings about a choice.

    record: the corrected score, or the reason why there is none.
    errors: (C,) standard errors of the differences to the best; None where too few draws have scores.
    draws:  number of draws with a score of every configuration.
    """

    record: SelectionRecord | BootstrapTooSlow | TooFewDraws
    errors: tuple[float, ...] | None = None
    draws: int = 0


def selection(
    contents: Sequence[Shared], metric: str, target: Target, validated: ValidationRows, candidates: Candidates
) -> Selected:
    """Correct the winner's score for the choice, from shared out-of-fold outputs.

    Args:
        contents: shared .npy files of (P, outputs), one of each configuration.
    """
    samples = samples_of(metric, target, contents, validated.y, validated.units)
    if isinstance(samples, BootstrapTooSlow):
        return Selected(samples)
    rarest = fewest_units([validated.y], validated.units) if target.classes and metric != "accuracy" else None
    return corrected_selection(samples, count_different(validated.rows), candidates, rarest)


def corrected_selection(samples: Samples, rows: int, candidates: Candidates, rarest: int | None = None) -> Selected:
    """Compute the bootstrap bias corrected score of the choice (BBC-CV), and the gain of a choice among equals.

    In each draw of as many units as there are, with replacement, the configuration that is best on the units drawn is
    scored on those not drawn; or the smallest within one standard error of it, where the study chooses so. `corrected`
    is the mean of these scores, `ci95` their 0.025 and 0.975 quantiles. Each of them is of the 37% of the units that
    were not drawn, so the interval of rows errs on the wide side. Scores that are no means over rows, such as R2 and
    F1, are moved by what scoring so few units does to the winner alone. Every configuration comes with its best epoch;
    that this was chosen on the same rows is not corrected for.

    The floor is White's reality check as refined by Hansen: in the same draws each configuration's gain over the
    default, less the gain that it has over all rows, is what chance makes of a configuration that is no better; `floor`
    is the mean over draws of the largest of them (0 for the default itself), `floor95` its 0.95 quantile. A
    configuration that is worse by more than sqrt(2 log log n) standard errors keeps its loss: chance would not make it
    the best, and its scores, which vary more than those of a good one, would raise the floor. `gain` is what the winner
    has over the default on all rows.

    Args:
        rows:   number of rows that the samples are of; as many as units, unless the units are groups.
        rarest: number of units with the rarest class, on which a perfect score rests; all of them where None.

    Returns:
        the record, or the reason that too many draws have no score, as where a class is not drawn; and the standard
        errors of the differences to the best, from the same draws.

    Sources: Tsamardinos, Greasidou and Borboudakis (2018), Machine Learning 107, 1895-1922; White (2000), Econometrica
    68, 1097-1126; Hansen (2005), Journal of Business and Economic Statistics 23, 365-380.
    """
    everything, default = samples.scores(np.ones((1, samples.units)))[0], candidates.default
    inside, outside, left_out = drawn_scores(samples, samples.draws, candidates.chosen_in)
    finite = np.isfinite(inside).all(axis=1)
    errors = paired_errors(inside[finite], candidates.best) if finite.mean() >= FEW else None
    if errors is not None and not samples.is_mean:
        winner = candidates.chosen(errors)
        outside = on_all_units(float(everything[winner]), outside, left_out, winner)
    usable = finite & np.isfinite(outside)
    if errors is None or not np.isfinite(everything).all() or usable.mean() < FEW:
        few = TooFewDraws(draws=len(usable), scored=int(np.count_nonzero(usable)))
        return Selected(few) if errors is None else Selected(few, tuple(errors.tolist()), len(inside[finite]))
    inside, outside = inside[usable], outside[usable]
    pooled = float(everything[candidates.chosen(errors)])
    corrected, ci95 = mean_and_interval(outside, samples.highest, samples.units if rarest is None else rarest)
    floor = None if default is None else _luck(inside, everything, default, samples.units)
    record = SelectionRecord(
        configurations=len(everything),
        rows=rows,
        pooled=pooled,
        corrected=corrected,
        ci95=ci95,
        optimism=pooled - corrected,
        gain=None if default is None else pooled - float(everything[default]),
        floor=None if floor is None else float(floor.mean()),
        floor95=None if floor is None else float(np.quantile(floor, 0.95)),
        draws=len(outside),
        method="bbc_cv_rows" if rows == samples.units else "bbc_cv_groups",
    )
    return Selected(record, tuple(errors.tolist()), int(np.count_nonzero(finite)))


def _luck(inside: Numbers, everything: Numbers, default: int, units: int) -> Numbers:
    """Return (B,) the largest gain over the default in each draw, if no configuration were better than it.

    Args:
        inside:     (B, C) scores of the draws.
        everything: (C,) scores of all units.
    """
    drawn, gains = inside - inside[:, default, None], everything - everything[default]
    clearly = drawn.std(axis=0) * math.sqrt(2 * math.log(math.log(max(units, 3))))
    largest: Numbers = (drawn - np.where(gains >= -clearly, gains, 0.0)).max(axis=1)
    return largest


def highest(draws: Numbers) -> Rows:
    """Return the (B,) configuration with the highest score of each draw, the first of equals."""
    best: Rows = np.where(np.isnan(draws), -np.inf, draws).argmax(axis=1)
    return best


def drawn_scores(samples: Samples, draws: int, choose: Callable[[Numbers], Rows]) -> tuple[Numbers, Numbers, LeftOut]:
    """Return (B, C) scores of each draw, and (B,) its chosen configuration's on the units left, and that of any others.

    The units of a draw depend on its number and on the number of units alone: two studies of the same units have the
    same draws, and more draws begin with those of fewer. NaN where a draw has no score.

    Args:
        choose: the choice by the scores of draws in which every configuration has one, if these are not too few.
    """
    left_out: LeftOut
    if samples.at_once:  # then the units are drawn once
        both = [(samples.scores(weights), samples.scores(_left(weights))) for weights in _weights(samples.units, draws)]
        inside, every = (np.concatenate(part) for part in zip(*both, strict=True))
        left_out = partial(_picked, every)
    else:
        inside = np.concatenate([samples.scores(weights) for weights in _weights(samples.units, draws)])
        left_out = partial(_left_out, samples)
    finite, chosen = np.isfinite(inside).all(axis=1), highest(inside)
    if finite.mean() >= FEW:  # fewer say nothing, and a single one has no standard error
        chosen[finite] = choose(inside[finite])
    return inside, left_out(chosen), left_out


def mean_and_interval(outside: Numbers, highest_score: float, least: int) -> tuple[float, tuple[float, float]]:
    """Return the mean of the draws' scores, and their 0.025 and 0.975 quantiles.

    Args:
        outside: (B,) scores of the draws.
        least:   number of units on which a perfect score rests.
    """
    mean, quantiles = float(outside.mean()), np.quantile(outside, (0.025, 0.975)).tolist()
    low, high = min(quantiles[0], mean), max(quantiles[1], mean)  # a mean of few values may lie outside
    high = max(mean, min(high, highest_score))
    if are_all([low, high], 1.0):  # all rows are right in all draws, which is no certainty
        from experiments.evaluation.statistics.intervals import wilson_interval  # workers seldom need it

        low = wilson_interval(least, least)[0]
    return mean, (low, high)


def on_all_units(score: float, outside: Numbers, left_out: LeftOut, winner: int) -> Numbers:
    """Return (B,) scores on the units left out, moved to the scale of scores on all units; means over rows are on it.

    Of fewer units an R2 or an F1 is another number, also where nothing is chosen. So the winner, which is the same in
    every draw, has its score on all units in the mean. NaN where the winner has no score.

    Args:
        score:   the winner's score on all units.
        outside: (B,) scores of `drawn_scores`, and its function `left_out`.
    """
    fixed = left_out(np.full(len(outside), winner))
    both = np.isfinite(outside) & np.isfinite(fixed)
    moved: Numbers = np.where(both, outside + (score - fixed[both].mean() if both.any() else 0.0), np.nan)
    return moved


def _left_out(samples: Samples, chosen: Rows) -> Numbers:
    """Return (B,) the score of each draw's configuration (B,) on the units that are not drawn."""
    outside, start = [], 0
    for weights in _weights(samples.units, len(chosen)):
        end = start + len(weights)
        outside.append(samples.scores_of(_left(weights), chosen[start:end]))
        start = end
    return np.concatenate(outside)


def _picked(scores: Numbers, chosen: Rows) -> Numbers:
    """Return (B,) the score of each draw's configuration (B,), of (B, C)."""
    picked: Numbers = scores[np.arange(len(chosen)), chosen]
    return picked


def _left(weights: Numbers) -> Numbers:
    """Return the weights of the units that are not drawn, once each."""
    left: Numbers = (weights == 0).astype(np.float64)
    return left


def _weights(units: int, draws: int) -> Iterator[Numbers]:
    """Yield the (b, U) weights of the draws, block after block; the same ones whenever they are asked for."""
    random, step = np.random.default_rng(SEED), max(1, BLOCK // units)
    for start in range(0, draws, step):
        weights = np.empty((min(step, draws - start), units))
        for sample in weights:
            sample[:] = np.bincount(random.integers(units, size=units), minlength=units)
        yield weights
