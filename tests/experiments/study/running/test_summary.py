from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.evaluation.records.analysis_record import (
    AnalysisRecord,
    FinalRecord,
    NetworkSize,
    OutOfFoldRecord,
    SelectionRecord,
    SmallestRecord,
)
from experiments.evaluation.records.reasons import RowsInTimeOrder
from experiments.evaluation.records.results import DefaultScore, LedgerRecord, ReadingRecord, ScoreDifference
from experiments.evaluation.records.split_record import HoldoutRecord
from experiments.study.command.timing import Clock
from experiments.study.running.options import Options, Outcome
from experiments.study.running.summary import facts, print_summary, ui_command
from support.results import made_up, replaced

LEDGER = LedgerRecord(looks=0, largest_overlap=0.0, head="")
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
    result = replace(made_up(), **changes)
    return dict(facts(result, result.ledger or LedgerRecord(looks=0, largest_overlap=0.0, head="")))


def test_the_corrected_score_stands_beside_what_it_corrects() -> None:
    """Over all rows at once: where folds differ, that is another number than the selection score."""
    found = SelectionRecord(configurations=2, rows=48, pooled=0.9, corrected=0.87, ci95=(0.8, 0.95), optimism=0.03,
                            floor=None, floor95=None, draws=10, method="bbc_cv_rows")  # fmt: skip
    line = said(analysis=AnalysisRecord(selection=found))["corrected score"]
    assert line == "accuracy 0.8700, 95% interval [0.8000, 0.9500] (from 0.9000 over all rows at once)"
    far = replace(made_up().best, cv_mean=-1928706.2)  # an R² of single folds may be far off
    line = said(best=far, analysis=AnalysisRecord(selection=replace(found, ci95=(-9692339.4, 0.95))))["corrected score"]
    assert line == "accuracy 0.8700, 95% interval [−9,692,339, 0.9500] (from 0.9000 over all rows at once)"


def test_without_a_corrected_score_the_reason_stands_in_its_place() -> None:
    assert "corrected score" not in said()
    line = said(analysis=AnalysisRecord(left_out={"selection": RowsInTimeOrder()}))["corrected score"]
    assert line.startswith("none: rows in time order (they depend on one another")


def test_of_a_single_trial_its_epoch_was_chosen() -> None:
    assert said(trials=made_up().trials[:1])["selection score"].endswith("(optimistic: its epoch was chosen)")


def test_the_smallest_network_is_named_beside_the_best() -> None:
    smaller = NetworkSize(trial=0, parameters=4_000, products=3_900, behind=0.0, error=0.1)
    networks = (smaller, replace(smaller, trial=1, parameters=5_000))
    found = SmallestRecord(best=1, trial=0, networks=networks, method="corrected_folds", draws=None)
    analysis = AnalysisRecord(smallest=found)
    words = "trial 0: 4,000 parameters, the best has 5,000; within one standard error of its score"
    usual = said(analysis=analysis)
    assert usual["smallest network"] == words
    assert usual["selection score"].endswith("(optimistic: chosen as the best of 2)")
    assert "smallest network" not in said(analysis=AnalysisRecord(smallest=replace(found, trial=1)))
    kept = said(analysis=analysis, spec=made_up().spec | {"final": {"choice": "smallest"}})
    assert "chosen configuration" in kept
    rule = "(optimistic: chosen as the smallest within one standard error of the best of 2)"
    assert kept["selection score"].endswith(rule)


def test_a_default_without_a_score_may_have_diverged_or_failed() -> None:
    lines = said(default=None)
    assert lines["selection score"] == "accuracy 0.8750, the default has no score (optimistic: chosen as the best of 2)"
    assert lines["against the default"] == "not compared: the default has no score"


def test_the_title_counts_the_trials_as_the_status_does() -> None:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    clock = Clock(seconds={"search": 3.0})
    ledger = LedgerRecord(looks=0, largest_overlap=0.0, head="")
    options = Options(Path("there"), Path("ledger.jsonl"), "none", 1)
    print_summary(console, Outcome(made_up(), ledger, Path("there"), clock), options, "ui")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines()[0] == "rows: 2 trials (2 complete) in 3 s"
    assert "registered" not in console.file.getvalue()
    registered = Outcome(made_up(), ledger, Path("there"), clock, registered="models:/price/3")
    print_summary(console, registered, options, "ui")
    assert console.file.getvalue().splitlines()[-1].split() == ["registered", "models:/price/3"]


def test_every_score_has_its_metric_beside_it() -> None:
    look = made_up().test
    assert look is not None
    difference = ScoreDifference(score=0.25, ci95=(0.1, 0.4), p_value=0.01, method="mcnemar_bonett_price")
    scored = replace(look, metric="r2", default=DefaultScore(score=0.5), difference=difference)
    spec = made_up().spec | {"cv": {"metric": "neg_log_loss"}}
    best = replace(made_up().best, cv_mean=-0.125)
    default = replace(best, number=0, cv_mean=-0.375)
    lines = said(spec=spec, best=best, default=default, test=scored)
    assert lines["selection score"].startswith("log loss 0.1250, default 0.3750 ")
    assert lines["test score"].startswith("R² 0.7500, ")
    assert lines["against the default"].startswith("0.5000, tuned 0.2500 better [0.1000 better, 0.4000 better], ")
    equal = replace(scored, difference=replace(difference, ci95=(0.25, 0.25)))
    lines = said(spec=spec, best=best, default=default, test=equal)
    assert lines["against the default"].startswith("0.5000, tuned 0.2500 better (no interval), p = ")


