"""The last lines on the terminal: what was found, how sure we are, where the rest is."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.records.results import LookRecord, StudyResult
from experiments.space import Space
from experiments.study_file import parse_spec


def print_summary(console: Console, result: StudyResult, folder: Path, ui: str) -> None:
    """Print it.

    Args:
        folder: where the report is.
        ui:     the command that shows the trials in MLflow's UI.
    """
    states = Counter(trial.reason or "complete" for trial in result.trials)
    counts = ", ".join(f"{count} {state}" for state, count in states.most_common())
    console.print()
    console.print(Text(f"{result.study}: {len(result.trials)} trials ({counts})", style="bold"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    default = "the default diverged" if result.default is None else f"default {result.default.cv_mean:.4f}"
    table.add_row("best configuration", Text(f"trial {result.best.number}: {in_words(result)}"))
    table.add_row(
        "selection score",
        f"{result.best.cv_mean:.4f}, {default}  (optimistic: the best of {len(result.trials)} is chosen by it)",
    )
    if result.test is None:
        table.add_row("test score", "not taken: the test set is still sealed (--score takes it)")
    else:
        _add_test(table, result.test)
    table.add_row("report", Text(str(folder / "report.html")))
    table.add_row("compare trials", Text(ui))
    console.print(table)


def in_words(result: StudyResult) -> str:
    """The best configuration in one line."""
    candidate = Space(parse_spec(result.spec, result.study)).candidate(result.best.params)
    layers = "-".join(map(str, candidate.hidden)) or "no hidden layer"
    others = [
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in result.best.params.items()
        if not name.startswith(("hidden_layers", "hidden_units"))
    ]
    return ", ".join([f"hidden {layers} {candidate.activation}", *others, f"{result.best.epochs} epochs"])


def ui_command(tracking_uri: str, artifacts: Path | None) -> str:
    """The command that opens MLflow's UI on a local store, or the address of a server."""
    if artifacts is None:
        return tracking_uri
    stores = ["--backend-store-uri", tracking_uri, "--artifacts-destination", str(artifacts)]
    return shlex.join(["mlflow", "ui", *stores, "--workers", "1"])


def _add_test(table: Table, test: LookRecord) -> None:
    times = "once" if test.times_scored == 1 else f"{test.times_scored} times"
    low, high = test.ci95
    table.add_row(
        "test score",
        Text(f"{test.score:.4f}  95% interval [{low:.4f}, {high:.4f}]  ({test.rows} rows, scored {times})"),
    )
    if test.default is None or test.difference is None:
        table.add_row("against the default", "not compared: the default diverged")
        return
    low, high = test.difference.ci95
    table.add_row(
        "against the default",
        Text(
            f"{test.default.score:.4f}, difference {test.difference.score:+.4f} [{low:+.4f}, {high:+.4f}], "
            f"p = {test.difference.p_value:.2g}: {test.verdict}"
        ),
    )
