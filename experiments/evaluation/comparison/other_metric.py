"""The scores of studies' choices by a metric that they did not choose by."""

from __future__ import annotations

from experiments.config.target import Target
from experiments.errors import DataError, SpecError
from experiments.evaluation.statistics.resampling import Numbers, Samples
from experiments.search.scorers import check_metric
from nnet.arrays import Rows, Targets


class ChosenByAnother:
    """Samples whose configurations are chosen by one metric and scored by another.

    Args:
        choosing, scoring: samples of the same outputs and units.
    """

    at_once = False  # a draw's choice comes first

    def __init__(self, choosing: Samples, scoring: Samples):
        self._choosing, self._scoring = choosing, scoring
        self.units, self.draws = scoring.units, min(choosing.draws, scoring.draws)
        self.is_mean, self.highest = scoring.is_mean, scoring.highest

    def scores(self, weights: Numbers) -> Numbers:
        """Score samples by the metric that chooses: (b, U) -> (b, C)."""
        return self._choosing.scores(weights)

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        """Score the choices by the other metric: (b, U), (b,) -> (b,)."""
        return self._scoring.scores_of(weights, chosen)


def check_named_metric(metric: str, target: Target, y: Targets) -> None:
    """Refuse a metric of a comparison that does not exist, or cannot score the target.

    Raises:
        SpecError: with the reason.
    """
    try:
        check_metric(metric, target, [y])
    except DataError as error:
        rule = str(error).removeprefix("cv.metric: ")
        raise SpecError(f"--metric: {rule.replace('the validation rows of fold 0', 'these rows')}") from None
