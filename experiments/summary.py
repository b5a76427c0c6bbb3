"""The last lines on the terminal: what was found, how sure we are, where the rest is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from experiments.pace import AFTER
from experiments.records.results import LookRecord, StudyResult
from experiments.records.uris import OFF, masked
from experiments.reports.wording import configuration, count, metric_label, metric_of, outcomes


def print_summary(
    console: Console, result: StudyResult, folder: Path, seconds: float, forecast: float | None, ui: str
) -> None:
    """Print it, one fact a line; a line longer than the terminal is the terminal's to wrap, so that it can be copied.

    Args:
        folder:   where the report is.
        seconds:  what the command took.
        forecast: what it was to take, by its first trials; None where there were too few.
        ui:       how to see the trials in MLflow's UI.
    """
    counts = outcomes(trial.reason for trial in result.trials)
    title = f"{result.study}: {count(len(result.trials), 'trial')} ({counts}) in {seconds:.0f} s"
    console.print(Text(title, style="bold"), soft_wrap=True)
    pace = (
        []
        if forecast is None
        else [("forecast", f"{forecast:.0f} s by the first {AFTER} trials, it took {seconds:.0f} s")]
    )
    for label, fact in [*facts(result), *pace, ("report", str(folder / "report.html")), ("compare trials", ui)]:
        console.print(Text.assemble((f"  {label:<21}", "dim"), fact), soft_wrap=True)


def facts(result: StudyResult) -> Iterator[tuple[str, str]]:
    """What was found, as (label, text)."""
    best = result.best
    yield "best configuration", f"trial {best.number}: {configuration(best.params, result.spec, best.epochs)}"
    default = "the default has none" if result.default is None else f"default {result.default.cv_mean:.4f}"
    metric, chosen_of = metric_of(result.spec), f"(optimistic: chosen as the best of {len(result.trials):,})"
    yield "selection score", f"{metric} {result.best.cv_mean:.4f}, {default} {chosen_of}"
    if result.analysis is not None and (chosen := result.analysis.selection) is not None:
        low, high = chosen.ci95
        of_all = f"of {chosen.pooled:.4f} over all rows at once"
        yield "corrected for that", f"{metric} {chosen.corrected:.4f}, 95% interval [{low:.4f}, {high:.4f}] ({of_all})"
    if result.test is None:
        yield "test score", "not taken: the test set is still sealed; --score takes it"
    else:
        yield from _test_facts(result.test)
    if result.ledger is not None and result.ledger.looks > 1:
        share = f"; another study saw {100 * result.ledger.largest_overlap:.3g}% of them"
        seen = share if result.ledger.largest_overlap else ""
        yield "looks at test rows", f"{result.ledger.looks} so far at these rows or some of them{seen}"


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


def _test_facts(test: LookRecord) -> Iterator[tuple[str, str]]:
    times = "once" if test.times_scored == 1 else f"{test.times_scored} times"
    low, high = test.ci95
    metric, of = metric_label(test.metric), f"({test.rows} rows, scored {times})"
    yield "test score", f"{metric} {test.score:.4f}, 95% interval [{low:.4f}, {high:.4f}] {of}"
    if plain := [f"{one.name} {one.score:.4f}" for one in test.references if one.score is not None]:
        yield "plain models", ", ".join(plain)
    if test.default is None or test.difference is None:
        yield "against the default", "not compared: the default has no score"
        return
    low, high = test.difference.ci95
    yield (
        "against the default",
        f"{metric} {test.default.score:.4f}, difference {test.difference.score:+.4f} [{low:+.4f}, {high:+.4f}], "
        f"p = {test.difference.p_value:.2g}: {test.verdict}",
    )
