from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from experiments.evaluation.final_model.final_kind import are_several, holds_default, keeps_smallest
from experiments.evaluation.records.analysis_record import FinalRecord
from support.results import SPEC, made_up


def with_choice(choice: str, **changes: Any) -> Any:
    cv = {"metric": "accuracy", "splitter": "StratifiedKFold"}
    made = made_up()
    best = replace(made.best, fold_scores=(0.5, 1.0))  # the default has 0.5 and 0.75
    return replace(made, spec={**SPEC, "cv": cv, "final": {"choice": choice}}, best=best, **changes)


def test_the_default_is_beside_a_winner_that_is_not_much_better() -> None:
    joined = with_choice("with_default")
    assert holds_default(joined)
    assert not holds_default(with_choice("best"))
    assert not holds_default(replace(joined, default=None))
    assert not holds_default(replace(joined, best=replace(joined.best, number=0)))
    assert not holds_default(replace(joined, best=replace(joined.best, fold_scores=(9.5, 9.75))))


@pytest.mark.parametrize(
    ("choice", "members", "several"), [("best", 1, False), ("best", 2, True), ("with_default", 1, True)]
)
def test_a_mean_is_of_several_networks(choice: str, members: int, several: bool) -> None:
    final = FinalRecord(members=members, epochs=4, default_epochs=3)
    assert are_several(with_choice(choice, final=final)) == several
    assert not are_several(with_choice(choice))


def test_the_smallest_is_kept_where_the_search_was_analysed() -> None:
    analysis = SimpleNamespace(smallest=object())
    assert keeps_smallest(with_choice("smallest", analysis=analysis))
    assert not keeps_smallest(with_choice("best", analysis=analysis))
    assert not keeps_smallest(with_choice("smallest"))
