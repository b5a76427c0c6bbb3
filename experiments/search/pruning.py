"""Pruning decisions by Optuna's pruners, on a study that holds exactly the trials that may be compared with."""

from __future__ import annotations

from copy import copy

import optuna
from optuna.samplers import RandomSampler
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from experiments.search.pruners import make_pruner, rungs_of
from experiments.search.trial import PrunerAttributes, PruningHistory, TrialTask, VisibleTrials

STUDY = "study"  # Hyperband derives a trial's bracket from its number and this name, so every study has the same name
RUNNING = "running"


class VisibleStudy:
    """The visible trials as an Optuna study in memory. It grows from task to task, because trials rarely become fewer.

    The running trial lies in a second study of the same storage, where pruners can write to it. So the first study
    holds the visible trials, each under its number, and nothing else.
    """

    def __init__(self) -> None:
        self._visible = VisibleTrials()
        self._storage, self._sampler = InMemoryStorage(), RandomSampler(seed=0)  # the sampler is never used
        self._study = self._new(STUDY)

    def show(self, visible: VisibleTrials) -> optuna.Study:
        """Return the study of exactly these trials; it is valid until the next call."""
        later = visible.beyond(self._visible)
        if later is None:  # the task is of another study, or of an earlier trial
            later, self._study = visible.beyond(VisibleTrials()) or (), self._new(STUDY)
        for history in later:
            self._study.add_trial(_frozen(history))
        self._visible = visible
        return self._study

    def running(self) -> optuna.Study:
        """Return a study of a single running trial; it is valid until the next call."""
        study = self._new(RUNNING)
        study.add_trial(create_trial(state=TrialState.RUNNING))
        return study

    def _new(self, name: str) -> optuna.Study:
        if name in optuna.get_all_study_names(self._storage):
            optuna.delete_study(study_name=name, storage=self._storage)
        return optuna.create_study(study_name=name, storage=self._storage, direction="maximize", sampler=self._sampler)


class Pruning:
    """The pruning decisions of one trial, which reports its mean curve epoch by epoch.

    Args:
        task:  the trial's task, with the pruner and the visible trials.
        study: not to be used for another trial at the same time.
    """

    def __init__(self, task: TrialTask, study: VisibleStudy):
        self._rungs = rungs_of(task.pruner)
        self._pruner = make_pruner(task.pruner, task.candidate.training.epochs)
        self._study = study.show(task.visible)
        self._running = study.running()
        self._trial = self._stored()
        self._trial.number = task.number
        self._trial.intermediate_values = {}

    def should_prune(self, epoch: int, mean_score: float) -> bool:
        """Report the score of one more epoch, and return whether the trial should end."""
        self._trial.intermediate_values[epoch] = mean_score
        if self._rungs is not None and not self._rungs.climb(epoch):
            return False
        decision = self._pruner.prune(self._study, self._trial)
        self._trial.system_attrs = self._stored().system_attrs
        return decision

    @property
    def attributes(self) -> PrunerAttributes:
        """Return the values that the pruner has stored with the trial."""
        return tuple(sorted(self._trial.system_attrs.items()))

    def _stored(self) -> FrozenTrial:
        return copy(self._running.get_trials(deepcopy=False)[0])


def _frozen(history: PruningHistory) -> FrozenTrial:
    return create_trial(
        state=TrialState[history.state],
        value=history.value,
        intermediate_values=dict(zip(history.epochs, history.scores, strict=True)),
        system_attrs=dict(history.attributes),
    )


def quiet_optuna() -> None:
    """Silence Optuna's messages: they name trials by Optuna's count, and the study's log says the same."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
