"""The look: winner, default and plain references, all fixed beforehand, fitted on all development rows, scored once.

The ledger has the look before the test rows are read, and the models cannot change after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.candidate import Candidate
from experiments.config.documents import canonical_digest
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.target import Target
from experiments.data.holdout import Look, SealedTestSet
from experiments.data.splits import DevelopmentSet
from experiments.errors import SearchError
from experiments.evaluation.baseline_scores import score_reference
from experiments.evaluation.baselines import plain_references, run_reference
from experiments.evaluation.diagnostics import confusion
from experiments.evaluation.final_models import final_models
from experiments.evaluation.final_score import judge, other_metrics
from experiments.evaluation.ledger import Ledger
from experiments.evaluation.model import Model
from experiments.evaluation.refit import Refit, RefitTask, network_of, outputs, run_refit
from experiments.evaluation.results import DefaultScore, LookRecord
from experiments.evaluation.statistics import verdict
from experiments.search.executors.base import Executor
from experiments.search.inputs import share_everything
from experiments.search.trial import FinishedTrial
from nnet.arrays import Array, Targets


@dataclass(frozen=True)
class LastFit:
    """What the look brought: the record for the results, and the winner's model."""

    record: LookRecord
    model: Model
    losses: tuple[float, ...]


def last_fit(
    spec: StudySpec,
    space: Space,
    study: str,
    development: DevelopmentSet,
    test: SealedTestSet,
    ledger: Ledger,
    finalists: Sequence[FinishedTrial],
    executor: Executor,
    acknowledged: bool,
) -> LastFit:
    """Refit the finalists and fit the references, reserve the look, score them, and complete it.

    Args:
        study:     identity of the study for the ledger.
        finalists: the winner, then the default unless it diverged or is the winner itself.
        executor:  fits and scores.

    Raises:
        LedgerError:   the study had another look at these rows.
        SearchError: the winner's refit diverged; nothing was looked at.
        WorkerLost:  a task was given up; the same look can be taken again.
    """
    tasks = [
        RefitTask(
            one.result.number,
            space.candidate(one.params),
            one.result.epochs,
            spec.study.seed,
            one.result.curves.factors,
        )
        for one in finalists
    ]
    ways = [task.candidate.preprocessing for task in tasks]
    plain_way = space.candidate(space.default).preprocessing
    every_way = dict.fromkeys([*ways, plain_way])
    shared = {way: share_everything(development, way, executor.share) for way in every_way}
    refitting = [executor.submit(run_refit, task, shared[way][1]) for task, way in zip(tasks, ways, strict=True)]
    plain = plain_references(development.target, len(development.y), shared[plain_way][0].width)
    fitting = [executor.submit(run_reference, task, shared[plain_way][1]) for task in plain]
    refits = [future.result() for future in refitting]
    if not _converged(refits[0]):
        raise SearchError(
            f"the refit of trial {refits[0].number} on all development rows diverged, so there is no model to score; "
            "lower the upper end of space.learning_rate. The test set was not read."
        )
    scorable = [(model, way) for model, way in zip(refits, ways, strict=True) if _converged(model)]
    references = [future.result() for future in fitting]
    models = final_models(spec, development.fingerprint, finalists, plain)
    look = Look(test.fingerprint, canonical_digest(models), study)
    ledger.reserve(look, test.known_by, spec.study.name, spec.search.trials, acknowledged, models)
    features, y = test.open(look, ledger.has)
    rows = {way: shared[way][0].transform(features) for way in every_way}
    predicting = [executor.submit(outputs, model, rows[way]) for model, way in scorable]
    target, metric = development.target, spec.cv.metric
    scoring = [
        executor.submit(score_reference, task, model, metric, target, rows[plain_way], y, test.groups)
        for task, model in zip(plain, references, strict=True)
    ]
    found = [future.result() for future in predicting]
    judged = _record(spec, target, y, test.groups, found[0], tasks[0].candidate, _default_outputs(found))
    beside = tuple(future.result() for future in scoring)
    record = judged.model_copy(update={"references": beside})
    ledger.complete(look, record.metrics)
    model = Model(
        network=network_of(refits[0]),
        preprocessor=shared[ways[0]][0],
        target=development.target,
        units=refits[0].units,
        inputs=tuple(zip(development.table.columns, development.table.kinds, strict=True)),
        predicts=development.table.target_name,
        trial=refits[0].number,
    )
    return LastFit(record.model_copy(update={"times_scored": ledger.times(look)}), model, refits[0].losses)


def _record(
    spec: StudySpec,
    target: Target,
    y: Targets,
    groups: NDArray[Any] | None,
    found: Array,
    winner: Candidate,
    default: Array | None,
) -> LookRecord:
    judgement = judge(spec.cv.metric, target, y, found, default, groups)
    return LookRecord(
        metric=spec.cv.metric,
        score=judgement.score,
        ci95=judgement.ci95,
        ci_method=judgement.ci_method,
        ci_draws=judgement.ci_draws,
        rows=len(y),
        times_scored=0,
        metrics=other_metrics(target, winner.training.loss, y, found),
        default=None if judgement.default is None else DefaultScore(score=judgement.default),
        difference=judgement.difference,
        verdict=verdict(judgement.difference),
        confusion=confusion(target, y, found),
    )


def _default_outputs(found: Sequence[Array]) -> Array | None:
    """Return the default's outputs; None where it diverged or is the winner, which is not compared with itself."""
    return found[1] if len(found) > 1 else None


def _converged(model: Refit) -> bool:
    return all(map(isfinite, model.losses)) and bool(np.isfinite(model.parameters).all())
