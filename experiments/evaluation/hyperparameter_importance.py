"""Which parameters tell the better trials from the rest, by Optuna."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from experiments.config.space import Space
from experiments.evaluation.reasons import EqualScores, NoParameterTells, TooFewTrials
from experiments.evaluation.records import ImportanceRecord
from experiments.search.trial import FinishedTrial

BETTER = 0.25  # the share of the trials that counts as better: of 20 trials 5, which Optuna asks for
LEAST_TRIALS = 20
DIGITS = 6  # last bits of exponentials differ between processors


def importances(
    told: Sequence[FinishedTrial], space: Space
) -> ImportanceRecord | TooFewTrials | EqualScores | NoParameterTells:
    """The record, or why there is none. Of COMPLETE trials in the space; nothing in it is random.

    A parameter without effect in a trial, the size of a layer that is not there, is none of that trial's.

    Source: Watanabe, Bansal and Hutter (2023), PED-ANOVA, IJCAI.
    """
    import optuna

    trials = [one for one in told if one.result.state == "COMPLETE" and space.contains(one.params)]
    if len(trials) < LEAST_TRIALS:
        return TooFewTrials(trials=len(trials), least=LEAST_TRIALS)
    if len({one.result.value for one in trials}) == 1:
        return EqualScores()
    study = optuna.create_study(direction="maximize")
    for one in trials:
        used = {name: space.distributions[name] for name in space.distributions if name not in space.unused(one.params)}
        study.add_trial(
            optuna.trial.create_trial(
                params={name: one.params[name] for name in used}, distributions=dict(used), value=one.result.value
            )
        )
    names = sorted({name for trial in study.get_trials(deepcopy=False) for name in trial.params})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parameters that few trials have
        shares = optuna.importance.get_param_importances(
            study, evaluator=optuna.importance.PedAnovaImportanceEvaluator(target_quantile=BETTER), params=names
        )
    values = {name: round(shares[name], DIGITS) for name in names}
    if not any(values.values()):
        return NoParameterTells()
    values |= {name: 0.0 for name in space.distributions if name not in values}
    return ImportanceRecord(
        evaluator="ped_anova",
        better=BETTER,
        values=dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
