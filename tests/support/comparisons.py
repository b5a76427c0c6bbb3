"""A comparison of studies, made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from experiments.evaluation.comparison.choices import ChoiceDifference
from experiments.evaluation.comparison.comparison_record import (
    ComparedPair,
    ComparedStudy,
    ComparedTest,
    Comparison,
    NoTest,
    SearchCurve,
    Setting,
    WinnerCurve,
)
from experiments.evaluation.comparison.joint_errors import JointErrors, RowExample


def compared_study(name: str, **changes: Any) -> ComparedStudy:
    """A finished study of 40 trials by its accuracy."""
    fields: dict[str, Any] = {
        **{"name": name, "folder": f"studies/{name}", "state": "done", "data": "iris", "development": 120},
        **{"sharing": "a", "metric": "accuracy", "sampler": "tpe", "pruner": "median", "arithmetic": "portable"},
        **{
            "members": 5,
            "trials": 40,
            "complete": 30,
            "pruned": 9,
            "without_score": 1,
            "seconds": 12.5,
            "epochs": 1234,
            "best": 0.96,
        },
        **{"winner": 7, "configuration": "64 ReLU, 12 epochs", "corrected": 0.95, "ci95": (0.91, 0.98)},
        "test": ComparedTest(score=0.9333, ci95=(0.8, 0.98), rows=30, looks=3, own=1, times_scored=1, nested=False),
        "search": SearchCurve(trials=(0, 5, 39), seconds=(0.5, 2.0, 12.5), scores=(0.9, 0.96, 0.96)),
        "learning": WinnerCurve(epochs=(1, 2, 3), scores=(0.5, 0.96, 0.95)),
    }
    return ComparedStudy(**{**fields, **changes})


def difference(score: float, low: float, high: float, **changes: Any) -> ChoiceDifference:
    """A difference at the level 0.05, claimed if zero lies outside."""
    fields: dict[str, Any] = {"score": score, "ci95": (low, high), "level": 0.05, "interval": (low, high)}
    fields |= {"p_value": 0.01, "claimed": low > 0 or high < 0, "draws": 1000, "units": 120, "method": "bbc_cv_rows"}
    return ChoiceDifference(**{**fields, **changes})


def compared_pair(first: int, second: int, found: ChoiceDifference | None, *reasons: NoTest) -> ComparedPair:
    """A pair with errors on 120 rows, of which two are shown."""
    row = {"fold": 1, "truth": "setosa", "values": (("petal width", "0.2"),)}
    examples = (
        RowExample(row=3, first="setosa", second="virginica", better="first", **row),  # type: ignore[arg-type]
        RowExample(row=99, first="virginica", second="setosa", better="second", **row),  # type: ignore[arg-type]
    )
    errors = JointErrors(rows=120, both=110, first_only=4, second_only=3, neither=3, examples=examples)
    return ComparedPair(first=first, second=second, difference=found, no_test=reasons, errors=errors)


def comparison(found: ChoiceDifference | None, *reasons: NoTest, **changes: Any) -> Comparison:
    """The comparison of studies "one" and "two", whose sampler differs; changes are of "two"."""
    return Comparison(
        studies=(compared_study("one"), replace(compared_study("two", sampler="random", corrected=0.94), **changes)),
        pairs=(compared_pair(0, 1, found, *reasons),),
        settings=(Setting(key="search.sampler", values=("tpe", "random")), Setting(key="space.l2", values=(None, 0.5))),
    )
