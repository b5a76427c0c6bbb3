"""The runs of the network benchmark: prepare the rows, measure, print, write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from experiments.benchmark.cases import Row
from experiments.benchmark.comparison import Compared, compare, write_json
from experiments.benchmark.measure import measure, measure_profile, prepare
from experiments.benchmark.peers import peers
from experiments.benchmark.render import NOTES, network_table, profile_table, wide_console
from experiments.search.executors.base import blas_kernel
from nnet.blas import computing_environment, cpu_flags


def run_table(rows: Sequence[Row], repeats: int, json: Path | None) -> None:
    """Every row against every peer."""
    found: list[tuple[Row, Compared]] = []
    environment, console = workers_environment(), wide_console()
    with tempfile.TemporaryDirectory() as folder, console.status("") as status:
        for row in rows:
            home = Path(folder) / row.name
            prepare(row, home)
            for peer in peers():
                status.update(f"{row.name}: {peer}")
                one = compare(row.name, peer, repeats, partial(measure, folder=home, environment=environment))
                found.append((row, one))
    console.print(network_table(found))
    console.print("\n".join([f"BLAS kernel: {found[0][1].kernel or 'unknown'}.", *NOTES]))
    if "pytorch" not in peers():
        console.print("PyTorch is not installed here and was left out.")
    if json is not None:
        write_json([one.comparison for _, one in found], json)


def run_profiles(rows: Sequence[Row]) -> None:
    """Where the time of each row's step goes."""
    environment, console = workers_environment(), wide_console()
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            home = Path(folder) / row.name
            prepare(row, home)
            console.print(profile_table(row, measure_profile(home, environment)))
    console.print("Microseconds of a step of all folds; dense layers beside their matrix products run alone.")


def workers_environment() -> Mapping[str, str]:
    """What the platform's workers get: one BLAS thread, and the faster kernel where it is safe."""
    return computing_environment(blas_kernel(), cpu_flags(), os.environ)
