"""The last fit: winner, default and baselines, fixed beforehand, fitted on all development rows and scored once.

The ledger has the entry of the look before the test rows are read, and the models cannot change afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from experiments.config.documents import canonical_digest, rounded
from experiments.data.holdout import Look
from experiments.data.row_format import formats_of, identifiers_of
from experiments.data.table import WHITE
from experiments.errors import SearchError
from experiments.evaluation.baseline_scores import score_baseline
from experiments.evaluation.baselines import baseline_tasks, run_baseline
from experiments.evaluation.diagnostics import confusion
from experiments.evaluation.final_models import final_models
from experiments.evaluation.final_score import final_score, other_metrics
from experiments.evaluation.ledger import Ledger
from experiments.evaluation.model import Model
from experiments.evaluation.refit import Refit, network_of, outputs, refit_task, run_refit
from experiments.evaluation.results import FinalScore
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.inputs import share_everything
from experiments.search.trial import FinishedTrial


@dataclass(frozen=True)
class LastFit:
    """The test evaluation: the record for the results, and the winner's model with its training losses."""

    record: FinalScore
    model: Model
    losses: tuple[float, ...]


def last_fit(
    study: StudyContext, finalists: Sequence[FinishedTrial], ledger: Ledger, executor: Executor, acknowledged: bool
) -> LastFit:
    """Refit the finalists, fit the baselines, reserve the look in the ledger, score all, and complete the entry.

    Args:
        finalists: the winner, then the default unless it diverged or is the winner itself.
        executor:  executor that fits and scores.

    Raises:
        LedgerError: the study has scored other models on these rows.
        SearchError: the winner's refit diverged; the test rows were not read.
        WorkerLost:  a task was given up; the same models can be scored again.
    """
    spec, space, development, test = study.spec, study.space, study.data.development, study.data.test
    tasks = [refit_task(trial, space.candidate(trial.params), spec.study.seed) for trial in finalists]
    preprocessings = [task.candidate.preprocessing for task in tasks]
    of_default = space.candidate(space.default).preprocessing
    shared = {
        preprocessing: share_everything(development, preprocessing, executor.share)
        for preprocessing in dict.fromkeys([*preprocessings, of_default])
    }
    preprocessor, baseline_rows = shared[of_default]
    refitting = [executor.submit(run_refit, task, shared[task.candidate.preprocessing][1]) for task in tasks]
    baselines = baseline_tasks(development.target, len(development.y), preprocessor.width)
    fitting = [executor.submit(run_baseline, task, baseline_rows) for task in baselines]
    refits = [future.result() for future in refitting]
    winner = refits[0]
    if not _converged(winner):
        raise SearchError(
            f"the refit of trial {winner.number} on all development rows diverged, so there is no model to score; "
            "lower the upper end of space.learning_rate. The test set was not read."
        )
    fitted = [future.result() for future in fitting]
    models = final_models(spec, development.fingerprint, finalists, baselines)
    look = Look(test.fingerprint, canonical_digest(models), study.identity)
    ledger.reserve(look, test.known_by, spec.study.name, spec.search.trials, acknowledged, models)
    features, y = test.open(look, ledger.has)
    rows = {preprocessing: fitter.transform(features) for preprocessing, (fitter, _) in shared.items()}
    predicting = [
        executor.submit(outputs, model, rows[preprocessing])
        for model, preprocessing in zip(refits, preprocessings, strict=True)
        if _converged(model)
    ]
    target, metric = development.target, spec.cv.metric
    scoring = [
        executor.submit(score_baseline, task, model, metric, target, rows[of_default], y, test.groups)
        for task, model in zip(baselines, fitted, strict=True)
    ]
    z, *default = [future.result() for future in predicting]  # no default where it diverged or is the winner
    record = rounded(
        replace(
            final_score(metric, target, y, z, default[0] if default else None, test.groups),
            metrics=other_metrics(target, tasks[0].candidate.training.loss, y, z),
            confusion=confusion(target, y, z),
            references=tuple(future.result() for future in scoring),
        )
    )
    ledger.complete(look, record.metrics)
    table = development.table
    model = Model(
        network=network_of(winner),
        preprocessor=shared[preprocessings[0]][0],
        target=target,
        units=winner.units,
        inputs=tuple(zip(table.columns, table.kinds, strict=True)),
        predicts=table.target_name,
        trial=winner.number,
        present=spec.data.present or (),
        formats=formats_of(table),
        missing=spec.data.missing or (),
        identifiers=identifiers_of(spec.data),
        picture=table.picture if table.pixel_range == WHITE else None,
    )
    return LastFit(replace(record, times_scored=ledger.times(look)), model, winner.losses)


def _converged(model: Refit) -> bool:
    return all(map(isfinite, model.losses)) and bool(np.isfinite(model.parameters).all())
