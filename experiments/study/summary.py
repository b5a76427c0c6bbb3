"""The last lines on the terminal: what was found, how sure we are, where the rest is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from experiments.evaluation.results import LedgerRecord, StudyResult
from experiments.reports.blocks import plain
from experiments.reports.formatting import configuration, count, outcomes
from experiments.reports.methods import baseline_name
from experiments.reports.metrics import Scores, metric_label
from experiments.reports.run_info import rows_scored
from experiments.study.forecast.forecast import AFTER
from experiments.study.options import Outcome
from experiments.tracking.uris import OFF, masked


def print_summary(console: Console, outcome: Outcome, planned: int | None, ui: str) -> None:
    """Print it, one fact a line; a line longer than the terminal is the terminal's to wrap, so that it can be copied.

    Args:
        planned: number of trials of the whole study, where this was a try of fewer; None for no try.
        ui:      how to see the trials in MLflow's UI.
    """
    result, seconds, earlier = outcome.result, outcome.seconds, sum(outcome.clock.earlier.values())
    counts = outcomes(trial.reason for trial in result.trials)
    title = f"{result.study}: {count(len(result.trials), 'trial')} ({counts})"
    if outcome.finished:
        title += ", finished before: nothing was computed; --fresh starts anew"
    else:
        title += f" in {seconds:.0f} s" + (f", with earlier runs {seconds + earlier:.0f} s" if earlier >= 1 else "")
    console.print(Text(title, style="bold"), soft_wrap=True)
    pace = (
        []
        if outcome.forecast is None
        else [("forecast", f"{outcome.forecast:.0f} s by the first {AFTER} trials, it took {seconds:.0f} s")]
    )
    places = [("report", str(outcome.folder / "report.html")), ("compare trials", ui)]
    for label, fact in [*facts(result, outcome.ledger, planned), *pace, *places]:
        console.print(Text.assemble((f"  {label:<21}", "dim"), fact), soft_wrap=True)


def facts(result: StudyResult, ledger: LedgerRecord, planned: int | None = None) -> Iterator[tuple[str, str]]:
    """List what was found, as (label, text).

    Args:
        ledger:  what the ledger says of the test rows now.
        planned: number of trials of the whole study, where this was a try of fewer.
    """
    best, trials = result.best, len(result.trials)
    yield "best configuration", f"trial {best.number}: {configuration(best.params, result.spec, best.epochs)}"
    scores = Scores.of_selection(result)
    default = "the default has none" if result.default is None else f"default {scores.show(result.default.cv_mean)}"
    metric, chosen_of = metric_label(scores.metric), f"(optimistic: chosen as the best of {trials:,})"
    yield "selection score", f"{metric} {scores.show(result.best.cv_mean)}, {default} {chosen_of}"
    if result.analysis is not None and (chosen := result.analysis.selection) is not None:
        corrected = f"{metric} {scores.show(chosen.corrected)}, 95% interval {scores.interval(chosen.ci95)}"
        yield "corrected for that", f"{corrected} (of {scores.show(chosen.pooled)} over all rows at once)"
    if result.test is not None:
        yield from _test_facts(result)
    elif planned is not None:
        yield "test score", f"none: a try of {trials} of {planned} trials has no refit, no baselines and no test score"
        yield "to go on", f"the same command without --trials runs all {planned} trials and tests the best model;"
        yield "", f"with --score instead it tests the best model of these {trials}"
    else:
        yield "test score", "none: the study ended before its test rows were scored; --score does it"
    yield "test rows", plain(rows_scored(result, ledger))


def ui_command(tracking_uri: str, local: str) -> str:
    """How to see the trials in MLflow: the command that opens its page, or the address of a server.

    Args:
        local: the store that the command opens by itself.
    """
    if tracking_uri == OFF:
        return "not in MLflow: --tracking-uri none"
    if tracking_uri.startswith(("http://", "https://")):
        return masked(tracking_uri)
    option = [] if tracking_uri == local else ["--tracking-uri", masked(tracking_uri)]
    return shlex.join(["python", "-m", "experiments.ui", *option])


def _test_facts(result: StudyResult) -> Iterator[tuple[str, str]]:
    if (test := result.test) is None:
        return
    scores, metric = Scores.like(test.metric, test.score), metric_label(test.metric)
    interval = f"95% interval {scores.interval(test.ci95)} ({test.rows:,} rows)"
    yield "test score", f"{metric} {scores.show(test.score)}, {interval}"
    baselines = [f"{baseline_name(one)} {scores.show(one.score)}" for one in test.references if one.score is not None]
    if baselines:
        yield "baselines", ", ".join(baselines)
    if test.default is None or test.difference is None:
        won = result.default is not None and result.default.number == result.best.number
        why = "the winner is the default itself" if won else "the default has no score"
        yield "against the default", f"not compared: {why}"
        return
    gain = f"{scores.gain(test.difference.score)} {scores.gain_interval(test.difference.ci95)}"
    default = f"{metric} {scores.show(test.default.score)}, tuned {gain}"
    yield "against the default", f"{default}, p = {test.difference.p_value:.2g}: {test.verdict}"
