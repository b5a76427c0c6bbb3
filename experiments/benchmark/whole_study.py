"""The whole study beside its peer.

The wall time of the whole digits study, tracking and report included, beside that of the same search as a user would
write it with Optuna and scikit-learn: study.optimize over cross_val_score(MLPClassifier). One run of each.
"""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from experiments.benchmark.optuna_peer import OptunaPeer
from experiments.benchmark.tabulate import Line
from experiments.benchmark.timing import seconds_of
from experiments.benchmark.tracking import STUDY, run_study

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
    ours, theirs = seconds_of(lambda: run_digits(trials)), seconds_of(lambda: peer.optimize(trials))
    yield _line(f"digits study, {trials} trials", ours, theirs)
    all_ours = seconds_of(lambda: run_digits(trials + more))
    theirs = seconds_of(lambda: peer.optimize(more))
    yield _line(f"digits study, trials {trials + 1} to {trials + more}", all_ours - ours, theirs)


def run_digits(trials: int) -> None:
    """Run the tune command on the digits study in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        run_study(Path(folder), STUDY, trials, tracked=True)


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
