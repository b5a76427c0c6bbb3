"""A study made up from a formula: it looks like a real one and takes no training."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from statistics import stdev
from typing import Any

import numpy as np
import pytest

from experiments.evaluation.records.analysis_record import (
    AnalysisRecord,
    CalibrationBin,
    CalibrationRecord,
    CoverageRecord,
    ImportanceRecord,
    MistakeRecord,
    NetworkSize,
    OutOfFoldRecord,
    PermutationRecord,
    PermutedColumn,
    PictureRecord,
    SelectionRecord,
    SmallestRecord,
    TemperatureRecord,
    UncertaintyRecord,
)
from experiments.evaluation.records.reasons import NotFitted
from experiments.evaluation.records.results import (
    BaselineRecord,
    BestRecord,
    ColumnCounts,
    DataRecord,
    DefaultRecord,
    DefaultScore,
    FinalScore,
    LedgerRecord,
    MissingCounts,
    ScoreDifference,
    StudyResult,
    TrialRecord,
    WorkerFailure,
)
from experiments.evaluation.records.split_record import SplitRecord
from experiments.reports.formatting import hidden
from experiments.reports.render import Pages, render
from experiments.search.trial import Curves, TrialResult

Study = tuple[StudyResult, tuple[TrialResult, ...]]
FOLDS = 5
EPOCHS = 60
SPEC: dict[str, Any] = {
    "study": {"name": "digits", "seed": 0},
    "data": {"source": "digits", "test_size": 0.2, "split_seed": 0},
    "cv": {"splitter": "StratifiedKFold", "n_splits": FOLDS, "n_repeats": 1, "metric": "accuracy"},
    "training": {"epochs": EPOCHS, "batch_size": 32, "optimizer": "adam", "momentum": 0.9, "initializer": "auto",
                 "patience": 10, "validate_every": 1},
    "search": {"trials": 40, "lookahead": 4, "sampler": "tpe", "pruner": "median"},
    "space": {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 1, "high": 3, "log": False},
        "hidden_units": {"low": 16, "high": 256, "log": True},
        "l2": {"low": 1e-6, "high": 1e-1, "log": True},
        "dropout": {"low": 0.0, "high": 0.5, "log": False},
        "activation": {"choices": ["relu", "tanh"]},
    },
    "default": {"learning_rate": 0.001, "hidden_layers": 1, "hidden_units": 64, "l2": 0.0001, "dropout": 0.0,
                "activation": "relu"},
}  # fmt: skip
DEFAULT = {"learning_rate": 0.001, "hidden_layers": 1, "hidden_units_1": 64, "hidden_units_2": 64,
           "hidden_units_3": 64, "l2": 0.0001, "dropout": 0.0, "activation": "relu"}  # fmt: skip


def _drawn(random: np.random.Generator) -> dict[str, Any]:
    units = {f"hidden_units_{layer}": int(2 ** random.uniform(4, 8)) for layer in (1, 2, 3)}
    return {
        "learning_rate": float(10 ** random.uniform(-4, -1)),
        "hidden_layers": int(random.integers(1, 4)),
        **units,
        "l2": float(10 ** random.uniform(-6, -1)),
        "dropout": float(random.uniform(0, 0.5)),
        "activation": ["relu", "tanh"][int(random.integers(2))],
    }


def _curves(params: dict[str, Any], epochs: int, random: np.random.Generator) -> Curves:
    distance = abs(math.log10(params["learning_rate"]) + 2.4)
    top = 0.975 - 0.012 * distance**2 - 0.02 * params["dropout"] - 2 * params["l2"] ** 1.5
    speed = 4 + 6 * max(0.0, -math.log10(params["learning_rate"]) - 2)
    steps = range(1, epochs + 1)
    offsets = random.normal(0, 0.004, FOLDS)
    scores = [[min(1.0, top + offset - (top - 0.1) * math.exp(-epoch / speed) + random.normal(0, 0.0012))
               for offset in offsets.tolist()] for epoch in steps]  # fmt: skip
    training = [[2.2 * math.exp(-epoch / speed) + 0.012 + abs(random.normal(0, 0.004)) for _ in range(FOLDS)]
                for epoch in steps]  # fmt: skip
    validation = [[2.2 * math.exp(-epoch / speed) + 0.09 + 0.0006 * epoch - 3 * offset + abs(random.normal(0, 0.003))
                   for offset in offsets.tolist()] for epoch in steps]  # fmt: skip
    rows = [tuple(tuple(float(one) for one in row) for row in table) for table in (scores, validation, training)]
    return Curves(tuple(steps), rows[0], rows[1], rows[2])


def _trial(number: int, random: np.random.Generator) -> tuple[TrialRecord, TrialResult]:
    params = dict(DEFAULT) if number == 0 else _drawn(random)
    state, reason, epochs = "COMPLETE", "", EPOCHS
    if number and random.uniform() < 0.4:
        state, reason, epochs = "PRUNED", "pruned", int(random.integers(3, 30))
    if number % 13 == 7:
        state, reason, epochs = "PRUNED", "diverged", number % 3
    if number % 40 == 22:
        state, reason, epochs = "FAIL", "worker died", 0
    curves = _curves(params, epochs, random)
    means = curves.mean_scores
    at = max(range(epochs), key=means.__getitem__) if state == "COMPLETE" else epochs - 1
    folds = curves.scores[at] if epochs else ()
    shared: dict[str, Any] = {
        "number": number,
        "state": state,
        "reason": reason,
        "value": means[at] if state == "COMPLETE" else None,
        "last": means[-1] if epochs else None,
        "epochs": at + 1,
        "fold_scores": folds,
    }
    deviation = stdev(folds) if epochs else None
    result = TrialResult(**shared, cv_std=deviation, curves=curves, seconds=random.uniform(1, 3), kernel="SkylakeX")
    return TrialRecord(**shared, params=params), result


def build(trials: int = 40, **changes: Any) -> Study:
    """A finished study of so many trials; `changes` replace fields of the result."""
    random = np.random.default_rng(3)
    pairs = [_trial(number, random) for number in range(trials)]
    records = tuple(record for record, _ in pairs)
    winner = max((record for record in records if record.value is not None), key=lambda record: record.value or 0.0)

    def summary(record: TrialRecord) -> dict[str, Any]:
        deviation = stdev(record.fold_scores)
        return {"number": record.number, "params": record.params, "cv_mean": record.value, "cv_std": deviation}

    fields: dict[str, Any] = {
        "study": "digits",
        "spec": SPEC,
        "data": DataRecord(name="digits", rows=1797, features=64, task="classification",
                           classes=tuple("0123456789"), fingerprint="9f2c" * 16,
                           columns=ColumnCounts(number=64, category=0, pixel=0),
                           missing=MissingCounts(number=0, category=0)),
        "split": SplitRecord(development=1437, test=360, test_fingerprint="a1b2" * 16, folds_fingerprint="c3d4" * 16),
        "trials": records,
        "interventions": tuple(
            WorkerFailure(trial=record.number, kind=record.reason) for record in records if record.state == "FAIL"
        ),
        "default": DefaultRecord(**summary(records[0])),
        "best": BestRecord(**summary(winner), epochs=winner.epochs, fold_scores=winner.fold_scores),
        "test": FinalScore(
            metric="accuracy", score=350 / 360, ci95=(0.9494127, 0.9849562), ci_method="wilson", rows=360,
            times_scored=1, metrics={"accuracy": 350 / 360, "neg_log_loss": -0.0873312},
            default=DefaultScore(score=345 / 360),
            difference=ScoreDifference(score=5 / 360, ci95=(-0.0028113, 0.0304356), p_value=0.2265625,
                                  method="mcnemar_bonett_price"),
            verdict="no evidence either way",
        ),
        "ledger": LedgerRecord(file="studies/ledger.jsonl", looks=1, own=1, largest_overlap=0.0, head="e5f6" * 16),
        "provenance": {"versions": {"python": "3.11.9", "numpy": "2.4.6", "optuna": "5.0.0"}, "commit": "0123abc",
                       "blas": "OpenBLAS 0.3.30, SkylakeX", "seeds": {"study": 0, "split": 0},
                       "environment": {"OPENBLAS_NUM_THREADS": "1"}},
        "timing": {"search": 61.27, "refit and look": 1.6, "total": 64.02},
    }  # fmt: skip
    return StudyResult(**(fields | changes)), tuple(result for _, result in pairs)


def smallest(result: StudyResult) -> SmallestRecord:
    """Sizes of the complete trials' networks; trials at most 0.0025 behind are within one standard error."""
    values = {trial.number: trial.value for trial in result.trials if trial.value is not None}
    best = max(values, key=values.__getitem__)
    networks = []
    for number, value in values.items():
        units = hidden(result.trials[number].params, result.spec) or ()
        layers = [64, *units, 10]
        products = sum(here * there for here, there in pairwise(layers))
        error = 0.0 if number == best else 0.0025
        networks.append(NetworkSize(trial=number, parameters=products + sum(layers[1:]), products=products,
                                    behind=values[best] - value, error=error))  # fmt: skip
    networks.sort(key=lambda one: (one.parameters, one.behind, one.trial))
    chosen = next(one.trial for one in networks if one.behind <= one.error)
    return SmallestRecord(best=best, trial=chosen, networks=tuple(networks), method="paired_bootstrap_rows", draws=500)


