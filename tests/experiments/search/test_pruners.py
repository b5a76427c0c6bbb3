from __future__ import annotations

import pytest
from optuna.pruners import BasePruner

from experiments.config.pruner_options import PRUNERS
from experiments.search.pruners import Rungs, make_pruner, pruner_choice, pruning_history
from experiments.search.trial import Curves, PrunerChoice, PruningHistory, TrialResult

GIVEN = {"threshold": {"lower": 0.5}}


def choice_of(name: str, **options: object) -> PrunerChoice:
    return pruner_choice(
        name, PRUNERS[name].model_validate(GIVEN.get(name, {}) | options).model_dump(exclude_none=True)
    )


def test_every_pruner_of_a_study_file_is_one_of_optunas_and_new_each_time() -> None:
    for name in PRUNERS:
        first, second = make_pruner(choice_of(name), 60), make_pruner(choice_of(name), 60)
        assert isinstance(first, BasePruner)
        assert first is not second
        assert type(first).__name__ == {"none": "Nop"}.get(name, name.title().replace("_", "")) + "Pruner"


@pytest.mark.parametrize(
    ("first", "factor", "scored", "expected"),
    [
        (3, 2.0, range(1, 61), [3, 6, 12, 24, 48]),
        (3, 1.0, range(1, 8), [3, 4, 5, 6, 7]),
        (1, 1.5, range(1, 12), [1, 2, 3, 5, 7, 11]),
        (3, 2.0, range(5, 61, 5), [5, 10, 15, 25, 50]),
        (61, 2.0, range(1, 61), []),
    ],
)
def test_the_first_scored_epoch_at_or_after_a_rung_counts_as_it(
    first: int, factor: float, scored: list[int], expected: list[int]
) -> None:
    rungs = Rungs(first, factor)
    assert [epoch for epoch in scored if rungs.climb(epoch)] == expected


def test_a_history_holds_what_decisions_read() -> None:
    scores = tuple((epoch / 10, epoch / 20) for epoch in range(1, 8))
    attributes = (("completed_rung_0", 0.3),)
    curves = Curves(tuple(range(1, 8)), scores, scores, scores)
    result = TrialResult(7, "COMPLETE", "", 0.525, 0.525, 7, 0.1, (0.7, 0.35), curves, marks=attributes)
    for choice, epochs in [
        (choice_of("percentile", n_warmup_steps=2), (2, 4)),
        (choice_of("patient"), (3, 6)),
        (choice_of("successive_halving"), ()),
        (choice_of("patient", pruner="hyperband"), ()),
    ]:
        expected = tuple(curves.mean_scores[epoch - 1] for epoch in epochs)
        assert pruning_history(result, choice) == PruningHistory("COMPLETE", 0.525, epochs, expected, attributes)
