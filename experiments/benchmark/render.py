"""The tables as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from experiments.benchmark.cases import FOLDS, Row
from experiments.benchmark.comparison import Compared, Comparison
from experiments.benchmark.coverage import EXPECTED, CoverageRow
from experiments.benchmark.overhead import Cost
from experiments.benchmark.profile import Part
from experiments.benchmark.pruners import PrunerRow
from experiments.benchmark.tables import TableRow
from experiments.benchmark.tracking import TrackingCost
from experiments.benchmark.verdicts import HonestyRow

NOTES = (
    f"{FOLDS} folds each, Adam, one BLAS thread; medians of repeated pairs, each in a process of its own.",
    "floor: the network's matrix products alone, and the share of our time that they are.",
    "Peers train the folds one after the other. All in float32, but scikit-learn gets what its loaders give,",
    "float64 in digits and tabular; it has no dropout and runs without.",
    "Peak memory is the whole process's, interpreter and data included.",
)


def network_table(compared: Sequence[tuple[Row, Compared]]) -> Table:
    """One line a row and peer."""
    table = Table("row", "peer", *(_right(name) for name in ("ratio", "s", "peer's s", "peak MB", "peer's MB")))
    last = ""
    for row, one in compared:
        it = one.comparison
        if last and last != it.row:
            table.add_section()
        ratio = f"{it.ratio:.0%} of it" if it.peer == "floor" else f"{it.ratio:.1f}×"
        peer_peak = "" if it.peer == "floor" else f"{one.peer_peak_mb:.0f}"
        table.add_row(
            "" if it.row == last else row.title,
            it.peer + (", no dropout" if row.dropout and it.peer == "scikit-learn" else ""),
            ratio,
            f"{it.seconds:.3f}",
            f"{it.peer_seconds:.3f}",
            f"{one.peak_mb:.0f}",
            peer_peak,
        )
        last = it.row
    return table


def profile_table(row: Row, parts: Sequence[Part]) -> Table:
    """The parts of a row's step."""
    table = Table("part", _right("µs"), _right("share"), _right("its products, µs"), title=row.title)
    whole = parts[-1].microseconds
    for part in parts:
        if part is parts[-1]:
            table.add_section()
        products = "" if part.products is None else f"{part.products:.1f}"
        table.add_row(part.name, f"{part.microseconds:.1f}", f"{part.microseconds / whole:.0%}", products)
    return table


def study_table(comparisons: Sequence[Comparison]) -> Table:
    """The whole-study comparison."""
    table = Table("row", "peer", *(_right(name) for name in ("ratio", "seconds", "peer's seconds")))
    for it in comparisons:
        table.add_row(it.row, it.peer, f"{it.ratio:.1f}", f"{it.seconds:.1f}", f"{it.peer_seconds:.1f}")
    return table


def tracking_table(cost: TrackingCost) -> Table:
    """What tracking adds to a study."""
    table = Table("row", *(_right(name) for name in ("with tracking, s", "without, s", "ratio")))
    table.add_row(cost.row, f"{cost.seconds:.1f}", f"{cost.without:.1f}", f"{cost.ratio:.2f}")
    return table


def coordinator_table(costs: Sequence[Cost]) -> Table:
    """The coordinator's time a trial, beside Optuna's."""
    names = ("trials", "coordinator, ms", "sampler alone, ms", "beyond it, ms", "Optuna's optimize, ms")
    table = Table(*map(_right, names))
    for it in costs:
        milliseconds = (it.ours, it.sampler, it.ours - it.sampler, it.optuna)
        table.add_row(f"{it.trials:,}", *(f"{one:.1f}" for one in milliseconds))
    return table


