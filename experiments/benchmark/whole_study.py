"""The whole study against its peer.

The wall time of the whole digits study, tracking and report included, against the same search as a user would write it
with Optuna and scikit-learn: study.optimize over cross_val_score(MLPClassifier), both in one run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from experiments.benchmark.comparison import Comparison


def compare_study(trials: int, more: int) -> list[Comparison]:
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
        command = [sys.executable, "-m", "experiments.tune", str(study), "--set", f"search.trials={trials}", "--quiet"]
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


def _row(name: str, seconds: float, peer_seconds: float) -> Comparison:
    return Comparison(name, "Optuna + scikit-learn", peer_seconds / seconds, seconds, peer_seconds)
