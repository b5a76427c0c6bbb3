"""The whole study beside its peer.

The wall time of the whole digits study, tracking and report included, beside that of the same search as a user would
write it with Optuna and scikit-learn: study.optimize over cross_val_score(MLPClassifier). One run of each.
"""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from experiments.benchmark.optuna_peer import OptunaPeer
from experiments.benchmark.studies import tune
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.timing import seconds_of

COLUMNS = {
    "row": "row",
    "peer": "peer",
    "ratio": "ratio:.1f",
    "seconds": "seconds:.1f",
    "peer's seconds": "peer_seconds:.1f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield the whole study, and the marginal cost of more trials after it."""
    trials, more = options.trials, options.more
    peer = digits_peer()
    ours, theirs = seconds_of(lambda: run_study(trials)), seconds_of(lambda: peer.optimize(trials))
    yield _line(f"digits study, {trials} trials", ours, theirs)
    all_ours = seconds_of(lambda: run_study(trials + more))
    theirs = seconds_of(lambda: peer.optimize(more))
    yield _line(f"digits study, trials {trials + 1} to {trials + more}", all_ours - ours, theirs)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the seconds and their ratio."""
    print_table(console, lines, COLUMNS, labels=2)


def run_study(trials: int) -> None:
    """Run the tune command on the digits study in an empty folder."""
    study = Path("studies/digits.toml").absolute()
    with tempfile.TemporaryDirectory() as folder:
        tune([str(study), "--set", f"search.trials={trials}", "--out", f"{folder}/digits"], Path(folder))


def digits_peer() -> OptunaPeer:
    """Return the same search by Optuna and scikit-learn, which has not begun.

    It has the same folds, epochs, batch size and space, but for dropout, which scikit-learn lacks; no tracking, no
    report.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import StratifiedKFold, train_test_split
    from sklearn.neural_network import MLPClassifier

    features, labels = load_digits(return_X_y=True)
    x, _, y, _ = train_test_split(features / 16, labels, test_size=0.2, stratify=labels, random_state=0)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return OptunaPeer(lambda network: MLPClassifier(**network), x, y, folds)


def _line(row: str, seconds: float, peer_seconds: float) -> Line:
    return {
        "row": row,
        "peer": "Optuna + scikit-learn",
        "ratio": peer_seconds / seconds,
        "seconds": seconds,
        "peer_seconds": peer_seconds,
    }
