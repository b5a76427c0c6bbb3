"""Benchmarks from the command line: python -m experiments.benchmark study

study: the wall time of the whole digits study, tracking and report included, against the same search as a user would
write it with Optuna and scikit-learn: study.optimize over cross_val_score(MLPClassifier), both in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

MORE_TRIALS = 100


@dataclass(frozen=True)
class Row:
    """One comparison: seconds here, seconds of the peer, and how many times faster that is."""

    row: str
    peer: str
    ratio: float
    seconds: float
    peer_seconds: float


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    it = argparse.ArgumentParser(prog="python -m experiments.benchmark", description="Benchmarks against peers.")
    it.add_argument("what", choices=["study"], help="the whole digits study against Optuna with scikit-learn")
    it.add_argument("--trials", type=int, default=40, metavar="N", help="trials of the study (default: 40)")
    it.add_argument("--more", type=int, default=MORE_TRIALS, metavar="N", help="trials after those (default: 100)")
    it.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    chosen = parser().parse_args(arguments)
    rows = study_rows(chosen.trials, chosen.more)
    table = Table("row", "peer", "ratio", "seconds", "peer's seconds")
    for row in rows:
        table.add_row(row.row, row.peer, f"{row.ratio:.1f}", f"{row.seconds:.1f}", f"{row.peer_seconds:.1f}")
    Console().print(table)
    if chosen.json is not None:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 0


def study_rows(trials: int, more: int) -> list[Row]:
    """The whole study, and the marginal cost of more trials after it."""
    ours = whole_command(trials), whole_command(trials + more)
    first, marginal = peer_search(trials, more)
    return [
        _row(f"digits study, {trials} trials", ours[0], first),
        _row(f"digits study, trials {trials + 1} to {trials + more}", ours[1] - ours[0], marginal),
    ]


def whole_command(trials: int) -> float:
    """Seconds of the tune command on the digits study in an empty folder, as a process."""
    study = Path("studies/digits.toml").absolute()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments.tune", str(study), "--trials", str(trials), "--quiet"]
        start = time.perf_counter()
        subprocess.run([*command, "--out", f"{folder}/digits"], cwd=folder, check=True)
        return time.perf_counter() - start


def peer_search(trials: int, more: int) -> tuple[float, float]:
    """Seconds of the first trials, and of the further ones, of the same search by Optuna and scikit-learn.

    The same folds, epochs, batch size and space, but for dropout, which scikit-learn has not; no tracking, no report.
    """
    import optuna
    from sklearn.datasets import load_digits
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
    from sklearn.neural_network import MLPClassifier

    features, labels = load_digits(return_X_y=True)
    x, _, y, _ = train_test_split(features / 16, labels, test_size=0.2, stratify=labels, random_state=0)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def objective(trial: optuna.Trial) -> float:
        layers = trial.suggest_int("hidden_layers", 1, 3)
        model = MLPClassifier(
            [trial.suggest_int(f"hidden_units_{layer}", 16, 256, log=True) for layer in range(1, layers + 1)],
            learning_rate_init=trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True),
            alpha=trial.suggest_float("l2", 1e-6, 1e-1, log=True),
            batch_size=32,
            max_iter=60,
            random_state=0,
        )
        return float(cross_val_score(model, x, y, cv=folds, n_jobs=jobs).mean())

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    os.environ["PYTHONWARNINGS"] = "ignore"  # the workers': 60 epochs end before scikit-learn's own criterion
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
    seconds = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for count in (trials, more):
            start = time.perf_counter()
            study.optimize(objective, n_trials=count)
            seconds.append(time.perf_counter() - start)
    return seconds[0], seconds[1]


def _row(name: str, seconds: float, peer_seconds: float) -> Row:
    return Row(name, "Optuna + scikit-learn", peer_seconds / seconds, seconds, peer_seconds)


if __name__ == "__main__":
    sys.exit(main())
