"""Pruning decisions by Optuna's pruners, on a study that holds exactly the trials that may be compared with."""

from __future__ import annotations

from copy import copy

import optuna
from optuna.samplers import RandomSampler
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from experiments.search.pruners import make_pruner, rungs_of
from experiments.search.pruning_history import decoded, lines_of
from experiments.search.trial import History, PrunerAttributes, Shared, TrialTask, VisibleTrials

STUDY = "study"  # Hyperband makes a trial's bracket of its number and this name, so it is the same for every study
RUNNING = "running"


class ToldStudy:
    """The visible trials as a study in memory, which grows from task to task: what is visible rarely becomes less.

    The trial that is being decided about lies in a second study of the same storage, where pruners can write to it. So
    the first one holds the visible trials, each under its number, and nothing else.
    """

    def __init__(self) -> None:
        self._blocks: tuple[Shared, ...] = ()
        self._rest: tuple[bytes, ...] = ()
        self._storage, self._sampler = InMemoryStorage(), RandomSampler(seed=0)  # which nobody asks
        self._study = self._new(STUDY)

    def show(self, visible: VisibleTrials) -> optuna.Study:
        """The study of these trials, until the next call."""
        known = len(self._blocks)
        later = lines_of(visible, known) if visible.blocks[:known] == self._blocks else None
        if later is None or later[: len(self._rest)] != self._rest:  # another study, or an earlier trial again
            self._blocks, self._rest, self._study = (), (), self._new(STUDY)
            later = lines_of(visible)
        for line in later[len(self._rest) :]:
            self._study.add_trial(_told(decoded(line)))
        self._blocks, self._rest = visible.blocks, visible.rest
        return self._study

    def running(self) -> optuna.Study:
        """A study of one running trial, until the next call."""
        study = self._new(RUNNING)
        study.add_trial(create_trial(state=TrialState.RUNNING))
        return study

    def _new(self, name: str) -> optuna.Study:
        if name in optuna.get_all_study_names(self._storage):
            optuna.delete_study(study_name=name, storage=self._storage)
        return optuna.create_study(study_name=name, storage=self._storage, direction="maximize", sampler=self._sampler)


class Pruning:
    """Decides for one trial, which reports its mean curve epoch by epoch.

    Args:
        task: the trial's, with the pruner and what it may be compared with.
        told: not to be used for another trial meanwhile.
    """

    def __init__(self, task: TrialTask, told: ToldStudy):
        self._rungs = rungs_of(task.pruner)
        self._pruner = make_pruner(task.pruner, task.candidate.training.epochs)
        self._study = told.show(task.visible)
        self._running = told.running()
        self._trial = self._stored()
        self._trial.number = task.number
        self._trial.intermediate_values = {}

    def should_prune(self, epoch: int, mean_score: float) -> bool:
        """Report one more epoch, and hear whether to go on."""
        self._trial.intermediate_values[epoch] = mean_score
        if self._rungs is not None and not self._rungs.climb(epoch):
            return False
        decision = self._pruner.prune(self._study, self._trial)
        self._trial.system_attrs = self._stored().system_attrs
        return decision

    @property
    def marks(self) -> PrunerAttributes:
        """What the pruner wrote down about the trial so far."""
        return tuple(sorted(self._trial.system_attrs.items()))

    def _stored(self) -> FrozenTrial:
        return copy(self._running.get_trials(deepcopy=False)[0])


def _told(history: History) -> FrozenTrial:
    return create_trial(
        state=TrialState[history.state],
        value=history.value,
        intermediate_values=dict(zip(history.epochs, history.scores, strict=True)),
        system_attrs=dict(history.marks),
    )


def quiet_optuna() -> None:
    """Optuna's messages name trials by its own count and go to the terminal; ours say the same in the log."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
