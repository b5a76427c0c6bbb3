"""Scores of the baselines on the test rows, by the same rules as the winner's."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from experiments.config.target import Target
from experiments.errors import first_line
from experiments.evaluation.records.reasons import NoMetric, NotScored
from experiments.evaluation.records.results import BaselineRecord
from experiments.evaluation.scoring.baselines import LONGEST, BaselineTask, FittedBaseline, baseline_outputs
from experiments.evaluation.scoring.final_score import Truth, final_score
from nnet.arrays import Array


def score_baseline(
    task: BaselineTask, model: FittedBaseline, metric: str, target: Target, x: Array, truth: Truth
) -> BaselineRecord:
    """Score one baseline; its record has the reason where there is no score.

    Args:
        x: (N, inputs) test rows, preprocessed as those that it learnt from.

    Raises:
        MemoryError: this worker has too little memory; another one may have enough.
    """
    unscored = BaselineRecord(
        id=task.id,
        version=task.version,
        settings=task.settings,
        converged=model.converged,
        score=None,
        ci95=None,
        reason=model.reason,
    )
    if model.reason is not None:
        return unscored
    try:
        z = baseline_outputs(model, x, target)
        scored = final_score(metric, target, truth, z, None)
    except MemoryError:
        raise
    except Exception as error:  # a library may raise anything
        return replace(unscored, reason=NotScored(detail=first_line(error)[:LONGEST]))
    if not (np.isfinite(z).all() and all(map(isfinite, (scored.score, *scored.ci95)))):
        return replace(unscored, reason=NoMetric(metric=metric))
    return replace(unscored, score=scored.score, ci95=scored.ci95)
