"""What the plain models score on the test rows, by the same rules as the winner."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.evaluation.baselines import FittedReference, ReferenceTask, Unfitted, brief, reference_outputs
from experiments.evaluation.final_score import judge
from experiments.evaluation.reasons import NoMetric, NoScore, NotFitted, NotScored, TooManyClasses
from experiments.evaluation.results import ReferenceRecord
from nnet.arrays import Array, Targets


def score_reference(
    task: ReferenceTask,
    model: FittedReference,
    metric: str,
    target: Target,
    x: Array,
    y: Targets,
    groups: NDArray[Any] | None,
) -> ReferenceRecord:
    """The record of one model, without a score where it has none. Pure, so that it can be made in a worker.

    Args:
        x:      (N, inputs) test rows, preprocessed as those that it learnt from.
        y:      (N,) their labels or numbers.
        groups: (N,) which of them belong together; None where every row stands alone.

    Raises:
        MemoryError: for this there is no room here; elsewhere there may be.
    """
    if model.reason is not None:
        return without_score(task, _reason(model.reason))
    try:
        z = reference_outputs(model, x, target)
        judged = judge(metric, target, y, z, None, groups)
    except MemoryError:
        raise
    except Exception as error:  # a library may raise what it likes
        return without_score(task, NotScored(detail=brief(error)), model.converged)
    if not (np.isfinite(z).all() and all(map(isfinite, (judged.score, *judged.ci95)))):
        return without_score(task, NoMetric(metric=metric), model.converged)
    record = without_score(task, None, model.converged)
    return record.model_copy(update={"score": judged.score, "ci95": judged.ci95})


def without_score(task: ReferenceTask, reason: NoScore | None, converged: bool | None = None) -> ReferenceRecord:
    """Make the record of a model that has no score."""
    return ReferenceRecord(
        id=task.id,
        version=task.version,
        settings=task.settings,
        converged=converged,
        score=None,
        ci95=None,
        reason=reason,
    )


def _reason(found: Unfitted) -> NoScore:
    if found.code == "too_many_classes":
        return TooManyClasses(limit=found.limit)
    return NotFitted(detail=found.detail)
