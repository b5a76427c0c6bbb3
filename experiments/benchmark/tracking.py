"""The cost of tracking: the whole digits study with MLflow and without, in pairs.

Both write the same files. The local database exists already when the pairs begin, as it does after a first study.
"""

from __future__ import annotations

import shutil
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from experiments.benchmark.studies import tune
from experiments.benchmark.tabulate import Line
from experiments.benchmark.timing import measure_in_turn, seconds_of

STUDY = Path(__file__).parents[2] / "studies" / "digits.toml"
COLUMNS = {"row": "row", "with tracking, s": "seconds:.1f", "without, s": "without:.1f", "ratio": "ratio:.2f"}


def run(options: Namespace) -> Iterator[Line]:
    """Yield the median seconds of the command with tracking and without, and the median ratio of the pairs.

    The first study, which makes the database, is not counted.
    """
    with tempfile.TemporaryDirectory() as folder:
        study = partial(run_study, Path(folder).resolve(), STUDY, options.trials)
        study(tracked=True)
        pairs = measure_in_turn(
            options.repeats,
            partial(seconds_of, partial(study, tracked=False)),
            partial(seconds_of, partial(study, tracked=True)),
        )
    yield {
        "row": f"{STUDY.stem} study, {options.trials} trials",
        "seconds": median(tracked for _, tracked in pairs),
        "without": median(untracked for untracked, _ in pairs),
        "ratio": median(tracked / untracked for untracked, tracked in pairs),
    }


def run_study(place: Path, study: Path, trials: int, tracked: bool) -> None:
    """Run the tune command in a new folder of the place."""
    out = place / "study"
    shutil.rmtree(out, ignore_errors=True)
    store = f"sqlite:///{place}/mlruns/mlflow.db" if tracked else "none"
    tune([str(study), "--set", f"search.trials={trials}", "--out", str(out), "--tracking-uri", store], place)
