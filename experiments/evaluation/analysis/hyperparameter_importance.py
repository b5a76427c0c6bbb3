"""Hyperparameter importance: the parameters that separate the better trials from the rest, by Optuna."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from experiments.config.space import Space
from experiments.evaluation.records.analysis_record import ImportanceRecord
from experiments.evaluation.records.reasons import EqualScores, NoParameterTells, TooFewTrials
from experiments.search.trial import FinishedTrial

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

BETTER = 0.25  # share of the trials that counts as better: of 20 trials 5, which Optuna requires
LEAST_TRIALS = 20
DIGITS = 6  # last bits of exponentials differ between processors
DRAWS = 40  # times that scores are dealt out at random: a fifth of a second for 30 trials
LUCK = 0.95  # quantile of the largest shares of these draws
SEED = 0


def importances(
    trials: Sequence[FinishedTrial], space: Space
) -> ImportanceRecord | TooFewTrials | EqualScores | NoParameterTells:
    """Compute the record from the trials in the space, or return the reason why there is none.

    A pruned trial, which was worse than others when it was stopped, is not among the better ones. A parameter without
    effect in a trial, such as the size of an absent layer or dropout without hidden layers, is left out of that trial.
    Nothing is random but `by_luck`, whose seed is fixed.

    Source: Watanabe, Bansal and Hutter (2023), PED-ANOVA, IJCAI.
    """
    import optuna

    ended = [trial for trial in trials if trial.result.state != "FAIL" and space.contains(trial.params)]
    scores = {one.result.number: one.result.value for one in ended if one.result.value is not None}  # of complete ones
    least = ceil(BETTER * len(ended)) if len(ended) >= LEAST_TRIALS else LEAST_TRIALS
    if len(scores) < least:
        return TooFewTrials(trials=len(scores), least=least, ended=len(ended))
    if len(set(scores.values())) == 1:
        return EqualScores()
    below = min(scores.values()) - 1.0
    study = optuna.create_study(direction="maximize")
    for trial in ended:
        unused = space.unused(trial.params)
        used = {name: space.distributions[name] for name in space.distributions if name not in unused}
        params = {name: trial.params[name] for name in used}
        value = scores.get(trial.result.number, below)
        study.add_trial(optuna.trial.create_trial(params=params, distributions=dict(used), value=value))
    names = sorted({name for trial in study.get_trials(deepcopy=False) for name in trial.params})
    dealt = [scores.get(trial.result.number, below) for trial in ended]
    shares = _shares(study, names, dealt)
    values = {name: round(shares[name], DIGITS) for name in names}
    if not any(values.values()):
        return NoParameterTells()
    values |= {name: 0.0 for name in space.distributions if name not in values}
    return ImportanceRecord(
        evaluator="ped_anova_pruned",
        better=BETTER,
        values=dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))),
        by_luck=_largest_by_luck(study, names, dealt),
    )


def _shares(study: Study, names: list[str], scores: Sequence[float]) -> dict[str, float]:
    """Return the share of each parameter in separating the trials with the best of these scores, one for each trial."""
    import optuna

    def loss(trial: FrozenTrial) -> float:
        return -scores[trial.number]

    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=BETTER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parameters that few trials have, and that less is better
        return optuna.importance.get_param_importances(study, evaluator=evaluator, params=names, target=loss)


def _largest_by_luck(study: Study, names: list[str], scores: Sequence[float]) -> float:
    """Return what the largest share comes to in 19 of 20 draws in which no parameter matters."""
    random = np.random.default_rng(SEED)
    largest = [max(_shares(study, names, random.permutation(scores).tolist()).values()) for _ in range(DRAWS)]
    return round(float(np.quantile(largest, LUCK)), DIGITS)
