"""What tracking costs: the whole digits study with MLflow and without, in pairs.

Both write the same files; with tracking, the local database is there already, as it is after the first study.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

STUDY = Path(__file__).parents[2] / "studies" / "digits.toml"


@dataclass(frozen=True)
class TrackingCost:
    """What the same study takes with and without tracking.

    row:      the study.
    seconds:  of the whole command with tracking, the median.
    without:  and without.
    ratio:    the median of the pairs' ratios, with to without.
    """

    row: str
    seconds: float
    without: float
    ratio: float


def tracking_cost(trials: int, repeats: int, study: Path = STUDY) -> TrackingCost:
    """Measure pairs; which of the two is first alternates, so that a machine that warms up favours neither."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        seconds_of(place, study, trials, tracked=True)  # makes the database
        pairs = []
        for number in range(repeats):
            order = (True, False) if number % 2 else (False, True)
            seconds = {tracked: seconds_of(place, study, trials, tracked) for tracked in order}
            pairs.append((seconds[True], seconds[False]))
    return cost_of(f"{study.stem} study, {trials} trials", pairs)


def cost_of(row: str, pairs: Sequence[tuple[float, float]]) -> TrackingCost:
    """The medians of pairs of seconds, with tracking and without.

    >>> cost_of("digits", [(12.0, 10.0), (11.0, 10.0), (30.0, 20.0)])
    TrackingCost(row='digits', seconds=12.0, without=10.0, ratio=1.2)
    """
    return TrackingCost(
        row,
        median(tracked for tracked, _ in pairs),
        median(untracked for _, untracked in pairs),
        median(tracked / untracked for tracked, untracked in pairs),
    )


def seconds_of(place: Path, study: Path, trials: int, tracked: bool) -> float:
    """Seconds of the tune command in a new folder of the place, as a process."""
    out = place / "study"
    shutil.rmtree(out, ignore_errors=True)
    store = f"sqlite:///{place}/mlruns/mlflow.db" if tracked else "none"
    command = [sys.executable, "-m", "experiments.tune", str(study), "--set", f"search.trials={trials}", "--quiet"]
    start = time.perf_counter()
    subprocess.run([*command, "--out", str(out), "--tracking-uri", store], cwd=place, check=True)
    return time.perf_counter() - start
