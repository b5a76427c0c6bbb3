"""The network benchmark: every row of data beside every peer, each measured in a process of its own."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console

from experiments.benchmark.cases import FOLDS, ROWS
from experiments.benchmark.measure import measure, prepare
from experiments.benchmark.peers import FLOOR, NUMPY, OURS, peers
from experiments.benchmark.studies import study_arithmetic
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.timing import measure_in_turn
from experiments.search.arithmetic import environment_of, processor
from experiments.search.compiled.fill import compile_now
from experiments.search.compiled.load import SWITCH

COLUMNS = {
    "row": "row",
    "peer": "peer",
    "ratio": "ratio:.2f",
    "s": "seconds:.3f",
    "peer's s": "peer_seconds:.3f",
    "peak MB": "peak_mb:.0f",
    "peer's MB": "peer_peak_mb:.0f",
}
NOTES = (
    f"{FOLDS} folds each, Adam, one BLAS thread; medians of repeated pairs, each in a process of its own.",
    "ratio: how many times faster than the peer; for the floor, the share of our time that it is.",
    "itself, without Numba: this network with all passes by NumPy.",
    "itself, native: this network with the fastest kernel of this machine, as the peers have it.",
    "floor: the network's matrix products alone.",
    "Peers train the folds one after the other. All in float32, but scikit-learn gets what its loaders give,",
    "float64 in digits and tabular; it has no dropout and runs wide without.",
    "Peak memory is the whole process's, interpreter and data included.",
)


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each row and peer."""
    compile_now()
    for name, file in prepare(ROWS[name] for name in options.rows):
        for peer in peers():
            yield compare(name, peer, options.repeats, partial(_measured, file=file))


def _measured(trainer: str, file: Path) -> Line:
    """Measure a trainer: ours and the floor with the arithmetic of a study, others with the fastest kernel."""
    arithmetic = study_arithmetic() if trainer in (OURS, FLOOR, NUMPY) else environment_of("native", processor())
    return measure(trainer, file, {**arithmetic, SWITCH: "0"} if trainer == NUMPY else arithmetic)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the table and what its columns mean."""
    print_table(console, lines, COLUMNS, section="row")
    titles = [ROWS[name].title for name in dict.fromkeys(line["row"] for line in lines)]
    console.print(*titles, _machine(lines), *NOTES, sep="\n")
    if "pytorch" not in peers():
        console.print("PyTorch is not installed here and was left out.")


def _machine(lines: Sequence[Line]) -> str:
    """Name the processor and the BLAS kernels."""
    ours, peers = (
        lines[0]["kernel"] or "unknown",
        sorted({line["peer_kernel"] for line in lines if line["peer"] != FLOOR}),
    )
    kernels = f"BLAS kernel {ours}" + (f", of the peers {' and '.join(peers)}" if peers and peers != [ours] else "")
    return f"{processor().model or 'Unknown processor'}; {kernels}."


def compare(row: str, peer: str, repeats: int, measure: Callable[[str], Line]) -> Line:
    """Return the medians of pairs of measurements, and the median of the pairs' ratios.

    Args:
        measure: name of a trainer -> one measurement.
    """
    pairs = measure_in_turn(repeats, partial(measure, OURS), partial(measure, peer))

    def middle(side: int, key: str) -> float:
        return float(median(pair[side][key] for pair in pairs))

    return {
        "row": row,
        "peer": peer,
        "ratio": ratio_of([(ours["seconds"], theirs["seconds"]) for ours, theirs in pairs], peer),
        "seconds": middle(0, "seconds"),
        "peer_seconds": middle(1, "seconds"),
        "peak_mb": middle(0, "peak_mb"),
        "peer_peak_mb": None if peer == FLOOR else middle(1, "peak_mb"),
        "kernel": pairs[0][0]["kernel"],
        "peer_kernel": pairs[0][1]["kernel"],
    }


def ratio_of(pairs: Sequence[tuple[float, float]], peer: str) -> float:
    """Return how many times faster than the peer we are: the median over pairs of seconds, ours and the peer's.

    >>> ratio_of([(1.0, 3.0), (1.0, 2.0), (1.0, 9.0)], "pytorch")
    3.0

    Nobody is faster than the floor; a pair that says so was disturbed.

    >>> ratio_of([(1.0, 0.8), (1.0, 1.1), (1.0, 1.2)], "floor")
    1.0
    """
    ratio = median(peer_seconds / seconds for seconds, peer_seconds in pairs)
    return min(ratio, 1.0) if peer == FLOOR else ratio
