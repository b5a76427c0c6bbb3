"""The lines about a score on new rows."""

from __future__ import annotations

from typing import Any

from experiments.evaluation.scoring.external_score import (
    Drawn,
    ExternalScore,
    KnownToStudy,
    LeftOutRows,
    Looks,
    StudyScore,
)
from experiments.study.external.external_summary import facts


def score_of(drawn: Drawn, units: int, groups: int | None) -> ExternalScore:
    test = StudyScore(score=0.9, ci95=(0.8, 0.95), rows=100, drawn=drawn, groups=groups, metrics={}, nested=False)
    fields: dict[str, Any] = {"study": "power", "digest": "d", "model": "m", "file": "later.csv", "rows": 60}
    fields |= {"ci_method": "bootstrap_rows", "ci_draws": 1000, "metrics": {}, "classes": (), "confusion": None}
    fields |= {"calibration": None, "baseline": None, "difference": None, "metric": "r2", "score": 0.7}
    return ExternalScore(
        drawn=drawn,
        units=units,
        ci95=(0.5, 0.8),
        left_out=LeftOutRows(no_target=0, dropped=0, no_time=0),
        test=test,
        known=KnownToStudy(development=0, test=0),
        ledger=Looks(file="studies/ledger.jsonl", times=3, own=1, largest_overlap=0.2),
        **fields,
    )


def test_both_lines_say_what_their_intervals_draw() -> None:
    for drawn, groups, new, test in (
        ("rows", None, "(60 rows)", "(100 rows)"),
        ("groups", 12, "(60 rows in 10 groups)", "(100 rows in 12 groups)"),
        ("blocks", None, "(60 rows in 10 blocks of consecutive ones)", "(100 rows in blocks of consecutive ones)"),
    ):
        said = dict(facts(score_of(drawn, 10, groups)))  # type: ignore[arg-type]
        assert said["score on new rows"].endswith(new)
        assert said["test score"].endswith(test)


def test_the_ledger_is_named_first_and_its_counts_follow() -> None:
    assert dict(facts(score_of("rows", 60, None)))["ledger"] == (
        "By studies/ledger.jsonl, these rows were used in 3 tests: 1 by this study, 2 by others, at most 20% of them "
        "at once. The more often, the less a good score says."
    )
