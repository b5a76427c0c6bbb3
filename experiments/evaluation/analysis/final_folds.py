"""The final models of winner and default on the folds, trained by workers, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from math import isfinite, nan
from typing import Any

import numpy as np

from experiments.evaluation.analysis.fold_models import FoldModel, FoldModelsTask, run_fold_models
from experiments.evaluation.analysis.permutation import Shuffling
from experiments.evaluation.analysis.permutation_importance import permutation_record, shuffling_of
from experiments.evaluation.final_model.mean_outputs import are_probabilities
from experiments.evaluation.final_model.refit import trained_again
from experiments.evaluation.final_model.with_default import joined_folds, joins_default
from experiments.evaluation.records.analysis_record import PermutationRecord
from experiments.evaluation.records.reasons import NetworkDiverged, NoMetric, TooManyColumns, TooManyShuffles
from experiments.evaluation.uncertainty.of_predictions import OutOfFold
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.inputs import Inputs
from experiments.search.out_of_fold import npy
from experiments.search.trial import FinishedTrial, Shared
from nnet.arrays import Array
from nnet.lockstep import together
from nnet.ordered_sums import ordered_mean

Pending = Sequence[Future[list[FoldModel]]]
SPREAD = 4  # a task has at most this part of the networks that share a step


class FinalModels:
    """The final models on the folds, which begin to train at once, so far as they are needed.

    A final model of one network is the trial's own, whose outputs are known already.

    Args:
        default: the default's trial; None where it has no score.
        inputs:  the folds by preprocessing.

    A task that was given up is a WorkerLost of whatever waits for it. That is no property of the study, so it is no
    reason to leave a part out.
    """

    def __init__(
        self,
        study: StudyContext,
        best: FinishedTrial,
        default: FinishedTrial | None,
        inputs: Inputs,
        executor: Executor,
    ):
        self._study, self._members = study, study.spec.final.members
        self._trials, self._executor = (best, default), executor
        self._shuffling = shuffling_of(study, best)
        asked = self._shuffling if isinstance(self._shuffling, Shuffling) else None
        several = self._members > 1
        self._best = begin_models(study, best, inputs, executor, asked) if several or asked else ()
        self._default: Pending = ()
        if several and default is not None:
            self._default = self._best if default is best else begin_models(study, default, inputs, executor)
        self._joined_score = nan

    @property
    def outputs(self) -> Array | NetworkDiverged | None:
        """Wait for the winner's (P, outputs) outputs of all folds; None where they are the trial's own."""
        return None if self._members == 1 else _outputs(self._best)

    def out_of_fold(
        self, own: Mapping[int, Shared], rows: ValidationRows
    ) -> tuple[OutOfFold, OutOfFold | None] | NetworkDiverged:
        """Wait for the outputs of final model and default, and share them; None where the default has none.

        Args:
            own:  outputs of every COMPLETE trial by its number, which are those of a model of one network.
            rows: the rows that they predict.
        """
        outputs, default = self.outputs, self._trials[1]
        if isinstance(outputs, NetworkDiverged):
            return NetworkDiverged()
        winner = self._shared(self._trials[0], outputs, own)
        if default is None or default is self._trials[0]:
            return winner, None if default is None else winner
        outputs = None if self._members == 1 else _outputs(self._default)
        beside = None if isinstance(outputs, NetworkDiverged) else self._shared(default, outputs, own)
        if not self.joins_default:
            return winner, beside
        return NetworkDiverged() if beside is None else (self._joined(winner, beside, rows), beside)

    @property
    def joins_default(self) -> bool:
        """Return whether the final model has the default's networks beside the winner's."""
        winner, default = self._trials
        finalists = [winner] if default is None or default is winner else [winner, default]
        return joins_default(self._study.spec, finalists)

    def _joined(self, winner: OutOfFold, default: OutOfFold, rows: ValidationRows) -> OutOfFold:
        """Join the outputs in a worker, and keep their score."""
        metric, target = self._study.spec.cv.metric, self._study.data.target
        z, self._joined_score = self._executor.submit(joined_folds, winner, default, metric, target, rows).result()
        return replace(winner, content=self._executor.share(npy(z)))

    def _shared(self, trial: FinishedTrial, outputs: Array | None, own: Mapping[int, Shared]) -> OutOfFold:
        content = own[trial.result.number] if outputs is None else self._executor.share(npy(outputs))
        return OutOfFold(content, are_probabilities(self._study.space.candidate(trial.params).training.loss))

    @property
    def scores(self) -> dict[str, Any]:
        """Return the fields of an OutOfFoldRecord that say what predicted, and how well, once its outputs are there."""
        default = self._trials[1]
        if self.joins_default and default is not None:
            alone = default.result.value if self._members == 1 else _score(self._default)
            return {"members": 2 * self._members, "score": _finite(self._joined_score), "default_score": alone}
        if self._members == 1:
            return {}
        return {"members": self._members, "score": _score(self._best), "default_score": _score(self._default)}

    @property
    def permutation(self) -> PermutationRecord | TooManyColumns | TooManyShuffles | NoMetric | NetworkDiverged:
        """Wait for the permutation importance of the winner; return its record, or the reason why there is none."""
        if not isinstance(self._shuffling, Shuffling):
            return self._shuffling
        if isinstance(self.outputs, NetworkDiverged):
            return NetworkDiverged()
        names, permuted = self._study.data.development.table.columns, [fold.permuted for fold in _folds(self._best)]
        found = [one for one in permuted if one is not None]
        return permutation_record(self._study.spec.cv.metric, names, found, self._members)


def begin_models(
    study: StudyContext, trial: FinishedTrial, inputs: Inputs, executor: Executor, shuffling: Shuffling | None = None
) -> Pending:
    """Begin to train the final model of a COMPLETE trial on the folds; return their futures, in order.

    Folds of small networks are one task, which trains them as one batch; those of larger ones are spread over the
    workers. The result does not depend on that.
    """
    spec, data = study.spec, study.data
    candidate, members = study.space.candidate(trial.params), spec.final.members
    reference = inputs[candidate.preprocessing]
    width = max(features.shape[1] for features in reference.features)
    networks = together(candidate.architecture(width, data.target), candidate.training.batch_size) // SPREAD
    step = max(1, networks // members)
    positions = range(len(data.folds.pairs))
    whole = FoldModelsTask(trained_again(study, trial), (), spec.cv.metric, shuffling)
    tasks = [replace(whole, folds=tuple(positions[at : at + step])) for at in positions[::step]]
    return [executor.submit(run_fold_models, task, reference) for task in tasks]


def _folds(pending: Pending) -> list[FoldModel]:
    return [fold for future in pending for fold in future.result()]


def _outputs(pending: Pending) -> Array | NetworkDiverged:
    outputs = np.concatenate([fold.outputs for fold in _folds(pending)])
    return outputs if np.isfinite(outputs).all() else NetworkDiverged()


def _score(pending: Pending) -> float | None:
    """Return the mean score over the folds; None without folds, or where a network diverged."""
    folds = _folds(pending)
    return _finite(ordered_mean([fold.score for fold in folds]) if folds else nan)


def _finite(score: float) -> float | None:
    return score if isfinite(score) else None
