"""The last lines on the terminal: the best configuration, its scores, and where the rest is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.console import Console

from experiments.config.readable import count
from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.evaluation.final_model.final_kind import are_several, default_won, holds_default, keeps_smallest
from experiments.evaluation.records.analysis_record import SmallestRecord
from experiments.evaluation.records.results import FinalScore, LedgerRecord, StudyResult
from experiments.reports.blocks import plain
from experiments.reports.formatting import configuration, outcomes, p_value
from experiments.reports.headline import scored_baselines, unbeaten
from experiments.reports.methods import reason
from experiments.reports.metrics import Scores, label_of_class
from experiments.reports.outer_fold import tested, why_not_compared
from experiments.reports.run_info import looks_meaning, rows_scored
from experiments.reports.seldom_predicted import seldom_predicted
from experiments.reports.split import drawn_together
from experiments.search.arithmetic import MEANINGS
from experiments.study.command.console import print_facts, print_sentence
from experiments.study.folders.ledger_check import was_tested_before
from experiments.study.running.options import Options, Outcome
from experiments.tracking.uris import OFF, masked

AGAIN = "tests the best model again, with --acknowledge-reuse: its test rows were scored before"


def print_summary(console: Console, outcome: Outcome, options: Options, ui: str) -> None:
    """Print the summary, one fact a line.

    Args:
        options: those of the run.
        ui:      the words that say how to see the trials in MLflow's UI.
    """
    result, seconds, earlier = outcome.result, outcome.seconds, sum(outcome.clock.earlier.values())
    counts = outcomes(trial.reason for trial in result.trials)
    title = f"{result.study}: {count(len(result.trials), 'trial')} ({counts})"
    if outcome.finished:
        title += ", finished before: nothing was computed; --fresh starts anew"
    else:
        title += f" in {seconds:.0f} s" + (f", with earlier runs {seconds + earlier:.0f} s" if earlier >= 1 else "")
    print_sentence(console, options.words(title), "bold")
    places = [("report", str(outcome.folder / "report.html")), ("compare trials", ui)]
    if outcome.registered:
        places.append(("registered", outcome.registered))
    lines = [*facts(result, outcome.ledger, options.planned), *places]
    print_facts(console, [(label, options.words(fact)) for label, fact in lines], width=21)


def facts(result: StudyResult, ledger: LedgerRecord, planned: int | None = None) -> Iterator[tuple[str, str]]:
    """List the facts of a result, as (label, text).

    Args:
        ledger:  the ledger's counts for the test rows now.
        planned: number of trials of the whole study, if this was a try of fewer.
    """
    best, trials = result.best, len(result.trials)
    small, configured = keeps_smallest(result), configuration(best.params, result.spec, best.epochs)
    which = "only" if trials == 1 else "chosen" if small else "best"
    itself = ", the default" if default_won(result) else ""
    yield f"{which} configuration", f"trial {best.number}{itself}: {configured}"
    scores = Scores.of_selection(result)
    default = "the default has no score" if result.default is None else f"default {scores.show(result.default.cv_mean)}"
    metric, rule = label_of_class(scores.metric, result.data.classes), "the best of"
    if small:
        rule = "the smallest within one standard error of the best of"
    chosen_of = f"(optimistic: chosen as {rule} {trials:,})" if trials > 1 else "(optimistic: its epoch was chosen)"
    beside = "" if itself else f", {default}"
    yield "selection score", f"{metric} {scores.show(result.best.cv_mean)}{beside} {chosen_of}"
    if (chosen := result.analysed.selection) is not None:
        scores = Scores.like(scores.metric, chosen.pooled)  # as on the page: an R² of single folds may be far off
        corrected = f"{metric} {scores.show(chosen.corrected)}, 95% interval {scores.interval(chosen.ci95)}"
        yield "corrected score", f"{corrected} (from {scores.show(chosen.pooled)} over all rows at once)"
    elif (why := result.analysed.left_out.get("selection")) is not None:
        yield "corrected score", f"none: {plain(reason('selection', why))}"
    if (size := result.analysed.smallest) is not None and size.trial != size.best:
        yield "smallest network", _smallest(size)
    if result.test is not None and result.final is not None and are_several(result):
        networks, many = count(result.final.members, "network"), result.final.members
        if holds_default(result):
            networks = f"{2 * many} networks, {many} of the best configuration and {many} of the default"
        yield "final model", f"the mean of {networks}; the scores above are of single networks"
    if result.test is not None:
        yield from _test_facts(result, result.test)
    elif planned is not None:
        yield "test score", f"none: a try of {trials} of {planned} trials has no refit, no baselines and no test score"
        again = "tests the best model" if not was_tested_before(result) else AGAIN
        yield "to go on", f"the same command without --trials runs all {planned} trials and {again};"
        yield "", f"with --score instead it tests the best model of these {trials}"
    elif was_tested_before(result):
        yield "test score", f"none: the study stopped before another test; --score {AGAIN}"
    else:
        yield "test score", "none: the study stopped before the test; --score tests the best model"
    for parts in seldom_predicted(result):
        yield "seldom predicted", plain(parts)
    if result.copies is not None and result.copies.test:
        repeated = count(result.copies.test, "test row is", "test rows are")
        yield "copies", f"{repeated} equal to rows to learn from: the test score says little of new rows"
    yield "test rows", plain((*rows_scored(result, ledger), looks_meaning(result, ledger)))
    if (arithmetic := result.spec["study"].get("arithmetic")) in MEANINGS:  # older results do not name it
        yield "arithmetic", f"{arithmetic}: {MEANINGS[arithmetic]}"


def ui_command(tracking_uri: str, local: str) -> str:
    """Return the command that opens MLflow's page on the trials, or the address of a server.

    Args:
        local: the store that the command opens by itself.
    """
    if tracking_uri == OFF:
        return "not in MLflow: --tracking-uri none"
    if tracking_uri.startswith(("http://", "https://")):
        return masked(tracking_uri)
    option = [] if tracking_uri == local else ["--tracking-uri", masked(tracking_uri)]
    return shlex.join(["python", "-m", "experiments.ui", *option])


def _smallest(record: SmallestRecord) -> str:
    parameters = {one.trial: one.parameters for one in record.networks}
    here, best = f"{parameters[record.trial]:,} parameters", f"{parameters[record.best]:,}"
    return f"trial {record.trial}: {here}, the best has {best}; within one standard error of its score"


def _test_facts(result: StudyResult, test: FinalScore) -> Iterator[tuple[str, str]]:
    scores, metric = Scores.like(test.metric, test.score), label_of_class(test.metric, result.data.classes)
    rows = plain(drawn_together(result, f"{test.rows:,} rows"))
    interval = f"95% interval {scores.interval(test.ci95)} ({rows})"
    score = f"{metric} {scores.show(test.score)}, {interval}"
    if result.outer is None:
        yield "test score", score
    else:
        yield "nested score", f"{score}, approximate; of the procedure, not of this model"
        folds = ", ".join(scores.show(fold.score) for fold in result.outer.folds)
        yield "outer folds", f"{folds}; each by the choice of a search that did not have its rows"
    if test.times_scored > 1:
        yield "", "optimistic by an unknown amount: these rows had been scored before (--acknowledge-reuse)"
    yield from (("", note) for note in (result.reading.notes if result.reading else ()) if note.endswith(TOO_GOOD))
    if baselines := scored_baselines(result, test):
        yield "baselines", ", ".join(f"{plain(one.name)} {scores.show(one.score)}" for one in baselines)
    if names := ", ".join(plain(one.name) for one in unbeaten(result, test)):
        yield "", f"as good as the {tested(result)} or better on these rows: {names}"
    if test.default is None or test.difference is None:
        winner = "only trial" if len(result.trials) == 1 else "winner"
        why = f"the {winner} is the default itself" if default_won(result) else "the default has no score"
        if result.outer is not None:
            why = why_not_compared(result.outer)
        yield "against the default", f"not compared: {why}"
        return
    limits = scores.gain_interval(test.difference.ci95) if test.difference.has_interval else "(no interval)"
    gain = f"{scores.gain(test.difference.score)} {limits}"
    default = f"{scores.show(test.default.score)}, tuned {gain}"
    p = " ".join(p_value(test.difference.p_value).split())
    yield "against the default", f"{default}, {p}: {test.verdict}"
