"""A small study whose intervals or sets and whose temperature are tried on rows that it has not seen.

The default and a few random configurations are cross-validated. What the best one's model says of its errors comes from
out-of-fold outputs, as in every study; its coverage and log loss are those of the test rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.benchmark.studies import final_outputs, search_trials, test_rows
from experiments.benchmark.tabulate import Line
from experiments.evaluation.analysis.final_folds import begin_models
from experiments.evaluation.analysis.tested_trials import best_of
from experiments.evaluation.final_model.mean_outputs import are_probabilities
from experiments.evaluation.records.analysis_record import UncertaintyRecord
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.uncertainty.conformal import in_set
from experiments.evaluation.uncertainty.levels import interval_columns
from experiments.evaluation.uncertainty.of_predictions import Development, OutOfFold, uncertainty_of, units_of
from experiments.evaluation.uncertainty.temperature import scaled, temperatures_of
from experiments.evaluation.validation_rows import validation_rows
from experiments.search.context import StudyContext
from experiments.search.executors.serial import SerialExecutor
from experiments.search.inputs import share_inputs
from experiments.search.out_of_fold import npy
from experiments.search.pruning import quiet_optuna
from nnet.arrays import Array, Targets
from nnet.metrics import class_probabilities, log_likelihood, predicted_labels

LEVELS = ("0.8", "0.9")


def measured(study: StudyContext) -> Line | None:
    """Run the study in this process; None where a network of the best configuration diverged.

    Returns:
        Of each of LEVELS the `coverage_LEVEL` on the test rows and the `size_LEVEL`, the mean width of intervals or
        number of classes of sets, None where there are too few rows; for classes also the `accuracy`, the `loss` in
        nats with the `temperature` and the `raw_loss` without it, both as they would be used, None without
        probabilities.
    """
    quiet_optuna()
    executor, data = SerialExecutor(), study.data
    inputs = share_inputs(study.space, data, executor.share)
    best = best_of(list(search_trials(study.spec, executor, inputs)))
    logits = are_probabilities(study.space.candidate(best.params).training.loss)
    pending = begin_models(study, best, inputs, executor)
    z = np.concatenate([fold.outputs for future in pending for fold in future.result()])
    features, y = test_rows(study)
    new = final_outputs(FinalFits(study, executor), best, features)
    if not (np.isfinite(z).all() and np.isfinite(new).all()):
        return None
    rows = Development(validation_rows(data.development, data.folds), data.target, units_of(data.development.table))
    known = uncertainty_of(OutOfFold(executor.share(npy(z)), logits), None, rows)
    if not data.target.classes:
        return _of_numbers(known, new[:, 0].astype(np.float64), y, data.target.log)
    return _of_classes(known, new, y, logits)


def _of_numbers(known: UncertaintyRecord, predicted: NDArray[np.float64], y: Targets, log: bool) -> Line:
    line: Line = {}
    for level in LEVELS:
        quantile = known.quantiles.get(level)
        low, high = (None, None) if quantile is None else interval_columns(predicted, quantile, log).values()
        line |= _covered(level, None if low is None else (low <= y) & (y <= high), None if low is None else high - low)
    return line


def _of_classes(known: UncertaintyRecord, z: Array, y: Targets, logits: bool) -> Line:
    temperature, _ = temperatures_of(known)
    errors = 1 - class_probabilities(scaled(z, temperature))
    line: Line = {"accuracy": float((predicted_labels(z) == y).mean()), "temperature": temperature}
    line["raw_loss"] = -float(log_likelihood(z, y).mean()) if logits else None
    line["loss"] = -float(log_likelihood(scaled(z, temperature), y).mean()) if logits else None
    for level in LEVELS:
        quantile = known.quantiles.get(level)
        held = None if quantile is None else in_set(errors, quantile)
        there = None if held is None else held[np.arange(len(y)), y]
        line |= _covered(level, there, None if held is None else held.sum(axis=1))
    return line


def _covered(level: str, held: NDArray[np.bool_] | None, sizes: NDArray[np.float64] | None) -> Line:
    return {
        f"coverage_{level}": None if held is None else float(held.mean()),
        f"size_{level}": None if sizes is None else float(sizes.mean()),
    }
