"""A check of the verdict: small studies of generated data whose truth is known, from the search to the test.

Of labels that no feature says anything of, a study must not claim that tuning helped; of data on which the default is
ten points worse than what a search can reach, it must. Each study has its own rows and seed. The truth comes from
a second scoring, which no real study has, at 20,000 rows more.
"""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from rich.console import Console
from scipy.stats import binom

from experiments.benchmark import coverage
from experiments.benchmark.studies import of_seeds, searched, study_workers
from experiments.benchmark.synthetic import SPACE, Rows, curve, made_table, noise
from experiments.benchmark.tabulate import Line, print_table
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.splits.holdout import SealedTestSet
from experiments.evaluation.analysis.tested_trials import best_of, default_of, finalists_of
from experiments.evaluation.records.results import FinalScore
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.last_fit import last_fit
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.statistics.intervals import wilson_interval
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.serial import SerialExecutor
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import FinishedTrial

Made = Literal["noise", "curve"]
MAKERS: dict[Made, Callable[[np.random.Generator, int], Rows]] = {"noise": noise, "curve": curve}
DEVELOPMENT, TEST, TRUTH = 200, 400, 20_000  # rows
CLAIMED = 0.05  # share of studies of noise that may say "helped"
PLANTED = 0.9  # share of studies of a planted gain that must
DEFAULTS: dict[Made, dict[str, Any]] = {
    "noise": {"hidden_layers": 1, "hidden_units": 16, "learning_rate": 1e-2},
    "curve": {"hidden_layers": 0, "learning_rate": 5e-2},  # a linear model
}
VERDICTS = {
    "data": "made",
    "studies": "studies:d",
    "helped": "helped:d",
    "share": "share:.0%",
    "from": "ci95_low:.1%",
    "to": "ci95_high:.1%",
    "bound": "bound:.0%",
    "held": "held",
    "default better": "worse:d",
}
GAINS = {
    "data": "made",
    "selection score": "selection:+.4f",
    "test rows": "test:+.4f",
    "truth": "truth:+.4f",
    "folds' interval holds the truth": "folds_covered:.0%",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line of verdicts for each kind of made data, then the lines of `coverage`."""
    with study_workers() as executor:
        for made in MAKERS:
            yield verdict_line(made, of_seeds(executor, simulated_study, made, options.studies, options.trials))
        yield from coverage.measure_coverage(options.draws, executor)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the verdicts, then how often intervals hold the truth."""
    verdicts = [line for line in lines if "made" in line]
    print_table(console, verdicts, VERDICTS, title="Verdicts")
    console.print("share: of the studies that said that tuning helped, with its 95% interval.")
    console.print("bound: the share must be at most that for noise, and at least that for curve.")
    print_table(console, verdicts, GAINS, title=f"Mean gains over the default, beside the truth on {TRUTH:,} rows")
    console.print("folds' interval: the winner's mean over folds ± 1.96 sd/√k.")
    coverage.show([line for line in lines if "made" not in line], console)


def verdict_line(made: Made, studies: Sequence[dict[str, Any]]) -> Line:
    """Return what studies of one kind of data say together, from what `simulated_study` returns.

    Returns:
        How many said "helped" and how many "default better" (`worse`); the `share` of the first with its Wilson
        interval, its `bound` and whether it `held`; means of the gains; the share whose folds' interval covers.
    """
    frame = pd.DataFrame(studies)
    helped = int((frame["verdict"] == "helped").sum())
    share, bound = helped / len(frame), most_claims(len(frame)) if made == "noise" else PLANTED
    low, high = wilson_interval(helped, len(frame))
    return {
        "made": made,
        "studies": len(frame),
        "helped": helped,
        "worse": int((frame["verdict"] == "default better").sum()),
        "share": share,
        "ci95_low": low,
        "ci95_high": high,
        "bound": bound,
        "held": share <= bound if made == "noise" else share >= bound,
        **frame[["selection", "test", "truth", "folds_covered"]].mean().to_dict(),
    }


def most_claims(studies: int) -> float:
    """Return the share of studies that may claim a gain where none is: 5%, and what chance adds in 95 of 100 cases.

    >>> most_claims(100)
    0.09
    """
    return float(binom.ppf(0.95, studies, CLAIMED)) / studies


def simulated_study(made: Made, seed: int, trials: int) -> dict[str, Any]:
    """Run one whole study in this process: its search, refits and final score, and a score on the truth.

    Returns:
        Its `verdict`; the winner's gain over the default in `selection` score, on its `test` rows and in `truth`;
        whether the winner's mean over the folds ± 1.96 standard errors has its true score inside (`folds_covered`).
    """
    quiet_optuna()
    make = MAKERS[made]
    study = prepare_study(_spec(made, seed, trials), made_table(make, seed, DEVELOPMENT, TEST))
    finished = searched(study, SerialExecutor())
    more = SealedTestSet(*make(np.random.default_rng([seed, 1]), TRUTH))
    record, truth = (_scored(study, finished, rows) for rows in (study.data.test, more))
    best, default = best_of(finished).result, default_of(finished)
    assert default is not None
    return {
        "verdict": record.verdict,
        "selection": (best.value or 0.0) - (default.result.value or 0.0),
        "test": _gain(record),
        "truth": _gain(truth),
        "folds_covered": coverage.covers(coverage.fold_interval(best.fold_scores), truth.score),
    }


def _scored(study: StudyContext, finished: Sequence[FinishedTrial], rows: SealedTestSet) -> FinalScore:
    """Score winner and default on these rows, as a study does, with a ledger of its own."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.jsonl")
        there = replace(study, data=replace(study.data, test=rows))
        return last_fit(FinalFits(there, SerialExecutor()), finalists_of(finished), ledger, acknowledged=False).record


def _gain(record: FinalScore) -> float:
    """Return the winner's gain over the default on the test rows: 0 where the default itself won."""
    return 0.0 if record.difference is None else record.difference.score


def _spec(made: Made, seed: int, trials: int) -> StudySpec:
    document = {
        "study": {"name": f"{made}_{seed}", "seed": seed},
        "data": {"source": "given"},
        "cv": {"n_splits": 5, "metric": "accuracy"},
        "training": {"epochs": 12, "batch_size": 32, "patience": 0},
        "search": {"trials": trials, "lookahead": 4, "sampler": "tpe", "pruner": "median"},
        "space": dict(SPACE),
        "default": DEFAULTS[made],
    }
    return parse_spec(document, made)
