"""Hyperparameter importance: the parameters that separate the better trials from the rest, by Optuna."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import ceil

from experiments.config.space import Space
from experiments.evaluation.reasons import EqualScores, NoParameterTells, TooFewTrials
from experiments.evaluation.records import ImportanceRecord
from experiments.search.trial import FinishedTrial

BETTER = 0.25  # share of the trials that counts as better: of 20 trials 5, which Optuna requires
LEAST_TRIALS = 20
DIGITS = 6  # last bits of exponentials differ between processors


def importances(
    trials: Sequence[FinishedTrial], space: Space
) -> ImportanceRecord | TooFewTrials | EqualScores | NoParameterTells:
    """Compute the record from the trials in the space, or return the reason why there is none.

    A pruned trial, which was worse than others when it was stopped, is not among the better ones. A parameter without
    effect in a trial, such as the size of an absent layer or dropout without hidden layers, is left out of that trial.
    Nothing is random.

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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parameters that few trials have
        shares = optuna.importance.get_param_importances(
            study, evaluator=optuna.importance.PedAnovaImportanceEvaluator(target_quantile=BETTER), params=names
        )
    values = {name: round(shares[name], DIGITS) for name in names}
    if not any(values.values()):
        return NoParameterTells()
    values |= {name: 0.0 for name in space.distributions if name not in values}
    return ImportanceRecord(
        evaluator="ped_anova_pruned",
        better=BETTER,
        values=dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