def analysis(result: StudyResult) -> AnalysisRecord:
    """Every part that a study of classes can have; pictures of 2 x 2 pixels."""
    rows, classes = result.split.development, len(result.data.classes)
    each = rows // classes
    confusion = tuple(
        tuple(each - 3 if here == there else 3 * (there == (here + 1) % classes) for there in range(classes))
        for here in range(classes)
    )
    bins = [(0.0, 0, 0.05, 0.0), (0.5, 100, 0.55, 0.5), (0.9, rows - 100, 0.97, 0.98)]
    return AnalysisRecord(
        selection=SelectionRecord(configurations=31, rows=rows, pooled=0.9738, corrected=0.9701, ci95=(0.9611, 0.9789),
                                  optimism=0.0037, gain=0.0067, floor=0.0042, floor95=0.0081, draws=500,
                                  method="bbc_cv_rows"),
        out_of_fold=OutOfFoldRecord(
            rows=rows, confusion=confusion, points=(),
            calibration=CalibrationRecord(error=0.0123, bins=tuple(
                CalibrationBin(low=low, high=low + 0.1, rows=number, confidence=sure, accuracy=right)
                for low, number, sure, right in bins)),
            mistakes=tuple(
                MistakeRecord(row=40 + number, fold=number, truth=result.data.classes[number],
                              predicted=result.data.classes[number + 1], probability=0.91, loss=4.25,
                              picture=PictureRecord(width=2, height=2, colour=False, pixels="AECA/w=="))
                for number in range(classes - 1)),
        ),
        uncertainty=UncertaintyRecord(
            score="missing_probability", units=rows, by="rows", quantiles={"0.8": 0.25, "0.9": 0.625, "0.95": 0.875},
            checks=tuple(CoverageRecord(level=level, coverage=level + 0.0123, size=1 + level)
                         for level in (0.8, 0.9, 0.95)),
            temperature=TemperatureRecord(value=1.234, kept=True, of_folds=(1.2, 1.25), loss=0.1234, scaled_loss=0.1111,
                                          gain=0.0123, standard_error=0.0045),
            default_temperature=TemperatureRecord(value=1.0, kept=False, of_folds=(1.0, 1.1), loss=0.2,
                                                  scaled_loss=0.21,
                                                  gain=-0.01, standard_error=0.002),
        ),
        importances=ImportanceRecord(evaluator="ped_anova", better=0.25,
                                     values={"dropout": 0.25, "learning_rate": 0.75}),
        permutation=PermutationRecord(metric="accuracy", rows=rows, repeats=5, baseline=0.9738, columns=tuple(
            PermutedColumn(name=f"pixel_{row}_{column}", position=4 * row + column,
                           drop=0.01 * row - 0.001 * column, deviation=0.002)
            for row in range(3) for column in range(4))),
        smallest=smallest(result),
    )  # fmt: skip


