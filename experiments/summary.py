"""The last lines on the terminal: what was found, how sure we are, where the rest is."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from experiments.pace import AFTER
from experiments.records.results import StudyResult
from experiments.records.uris import OFF, masked
from experiments.reports.wording_of_methods import reference_name
from experiments.space import Space
from experiments.study_file import parse_spec


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
    states = Counter(trial.reason or "complete" for trial in result.trials)
    counts = ", ".join(f"{count} {state}" for state, count in states.most_common())
    title = f"{result.study}: {len(result.trials)} trials ({counts}) in {seconds:.0f} s"
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
    yield "best configuration", f"trial {result.best.number}: {in_words(result)}"
    default = "the default has none" if result.default is None else f"default {result.default.cv_mean:.4f}"
    count = len(result.trials)
    yield "selection score", f"{result.best.cv_mean:.4f}, {default} (optimistic: chosen as the best of {count})"
    if result.analysis is not None and (chosen := result.analysis.selection) is not None:
        low, high = chosen.ci95
        of_all = f"of {chosen.pooled:.4f} over all rows at once"
        yield "corrected for that", f"{chosen.corrected:.4f}, 95% interval [{low:.4f}, {high:.4f}] ({of_all})"
    if result.test is None:
        yield "test score", "not taken: the test set is still sealed; --score takes it"
    else:
        yield from _test_facts(result)
    if result.ledger is not None and result.ledger.looks > 1:
        share = f"; another study saw {100 * result.ledger.largest_overlap:.3g}% of them"
        seen = share if result.ledger.largest_overlap else ""
        yield "looks at test rows", f"{result.ledger.looks} so far at these rows or some of them{seen}"


def in_words(result: StudyResult) -> str:
    """The best configuration in one line."""
    candidate = Space(parse_spec(result.spec, result.study)).candidate(result.best.params)
    layers = "-".join(map(str, candidate.shape.hidden)) or "none"
    others = [
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in result.best.params.items()
        if not name.startswith(("hidden_layers", "hidden_units"))
    ]
    return ", ".join([f"hidden {layers} {candidate.shape.activation}", *others, f"{result.best.epochs} epochs"])


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
    times = "once" if test.times_scored == 1 else f"{test.times_scored} times"
    low, high = test.ci95
    yield "test score", f"{test.score:.4f}, 95% interval [{low:.4f}, {high:.4f}] ({test.rows} rows, scored {times})"
    if plain := [f"{reference_name(one)} {one.score:.4f}" for one in test.references if one.score is not None]:
        yield "plain models", ", ".join(plain)
    if test.default is None or test.difference is None:
        won = result.default is not None and result.default.number == result.best.number
        why = "the winner is the default itself" if won else "the default has no score"
        yield "against the default", f"not compared: {why}"
        return
    low, high = test.difference.ci95
    yield (
        "against the default",
        f"{test.default.score:.4f}, difference {test.difference.score:+.4f} [{low:+.4f}, {high:+.4f}], "
        f"p = {test.difference.p_value:.2g}: {test.verdict}",
    )
