from __future__ import annotations

import pytest

from experiments.search.pruning import WARM_UP_EPOCHS, WARM_UP_TRIALS, Pruning
from experiments.search.trial import History


def flat(score: float, epochs: int = 10) -> History:
    return History("COMPLETE", score, tuple(range(1, epochs + 1)), (score,) * epochs)


def first_pruned(pruning: Pruning, score: float, epochs: int = 10) -> int | None:
    return next((epoch for epoch in range(1, epochs + 1) if pruning.should_prune(epoch, score)), None)


def test_below_the_median_is_pruned_once_the_warm_up_is_over() -> None:
    visible = [flat(score / 10) for score in range(1, 8)]  # the median is 0.4
    assert first_pruned(Pruning("median", visible), 0.39) == WARM_UP_EPOCHS
    assert first_pruned(Pruning("median", visible), 0.41) is None


def test_too_few_complete_trials_prune_nothing() -> None:
    pruned = History("PRUNED", None, (1,), (0.9,))
    visible = [flat(0.9)] * (WARM_UP_TRIALS - 1) + [pruned] * 10
    assert first_pruned(Pruning("median", visible), 0.0) is None


def test_only_what_is_visible_counts() -> None:
    visible = [flat(0.2)] * WARM_UP_TRIALS
    assert first_pruned(Pruning("median", visible), 0.3) is None
    assert first_pruned(Pruning("median", [*visible, *[flat(0.9)] * 10]), 0.3) is not None


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_none_never_prunes(score: float) -> None:
    assert first_pruned(Pruning("none", [flat(0.9)] * 10), score) is None