def test_a_score_of_one_class_names_it() -> None:
    look, spec = made_up().test, made_up().spec | {"cv": {"metric": "f1"}}
    assert look is not None
    lines = said(spec=spec, test=replace(look, metric="recall"), data=replace(made_up().data, classes=("ok", "bad")))
    assert lines["selection score"].startswith("F1 of 'bad' 0.8750, ")
    assert lines["test score"].startswith("recall of 'bad' 0.7500, ")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"hidden_layers": 0, "activation": "relu"}, "no hidden layer, 4 epochs"),
        ({"activation": "tanh", "hidden_units": 32, "l2": 0.001}, "32 tanh, L2 strength 0.001, 4 epochs"),
        ({"learning_rate": 0.0123}, "16 ReLU, learning rate 0.0123, 4 epochs"),
    ],
)
def test_the_best_configuration_is_that_of_the_report(params: dict[str, Any], words: str) -> None:
    best = replace(made_up().best, params=params)
    assert said(best=best)["best configuration"] == f"trial 1: {words}"


def test_what_a_try_lacks_is_said_with_the_two_ways_on() -> None:
    result = replace(made_up(), test=None)
    lines = dict(facts(result, LedgerRecord(file="here", looks=0, largest_overlap=0.0, head=""), planned=9))
    assert lines["test score"] == "none: a try of 2 of 9 trials has no refit, no baselines and no test score"
    assert lines["to go on"].startswith("the same command without --trials runs all 9 trials")
    assert "--score instead" in lines[""]
    assert lines["test rows"] == "No study of here has used these test rows."


def test_after_an_earlier_test_the_way_on_names_its_option() -> None:
    ledger = LedgerRecord(file="here", looks=1, own=1, largest_overlap=0.0, head="")
    result = replace(made_up(), test=None, ledger=ledger)
    again = "tests the best model again, with --acknowledge-reuse: its test rows were scored before"
    lines = dict(facts(result, ledger, planned=9))
    assert lines["to go on"] == f"the same command without --trials runs all 9 trials and {again};"
    lines = dict(facts(result, ledger))
    assert lines["test score"] == f"none: the study stopped before another test; --score {again}"


def test_how_often_the_rows_were_scored_is_what_the_ledger_says_now() -> None:
    ledger = LedgerRecord(file="here", looks=2, own=1, largest_overlap=0.25, head="")
    words = "By here, these test rows were used in 2 tests: 1 by this study, 1 by others, at most 25% of them at once."
    line = dict(facts(made_up(), ledger))["test rows"]
    assert line.startswith(f"{words} The interval is not corrected for that")


def test_a_default_that_won_is_not_compared_with_itself() -> None:
    result = made_up()
    best = replace(result.best, number=0)
    lines = said(best=best)
    assert lines["against the default"] == "not compared: the winner is the default itself"
    assert lines["best configuration"].startswith("trial 0, the default: ")
    assert lines["selection score"] == "accuracy 0.8750 (optimistic: chosen as the best of 2)"


def test_several_networks_are_named_and_a_single_one_is_not() -> None:
    final = FinalRecord(members=5, epochs=4, default_epochs=3)
    assert said(final=final)["final model"] == "the mean of 5 networks; the scores above are of single networks"
    assert "final model" not in said(final=replace(final, members=1))
    assert "final model" not in said()


def test_a_second_test_is_called_optimistic() -> None:
    lines = [text for _, text in facts(replaced(made_up(), "test", times_scored=2), LEDGER)]
    warning = "optimistic by an unknown amount: these rows had been scored before (--acknowledge-reuse)"
    assert warning in lines
    assert warning not in [text for _, text in facts(made_up(), LEDGER)]


def test_test_rows_in_groups_have_the_number_of_groups() -> None:
    assert said()["test score"].endswith("(12 rows)")
    holdout = HoldoutRecord(origin="drawn", development_groups=16, test_groups=4)
    assert said(holdout=holdout)["test score"].endswith("(12 rows in 4 groups)")


def test_a_class_that_is_hardly_ever_predicted_is_named() -> None:
    predicted = OutOfFoldRecord(rows=48, confusion=((40, 0), (8, 0)), calibration=None, mistakes=(), points=())
    line = said(analysis=AnalysisRecord(out_of_fold=predicted))["seldom predicted"]
    assert line.startswith("Out of fold, 0 predictions are 'b' where 8 should be: choose a threshold for predict --thr")
    usual = replace(predicted, confusion=((36, 4), (4, 4)))
    assert "seldom predicted" not in said(analysis=AnalysisRecord(out_of_fold=usual))


def test_a_single_trial_is_not_compared_with_itself() -> None:
    result = made_up()
    best = replace(result.best, **{key: getattr(result.trials[0], key) for key in ("number", "params", "fold_scores")})
    found = said(trials=result.trials[:1], best=best)
    assert found["only configuration"].startswith("trial 0, the default: ")
    assert found["selection score"] == "accuracy 0.8750 (optimistic: its epoch was chosen)"
    assert found["against the default"] == "not compared: the only trial is the default itself"


def test_a_default_that_was_chosen_with_test_rows_is_said_below_the_score() -> None:
    note = f"9 of the 12 test rows are equal to rows that the study old learnt from, so {TOO_GOOD}"
    result = replace(made_up(), reading=ReadingRecord(notes=("a column is odd.", note)))
    lines = list(facts(result, LEDGER))
    assert [lines[at - 1][0] for at, line in enumerate(lines) if line == ("", note)] == ["test score"]
    assert ("", note) not in list(facts(replace(result, test=None), LEDGER))
