"""The optimism of the best of many configurations' score, by a bootstrap over their out-of-fold predictions.

No network is trained again. The samples are of units that are independent of one another: rows, or whole groups.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from experiments.config.target import Target
from experiments.evaluation.reasons import BootstrapTooSlow, TooFewDraws
from experiments.evaluation.records import SelectionRecord
from experiments.evaluation.resampling import Numbers, Samples, samples_of
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.trial import Shared

SEED = 0  # seed of the draws, fixed, so that the record is a function of the predictions
BLOCK = 1 << 21  # number of weights that are drawn at a time: 16 MB
FEW = 0.5  # share of the draws that must have a score


def selection(
    contents: Sequence[Shared], metric: str, target: Target, validated: ValidationRows, winner: int, default: int | None
) -> SelectionRecord | BootstrapTooSlow | TooFewDraws:
    """Correct the winner's score for the choice, from shared out-of-fold outputs, or return the reason why not.

    Args:
        contents: shared .npy files of (P, outputs), one of each configuration.
        winner:   index of the configuration that was chosen.
        default:  index of the default configuration; None where it has no score.
    """
    samples = samples_of(metric, target, contents, validated.y, validated.units)
    if isinstance(samples, BootstrapTooSlow):
        return samples
    return corrected_selection(samples, len(np.unique(validated.rows)), winner, default)


def corrected_selection(samples: Samples, rows: int, winner: int, default: int | None) -> SelectionRecord | TooFewDraws:
    """Compute the bootstrap bias corrected score of the choice (BBC-CV), and the gain of a choice among equals.

    In each draw of as many units as there are, with replacement, the configuration that is best on the units drawn is
    scored on those not drawn. `corrected` is the mean of these scores, `ci95` their 0.025 and 0.975 quantiles. Each of
    them is of the 37% of the units that were not drawn, so the interval errs on the wide side. Every configuration
    comes with its best epoch; that this was chosen on the same rows is not corrected for.

    The floor is White's reality check as refined by Hansen: in the same draws each configuration's gain over the
    default, less the gain that it has over all rows, is what chance makes of a configuration that is no better; `floor`
    is the mean over draws of the largest of them (0 for the default itself), `floor95` its 0.95 quantile. A
    configuration that is worse by more than sqrt(2 log log n) standard errors keeps its loss: chance would not make it
    the best, and its scores, which vary more than those of a good one, would raise the floor. `gain` is what the winner
    has over the default on all rows.

    Args:
        rows: number of rows that the samples are of; as many as units, unless the units are groups.

    Returns:
        the record, or the reason that too many draws have no score, as where a class is not drawn.

    Sources: Tsamardinos, Greasidou and Borboudakis (2018), Machine Learning 107, 1895-1922; White (2000), Econometrica
    68, 1097-1126; Hansen (2005), Journal of Business and Economic Statistics 23, 365-380.
    """
    everything = samples.scores(np.ones((1, samples.units)))[0]
    inside, outside = drawn_scores(samples, samples.draws)
    usable = np.isfinite(inside).all(axis=1) & np.isfinite(outside)
    if not np.isfinite(everything).all() or usable.mean() < FEW:
        return TooFewDraws(draws=len(usable), scored=int(np.count_nonzero(usable)))
    inside, outside = inside[usable], outside[usable]
    low, high = np.quantile(outside, (0.025, 0.975)).tolist()
    pooled, corrected = float(everything[winner]), float(outside.mean())
    floor = None if default is None else _luck(inside, everything, default, samples.units)
    return SelectionRecord(
        configurations=len(everything),
        rows=rows,
        pooled=pooled,
        corrected=corrected,
        ci95=(low, high),
        optimism=pooled - corrected,
        gain=None if default is None else pooled - float(everything[default]),
        floor=None if floor is None else float(floor.mean()),
        floor95=None if floor is None else float(np.quantile(floor, 0.95)),
        draws=len(outside),
        method="bbc_cv_rows" if rows == samples.units else "bbc_cv_groups",
    )


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


def drawn_scores(samples: Samples, draws: int) -> tuple[Numbers, Numbers]:
    """Return (B, C) scores of each draw, and (B,) its best configuration's, the first of equals, on the units left.

    The units of a draw depend on its number and on the number of units alone: two studies of the same units have the
    same draws, and more draws begin with those of fewer. NaN where a draw has no score.
    """
    random, units = np.random.default_rng(SEED), samples.units
    step = max(1, BLOCK // units)
    inside, outside = [], []
    for start in range(0, draws, step):
        weights = np.empty((min(step, draws - start), units))
        for sample in weights:
            sample[:] = np.bincount(random.integers(units, size=units), minlength=units)
        scores = samples.scores(weights)
        best = np.where(np.isnan(scores), -np.inf, scores).argmax(axis=1)
        inside.append(scores)
        outside.append(samples.scores_of((weights == 0).astype(np.float64), best))
    return np.concatenate(inside), np.concatenate(outside)
