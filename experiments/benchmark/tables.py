"""Ten tables by `tune --data` alone, beside scikit-learn's network tuned by Optuna with as many trials.

Both see the same development rows, folds and test rows, for several splits of each table; the peer gets scikit-learn's
own preprocessing of the same kinds of columns.
"""

from __future__ import annotations

import json
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.benchmark.datasets import TABLES, write_table
from experiments.benchmark.peer_study import PeerStudy
from experiments.benchmark.studies import test_frame, tune
from experiments.benchmark.tabulate import Line
from experiments.config.default_study import own_study
from experiments.search.context import prepare_study

FEW = 1000  # rows, under which more splits are needed to tell the two apart
COLUMNS = {
    "table": "table",
    "rows": "rows:,",
    "metric": "metric",
    "splits": "splits:d",
    "this": "ours:.4f",
    "scikit-learn": "peer:.4f",
    "difference": "difference:+.4f",
    "its standard error": "standard_error:.4f",
    "worse by more than that": "worse",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each of the ten tables."""
    for name in TABLES:
        yield compare_table(name, options.trials, options.splits)


def compare_table(name: str, trials: int, splits: int | None = None) -> Line:
    """Return the mean test scores of a table over its splits, and the standard error of the mean paired difference.

    Args:
        splits: number of splits; as many as the number of rows asks for when None.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.csv"
        rows, target = write_table(name, file)
        splits = splits or (10 if rows < FEW else 5)
        tests = [_our_test(file, target, seed, trials) for seed in range(splits)]
        scores = pd.DataFrame({"ours": [test["score"] for test in tests]})
        scores["peer"] = [_peer_score(file, target, seed, trials) for seed in range(splits)]
    differences = scores["ours"] - scores["peer"]
    return {
        "table": name,
        "rows": rows,
        "metric": tests[0]["metric"],
        "splits": splits,
        **scores.mean().to_dict(),
        "difference": float(differences.mean()),
        "standard_error": float(differences.sem()),
        "worse": bool(differences.mean() < -differences.sem()),
    }


def _our_test(file: Path, target: str, seed: int, trials: int) -> dict[str, Any]:
    """Return what the command says of the test rows."""
    out = file.parent / f"study_{seed}"
    settings = ["--set", f"data.split_seed={seed}", "--set", f"search.trials={trials}"]
    tune(["--data", str(file), "--target", target, *settings, "--out", str(out)], file.parent)
    test: dict[str, Any] = json.loads((out / "results.json").read_text())["test"]
    return test


def _peer_score(file: Path, target: str, seed: int, trials: int) -> float:
    """Return the test score of scikit-learn's network: the best of so many trials, refitted on all development rows."""
    spec, _ = own_study(str(file), target, [f"data.split_seed={seed}"])
    study = prepare_study(spec)
    return float(PeerStudy.of(study, seed).tuned(trials).score(*test_frame(study)))
