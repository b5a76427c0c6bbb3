from __future__ import annotations

from typing import Any

from experiments.records.analysis import AnalysisRecord, SelectionRecord
from experiments.summary import facts, ui_command
from support.results import made_up

LOCAL = "sqlite:////here/mlruns/mlflow.db"


def test_a_server_is_named_without_its_password() -> None:
    assert ui_command("https://ann:secret@host/mlflow", LOCAL) == "https://***@host/mlflow"


def test_the_local_store_needs_no_option() -> None:
    assert ui_command(LOCAL, LOCAL) == "python -m experiments.ui"


def test_another_store_is_named() -> None:
    assert (
        ui_command("sqlite:///my store.db", LOCAL) == "python -m experiments.ui --tracking-uri 'sqlite:///my store.db'"
    )


def test_a_study_that_is_not_tracked_says_so() -> None:
    assert ui_command("none", LOCAL) == "not in MLflow: --tracking-uri none"


def said(**changes: Any) -> dict[str, str]:
    return dict(facts(made_up().model_copy(update=changes)))


def test_the_corrected_score_stands_beside_what_it_corrects() -> None:
    """Over all rows at once: where folds differ, that is another number than the selection score."""
    found = SelectionRecord(configurations=2, rows=48, pooled=0.9, corrected=0.87, ci95=(0.8, 0.95), optimism=0.03,
                            floor=None, floor95=None, draws=10, method="bbc_cv_rows")  # fmt: skip
    line = said(analysis=AnalysisRecord(selection=found))["corrected for that"]
    assert line == "0.8700, 95% interval [0.8000, 0.9500] (of 0.9000 over all rows at once)"


def test_a_default_without_a_score_may_have_diverged_or_failed() -> None:
    lines = said(default=None)
    assert lines["selection score"] == "0.8750, the default has none (optimistic: chosen as the best of 2)"
    assert lines["against the default"] == "not compared: the default has no score"


def test_a_default_that_won_is_not_compared_with_itself() -> None:
    result = made_up()
    best = result.best.model_copy(update={"number": 0})
    assert said(best=best)["against the default"] == "not compared: the winner is the default itself"