def pruner_table(rows: Sequence[PrunerRow]) -> Table:
    """What pruning saves, study by study."""
    columns = ("best cv_mean", "pruned", "epochs", "s", "epochs to target", "s to target")
    table = Table("study", "pruner", *(_right(name) for name in columns))
    last = ""
    for it in rows:
        if last and last != it.study:
            table.add_section()
        table.add_row(
            "" if it.study == last else it.study,
            it.pruner,
            f"{it.score:.4f}",
            f"{it.pruned:.0%}",
            f"{it.epochs:.0f}",
            f"{it.seconds:.1f}",
            f"{it.epochs_to_target:.0f}",
            f"{it.seconds_to_target:.1f}",
        )
        last = it.study
    return table


def tables_table(rows: Sequence[TableRow]) -> Table:
    """Own data against a tuned scikit-learn, table by table."""
    names = ("rows", "metric", "splits", "this", "scikit-learn", "difference", "its standard error")
    table = Table("table", *map(_right, names), "worse by more than that")
    for it in rows:
        table.add_row(
            it.table,
            f"{it.rows:,}",
            it.metric,
            str(it.splits),
            f"{it.ours:.4f}",
            f"{it.peer:.4f}",
            f"{it.difference:+.4f}",
            f"{it.standard_error:.4f}",
            "yes" if it.worse else "no",
        )
    return table


def honesty_table(rows: Sequence[HonestyRow]) -> Table:
    """What studies of made data said, a column each."""
    table = Table("studies of", *(_right(row.made) for row in rows), title="Verdicts, beside the truth on 20,000 rows")
    lines = {
        "studies": [f"{row.studies}" for row in rows],
        "said that tuning helped": [f"{row.helped}" for row in rows],
        "  share of them, 95% interval": [
            f"{row.helped / row.studies:.0%} [{row.ci95[0]:.1%}, {row.ci95[1]:.1%}]" for row in rows
        ],
        "  wanted": [f"{'≤' if row.made == 'noise' else '≥'} {row.bound:.0%}" for row in rows],
        "  held": ["yes" if row.held else "no" for row in rows],
        "said that the default is better": [f"{row.worse}" for row in rows],
        "gain in selection score, mean": [f"{row.selection:+.4f}" for row in rows],
        "gain on the test rows, mean": [f"{row.test:+.4f}" for row in rows],
        "true gain, mean": [f"{row.truth:+.4f}" for row in rows],
        "winner's mean over folds ± 1.96 sd/√k holds its true score": [f"{row.folds_covered:.0%}" for row in rows],
    }
    for name, cells in lines.items():
        table.add_row(name, *cells)
    return table


def coverage_table(rows: Sequence[CoverageRow]) -> Table:
    """How often intervals hold the truth; the last row is all draws."""
    names = ("draws", "true accuracy", "lowest", "highest", "Wilson", "bootstrap", "folds", "folds, procedure")
    table = Table("best rule", *map(_right, names), title="Shares of 95% intervals that hold the truth")
    for row in rows:
        if row.best is None:
            table.add_section()
        table.add_row(
            "all" if row.best is None else f"{row.best:.2f}",
            f"{row.draws:,}",
            *(f"{one:.3f}" for one in (row.accuracy, row.lowest, row.highest)),
            *(f"{one:.1%}" for one in (row.wilson, row.bootstrap, row.fold_model, row.fold_procedure)),
        )
    return table


def coverage_notes(everything: CoverageRow) -> tuple[str, ...]:
    """What the columns of the table are, and whether Wilson's interval keeps its promise over all draws."""
    low, high = EXPECTED
    share, (least, most) = everything.wilson, everything.ci95
    return (
        "bootstrap: of the mean log-likelihood. folds: mean ± 1.96 sd/√k of five folds, for the accuracy of the model",
        "that is refitted on all rows; procedure: for the mean accuracy of all models trained so.",
        f"Wilson, all draws: {share:.1%} [{least:.1%}, {most:.1%}], {low:.1%} to {high:.1%} wanted: "
        f"{'held' if everything.held else 'not held'}.",
    )


def wide_console() -> Console:
    """Lines are not cut, however narrow the terminal or pipe."""
    width = Console().width
    return Console(width=max(width, 110), highlight=False)


def _right(name: str) -> Column:
    return Column(name, justify="right")
