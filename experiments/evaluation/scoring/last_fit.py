"""The last fit: winner, default and baselines, fixed beforehand, fitted on all development rows and scored once.

The ledger has the entry of the look before the test rows are read, and the models cannot change afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.documents import canonical_digest, rounded
from experiments.data.new_data.row_format import RowFormat
from experiments.data.splits.holdout import Look
from experiments.errors import SearchError
from experiments.evaluation.analysis.diagnostics import confusion
from experiments.evaluation.final_model.model import Model
from experiments.evaluation.final_model.refit import Refit, RefitTask, network_of, outputs
from experiments.evaluation.final_model.with_default import final_outputs, joins_default
from experiments.evaluation.records.analysis_record import Counts, UncertaintyRecord
from experiments.evaluation.records.outer_record import OuterRecord
from experiments.evaluation.records.results import BaselineRecord, FinalScore
from experiments.evaluation.scoring.baseline_scores import score_baseline
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.final_models import final_models
from experiments.evaluation.scoring.final_score import Truth, final_score, other_metrics
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.uncertainty.levels import Uncertainty
from experiments.evaluation.uncertainty.temperature import temperatures_of
from experiments.search.trial import FinishedTrial
from nnet.arrays import Array


@dataclass(frozen=True)
class LastFit:
    """The test evaluation: the record for the results, and the winner's model with its training losses.

    outer: the outer folds with their scores; None of a study without them.
    """

    record: FinalScore
    model: Model
    losses: tuple[float, ...]
    outer: OuterRecord | None = None


@dataclass(frozen=True)
class ModelScores:
    """The findings about fitted models on test rows.

    outputs:   (N, outputs) of the final model, then of the default's unless it diverged or is the winner itself.
    metrics:   further scores of the final model.
    baselines: scores of the baselines, which may not be there yet.
    """

    truth: Truth
    outputs: list[Array]
    metrics: dict[str, float]
    confusion: Counts | None
    baselines: list[Future[BaselineRecord]]


def last_fit(
    fits: FinalFits,
    finalists: Sequence[FinishedTrial],
    ledger: Ledger,
    acknowledged: bool,
    uncertainty: UncertaintyRecord | None = None,
) -> LastFit:
    """Fit the finalists and the baselines, reserve the look in the ledger, score all, and complete the entry.

    Args:
        fits:        fits of the study, of which some may have begun.
        finalists:   the winner, then the default unless it diverged or is the winner itself.
        uncertainty: of the development rows; its temperatures belong to the models.

    Raises:
        LedgerError: the study has scored other models on these rows.
        SearchError: the winner's refit diverged; the test rows were not read.
        WorkerLost:  a task was given up; the same models can be scored again.
    """
    study = fits.study
    spec, development, test = study.spec, study.data.development, study.data.test
    fits.begin(finalists)
    refits = [fits.refit(trial) for trial in finalists]
    joins = joins_default(spec, finalists)
    kept = refits if joins else refits[:1]
    for _, network in kept:
        check_converged(network)
    baselines = fits.baselines()
    temperatures = temperatures_of(uncertainty)[: len(finalists)]
    models = final_models(spec, development.fingerprint, finalists, [task for task, _ in baselines], temperatures)
    look = Look(test.fingerprint, canonical_digest(models), study.identity, joined=(joins,))
    ledger.reserve(look, test.known_by, spec.study.name, spec.search.trials, acknowledged, models)
    tested = score_models(fits, finalists, temperatures, look, ledger, test.groups)
    z, *default = tested.outputs
    record = rounded(
        replace(
            final_score(spec.cv.metric, development.target, tested.truth, z, default[0] if default else None),
            metrics=tested.metrics,
            confusion=tested.confusion,
            references=tuple(future.result() for future in tested.baselines),
        )
    )
    ledger.complete(look, {record.metric: record.score, **record.metrics})
    model = model_of(fits, kept, uncertainty)
    return LastFit(replace(record, times_scored=ledger.times(look)), model, refits[0][1].losses)


def score_models(
    fits: FinalFits,
    finalists: Sequence[FinishedTrial],
    temperatures: Sequence[float],
    look: Look,
    ledger: Ledger,
    groups: NDArray[Any] | None = None,
) -> ModelScores:
    """Read the test rows of fits whose look is reserved, and score their models on them.

    Args:
        groups: (N,) group of each row, for the intervals of the baselines; None where every row stands alone.
    """
    target, metric = fits.study.data.target, fits.study.spec.cv.metric
    refits = [fits.refit(trial) for trial in finalists]
    winning, winner = refits[0]
    features, y = fits.study.data.test.open(look, ledger.has)
    rows = {preprocessing: fitted.transform(features) for preprocessing, fitted in fits.preprocessors.items()}
    predicting = [
        fits.executor.submit(outputs, model, rows[task.candidate.preprocessing])
        for task, model in refits
        if is_finite(model)
    ]
    truth = Truth(y, groups, ordered=fits.study.data.development.table.time is not None)
    scoring = [
        fits.baseline_executor.submit(score_baseline, task, model, metric, target, rows[fits.of_baselines], truth)
        for task, model in fits.baselines()
    ]
    raw, joins = [future.result() for future in predicting], joins_default(fits.study.spec, finalists)
    z = final_outputs(raw, temperatures, joins, winner.probabilities)
    metrics = other_metrics(target, winning.candidate.training.loss, y, z[0])
    return ModelScores(truth, z, metrics, confusion(target, y, z[0]), scoring)


def model_of(
    fits: FinalFits, refits: Sequence[tuple[RefitTask, Refit]], uncertainty: UncertaintyRecord | None
) -> Model:
    """Return the final model, which is kept, with what is known of its errors.

    Args:
        refits: the winner's, then the default's where the model has its networks, too.
    """
    spec, development, (winning, winner) = fits.study.spec, fits.study.data.development, refits[0]
    preprocessor = fits.preprocessors[winning.candidate.preprocessing]
    return Model(
        network=network_of(winner),
        probabilities=winner.probabilities,
        preprocessor=preprocessor,
        target=development.target,
        units=winner.units,
        rows=RowFormat.of(development, spec.data, preprocessor.categories),
        trial=winner.number,
        uncertainty=Uncertainty.of(uncertainty),
        beside=model_of(fits, refits[1:], None) if refits[1:] else None,
    )


def check_converged(winner: Refit, where: str = "all development rows") -> None:
    """Refuse to score a winner whose refit diverged.

    Args:
        where: the rows that it was fitted on.

    Raises:
        SearchError: it diverged.
    """
    if not is_finite(winner):
        raise SearchError(
            f"the refit of trial {winner.number} on {where} diverged, so there is no model to score; "
            "lower the upper end of space.learning_rate. The test set was not read."
        )


def is_finite(model: Refit) -> bool:
    """Tell whether a refit has converged to finite parameters and losses."""
    return all(map(isfinite, model.losses)) and bool(np.isfinite(model.parameters).all())
