"""Pruning decisions by Optuna's pruners, on a study that holds exactly the trials that may be compared with."""

from __future__ import annotations

from collections.abc import Sequence

import optuna
from optuna.trial import TrialState, create_trial

from experiments.search.trial import History

WARM_UP_TRIALS = 5  # as many must be COMPLETE before any is pruned: a median of fewer says little
WARM_UP_EPOCHS = 3  # and so many epochs must have passed: the first ones rank learning rates, not configurations


def make_pruner(name: str) -> optuna.pruners.BasePruner:
    """Optuna's pruner of that name."""
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=WARM_UP_TRIALS, n_warmup_steps=WARM_UP_EPOCHS)
    return optuna.pruners.NopPruner()


class Pruning:
    """Decides for one trial, which reports its mean curve epoch by epoch.

    Args:
        name:    the pruner's.
        visible: the trials 0..i-L, in order.
    """

    def __init__(self, name: str, visible: Sequence[History]):
        self._pruner = make_pruner(name)
        self._study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
        for history in visible:
            self._study.add_trial(
                create_trial(
                    state=TrialState[history.state],
                    value=history.value,
                    intermediate_values=dict(zip(history.epochs, history.mean_scores, strict=True)),
                )
            )
        self._curve: dict[int, float] = {}
        self._trial = create_trial(state=TrialState.RUNNING, intermediate_values=self._curve)

    def should_prune(self, epoch: int, mean_score: float) -> bool:
        """Report one more epoch, and hear whether to go on."""
        self._curve[epoch] = mean_score
        self._trial.intermediate_values = self._curve
        return self._pruner.prune(self._study, self._trial)


def quiet_optuna() -> None:
    """Optuna's messages name trials by its own count and go to the terminal; ours say the same in the log."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
