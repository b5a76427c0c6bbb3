"""The plan as text: the resolved study, then one fact a line, readable in 80 columns."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.config.space import Space
from experiments.config.toml import study_file
from experiments.evaluation.statistics import wilson_interval
from experiments.reports.run_info import times
from experiments.study.forecast.plan import Plan
from experiments.tracking.uris import masked

ASSUMED = (0.8, 0.9, 0.95, 0.99)  # accuracies for which the test interval is foretold


def print_plan(console: Console, plan: Plan) -> None:
    """The resolved study, and then one fact a line."""
    console.print(Text(study_file(plan.spec.to_document())), soft_wrap=True)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, fact in facts(plan):
        table.add_row(Text(label), Text(fact))
    console.print(table)


def facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """The plan's facts, as (label, text)."""
    spec, data, search = plan.spec, plan.data, plan.spec.search
    what = f"{len(data.target.classes)} classes" if data.target.classes else "a number to predict"
    yield "data", f"{data.name}: {data.rows} rows, {data.features} features, {what}"
    development = len(data.development.y)
    yield "split", f"{development} rows to learn from in {len(data.folds.pairs)} folds, {len(data.test)} test rows"
    yield "searched", dimensions(plan.space)
    planned = plan.options.planned
    trials = f"{search.trials} trials" if planned is None else f"a try of {search.trials} of {planned} trials"
    asked = f"{trials}, {search.lookahead} in flight, {plan.options.workers} workers"
    left = search.trials - plan.told
    yield "search", asked + (f"; {plan.told} are told, {left} to go" if plan.told else "")
    ends = [f"{search.patience} trials without a gain"] if search.patience else []
    ends += [f"{search.budget_minutes:g} minutes, over all runs"] if search.budget_minutes else []
    if ends:
        yield "", f"it ends sooner after {' or '.join(ends)}"
    yield from _costs(plan)
    yield "test interval", interval_widths(spec.cv.metric, len(data.test))
    yield "test rows", _looks(plan)
    yield from _places(plan)
    yield "", f"planned in {plan.took:.1f} s; no trial was run and nothing was written"


def interval_widths(metric: str, rows: int) -> str:
    """What can be said of the test score's interval before there is a score.

    >>> interval_widths("accuracy", 360)
    '95% Wilson, ±0.041 if the accuracy is 0.8; ±0.031 at 0.9; ±0.023 at 0.95; ±0.012 at 0.99'
    """
    if metric != "accuracy":
        return f"95% by bootstrap: its width depends on how {metric} varies over the {rows} rows, and is not known yet"
    halves = [(high - low) / 2 for low, high in (wilson_interval(round(one * rows), rows) for one in ASSUMED)]
    more = [f"±{half:.3f} at {one:g}" for one, half in zip(ASSUMED[1:], halves[1:], strict=True)]
    return "; ".join([f"95% Wilson, ±{halves[0]:.3f} if the accuracy is {ASSUMED[0]:g}", *more])


def _costs(plan: Plan) -> Iterator[tuple[str, str]]:
    it = plan.forecast
    low, high = it.range
    parts = f"start {it.start:.1f}, search {_time(it.search)}, the rest {_time(it.finish)}"
    yield "time", f"about {_time(it.seconds)} ({_time(low)} to {_time(high)}): {parts}"
    horizon = plan.spec.training.epochs
    pruned = f", {it.pruned:.0%} of the trials pruned early" if it.pruned else ""
    yield (
        "",
        (
            f"from {plan.timed} configurations timed in the workers (BLAS {plan.kernel or 'unnamed'}), and assuming "
            f"{it.epochs:.0f} of {horizon} epochs a trial{pruned}"
        ),
    )
    yield "memory", f"about {_size(it.memory)} in all processes"
    yield (
        "disk",
        f"about {_size(sum(it.disk.values()))}: "
        + ", ".join(f"{name} {_size(size)}" for name, size in it.disk.items()),
    )


def _looks(plan: Plan) -> str:
    past, ledger = plan.past, plan.ledger
    if not past.looks:
        return f"no study of {ledger} has scored them"
    seen = f"scored {times(past.looks)}, all or some of them, by the studies of {ledger}"
    if past.largest_overlap:
        seen += f", other studies saw up to {past.largest_overlap:.0%}"
    if past.own:
        seen += f"; {past.own} by this study, which cannot look again after another number of trials"
    return seen


def _places(plan: Plan) -> Iterator[tuple[str, str]]:
    options = plan.options
    running = " (another command is running it now)" if plan.running else ""
    yield "folder", f"{options.folder}{running}"
    yield "MLflow", _near(masked(options.tracking_uri))
    if options.artifacts is not None:
        yield "artifacts", _near(str(options.artifacts))
    yield "ledger", "not written: the test set stays sealed" if options.look == "leave" else str(options.ledger)


def _near(place: str) -> str:
    """The place with paths from here, where it lies here."""
    return place.replace(f"{Path.cwd()}{os.sep}", "")


def _time(seconds: float) -> str:
    """
    >>> _time(4.21), _time(75), _time(8000)
    ('4.2 s', '1.2 min', '2.2 h')
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def _size(count: int) -> str:
    """
    >>> _size(900), _size(1_840_000), _size(2_500_000_000)
    ('0.9 kB', '1.8 MB', '2.5 GB')
    """
    for limit, unit in ((1e9, "GB"), (1e6, "MB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count / 1e3:.1f} kB"


def dimensions(space: Space) -> str:
    """How many parameters are searched, and how many of them matter."""
    drawn = {name: one for name, one in space.distributions.items() if not one.single()}
    sizes = sum(name.startswith("hidden_units_") for name in drawn)
    least = len(drawn) - (sizes - min(sizes, _fewest_layers(drawn["hidden_layers"])) if "hidden_layers" in drawn else 0)
    matter = "all of which matter" if least == len(drawn) else f"of which {least} to {len(drawn)} matter in a trial"
    return f"{len(drawn)} drawn, {matter}"


def _fewest_layers(distribution: BaseDistribution) -> int:
    if isinstance(distribution, CategoricalDistribution):
        return min(int(str(one)) for one in distribution.choices)
    assert isinstance(distribution, IntDistribution)
    return distribution.low