ROWS = {"rows": 1437, "rows_in_all": 1437}
REFERENCES = (
    BaselineRecord(id="majority_class", version=1, settings=ROWS, converged=None, score=0.1056, ci95=(0.078, 0.141),
                    reason=None),
    BaselineRecord(id="logistic_regression", version=1, converged=False, score=0.9583, ci95=(0.933, 0.975),
                    settings={"c": 1.0, "solver": "lbfgs", "iterations": 100, **ROWS}, reason=None),
    BaselineRecord(id="gradient_boosting", version=1, converged=None, score=None, ci95=None,
                    settings={"iterations": 50, "learning_rate": 0.2, "leaves": 15, "bins": 64, **ROWS},
                    reason=NotFitted(detail="out of trees")),
)  # fmt: skip


def with_all(result: StudyResult) -> StudyResult:
    """The study with its analysis, with references beside its score and with the test set's confusion."""
    assert result.test is not None
    size = len(result.data.classes)
    confusion = tuple(tuple(36 * (here == there) for there in range(size)) for here in range(size))
    look = replace(result.test, references=REFERENCES, confusion=confusion)
    return replace(result, analysis=analysis(result), test=look)


@pytest.fixture(scope="session")
def make_study() -> Callable[..., Study]:
    """The builder: make_study(trials=40, **changed_fields_of_the_result)."""
    return build


@pytest.fixture(scope="session")
def study() -> Study:
    """One study of 40 trials."""
    return build()


@pytest.fixture(scope="session")
def full() -> Study:
    """The same with everything that a study can say."""
    result, trials = build()
    return with_all(result), trials


@pytest.fixture(scope="session")
def pages(full: Study) -> Pages:
    """The pages of the full study."""
    return render(*full)
