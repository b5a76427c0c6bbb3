"""The coverage of nested cross-validation's interval: small nested studies of generated data whose truth is known.

Each study has its own rows and seed. Its interval is compared with the mean true score of the models that the procedure
makes, of as many rows as the study has and of as many as an outer search has, and with the true score of the model that
is kept. True scores come from 20,000 rows more. Beside it stand an interval that takes all rows for one test set
(Wilson), and that of the folds' scores, mean ± 1.96 sd/√k.
"""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from experiments.benchmark.coverage import covers, fold_interval
from experiments.benchmark.studies import final_outputs, of_seeds, searched, study_workers
from experiments.benchmark.synthetic import made_table
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.verdicts import DEFAULTS, MAKERS, Made
from experiments.config.outer import outer_study
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.table import Table
from experiments.evaluation.analysis.tested_trials import best_of, finalists_of
from experiments.evaluation.records.outer_record import OuterFold
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.scoring.outer_fit import OuterFits, outer_fit
from experiments.evaluation.statistics.intervals import wilson_interval
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.serial import SerialExecutor
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import FinishedTrial
from nnet.metrics import score_of

ROWS, FOLDS, TRUTH = 120, 5, 20_000
WANTED = 0.88  # share of the studies whose interval must hold the procedure's true score
INTERVALS = ("nested", "wilson", "folds")
COLUMNS = {
    "data": "made",
    "studies": "studies:d",
    "true score": "truth:.4f",
    "on fewer rows": "truth_on_fewer:.4f",
    "nested score": "score:.4f",
    "half-width": "half_width:.3f",
    "interval": "nested:.1%",
    "on fewer": "nested_on_fewer:.1%",
    "of the model": "nested_of_model:.1%",
    "Wilson": "wilson:.1%",
    "folds": "folds:.1%",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each kind of made data, and a line for all."""
    found: dict[Made, list[dict[str, Any]]] = {}
    with study_workers() as executor:
        for made in MAKERS:
            found[made] = of_seeds(executor, nested_study, made, options.studies, options.trials)
            yield coverage_line(made, found[made])
    yield from together([coverage_line(made, studies) for made, studies in found.items()])


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the shares and what they are shares of; the last line is all studies."""
    print_table(console, lines, COLUMNS, title="Shares of nominal 95% intervals that hold the procedure's true score")
    everything = lines[-1]
    low, high = everything["ci95_low"], everything["ci95_high"]
    console.print(
        f"true score: mean of the kept models', of {ROWS} rows each, on {TRUTH:,} rows more; on fewer rows: of those",
        "of the outer folds. interval: that of nested cross-validation. of the model: it holds that of its kept model.",
        "Wilson: all rows as one test set. folds: mean ± 1.96 sd/√k of the outer scores.",
        f"interval, all studies: {everything['nested']:.1%} [{low:.1%}, {high:.1%}], at least {WANTED:.0%} wanted: "
        f"{'held' if everything['held'] else 'not held'}.",
        sep="\n",
    )


def coverage_line(made: Made, studies: Sequence[dict[str, Any]]) -> Line:
    """Return what nested studies of one kind of data say together, from what `nested_study` returns.

    Returns:
        The mean true scores of the kept models (`truth`) and of those of the outer folds (`truth_on_fewer`), the mean
        nested `score` and `half_width`; the shares of the intervals that hold the first (`nested`, `wilson`, `folds`),
        the second (`nested_on_fewer`) and the true score of the study's own model (`nested_of_model`).
    """
    frame = pd.DataFrame(studies)
    truth, fewer = float(frame["kept"].mean()), float(frame["outer"].mean())
    shares = {name: float(np.mean([covers(one, truth) for one in frame[name]])) for name in INTERVALS}
    return _judged(
        {
            "made": made,
            "studies": len(frame),
            "truth": truth,
            "truth_on_fewer": fewer,
            "score": float(frame["score"].mean()),
            "half_width": float(np.mean([(high - low) / 2 for low, high in frame["nested"]])),
            **shares,
            "nested_on_fewer": float(np.mean([covers(one, fewer) for one in frame["nested"]])),
            "nested_of_model": float(
                np.mean([covers(one, kept) for one, kept in zip(frame["nested"], frame["kept"], strict=True)])
            ),
        }
    )


def together(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the line of all studies, as the means of the others by their number of studies."""
    weights = [line["studies"] for line in lines]
    names = [name for name in lines[0] if name not in ("made", "studies", "held", "ci95_low", "ci95_high")]
    means = {name: float(np.average([line[name] for line in lines], weights=weights)) for name in names}
    yield _judged({"made": "all", "studies": sum(weights), **means})


def _judged(line: Line) -> Line:
    low, high = wilson_interval(round(line["nested"] * line["studies"]), line["studies"])
    return {**line, "ci95_low": low, "ci95_high": high, "held": line["nested"] >= WANTED}


def nested_study(made: Made, seed: int, trials: int) -> dict[str, Any]:
    """Run one nested study in this process: all searches, the last fit, and true scores of its models.

    Returns:
        Its nested `score`; the intervals `nested`, `wilson` and `folds`; the true score of the `kept` model, and the
        mean true score of the models of the `outer` folds.
    """
    quiet_optuna()
    spec, table = _spec(made, seed, trials), made_table(MAKERS[made], seed, ROWS, 0)
    fits, trials_of_all = _searched(spec, table)
    outer = list[OuterFits]()
    for fold in range(1, FOLDS + 1):
        of_fold, finished = _searched(outer_study(spec, fold), table)
        outer.append(OuterFits(of_fold, finalists_of(finished), _record(of_fold.study, finished), None))
    with tempfile.TemporaryDirectory() as folder:
        scored = outer_fit(
            fits, finalists_of(trials_of_all), None, outer, Ledger(Path(folder) / "ledger.jsonl"), acknowledged=False
        )
    assert scored.outer is not None
    x, y = MAKERS[made](np.random.default_rng([seed, 1]), TRUTH)

    def truth(of: FinalFits, trial: FinishedTrial) -> float:
        return score_of("accuracy")(final_outputs(of, trial, x), y)

    record = scored.record
    return {
        "score": record.score,
        "nested": record.ci95,
        "wilson": wilson_interval(round(record.score * record.rows), record.rows),
        "folds": fold_interval([fold.score or 0.0 for fold in scored.outer.folds]),
        "kept": truth(fits, best_of(trials_of_all)),
        "outer": float(np.mean([truth(one.fits, one.finalists[0]) for one in outer])),
    }


def _searched(spec: StudySpec, table: Table) -> tuple[FinalFits, list[FinishedTrial]]:
    study, executor = prepare_study(spec, table), SerialExecutor()
    return FinalFits(study, executor), searched(study, executor)


def _record(study: StudyContext, finished: Sequence[FinishedTrial]) -> OuterFold:
    best, data = best_of(finished), study.data
    return OuterFold(
        development=len(data.development.y),
        rows=len(data.test),
        test_fingerprint=data.test.fingerprint,
        digest="",
        trials=len(finished),
        number=best.result.number,
        params=dict(best.params),
        epochs=best.result.epochs,
        cv_mean=best.result.value or 0.0,
    )


def _spec(made: Made, seed: int, trials: int) -> StudySpec:
    document = {
        "study": {"name": f"{made}_{seed}", "seed": 1000 * seed},  # outer studies have the seeds that follow
        "data": {"source": "given"},
        "cv": {"n_splits": 3, "metric": "accuracy", "outer": FOLDS},
        "training": {"epochs": 8, "batch_size": 32, "patience": 0},
        "search": {"trials": trials, "lookahead": 4, "sampler": "tpe", "pruner": "none"},
        "space": {
            "learning_rate": {"low": 1e-3, "high": 1e-1, "log": True},
            "hidden_layers": {"low": 1, "high": 2},
            "hidden_units": {"low": 4, "high": 16, "log": True},
            "l2": {"low": 1e-6, "high": 1e-1, "log": True},
        },
        "default": DEFAULTS[made],
        "final": {"members": 1},
    }
    return parse_spec(document, made)
