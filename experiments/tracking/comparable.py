"""The values by which MLflow compares studies: scores by the names of their metrics, ranges, the best configuration.

`cv_mean` of two studies may be accuracy and F1; `cv_mean_accuracy` and `cv_mean_f1_macro` cannot be taken for each
other. All of it is made from what a study's folder has anyway, so that studies of earlier versions get it, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.search.trial import FinishedTrial
from experiments.tracking.outbox import RunMetadata, StudyOutcome
from experiments.tracking.runs import score_name, trial_params

METRIC = "cv.metric"  # the parameter of a study that names its metric
# the scores of a study, and their names without the metric
SCORES = {"cv_mean": "best_cv_mean", "corrected": "corrected_score", "test": "test_score"}


def comparable_metadata(metadata: RunMetadata, space: Mapping[str, Any]) -> RunMetadata:
    """Return the metadata with a parameter for each searched range.

    Args:
        space: the section of the study file.
    """
    ranges = {f"space.{name}": range_text(searched) for name, searched in space.items()}
    return metadata.model_copy(update={"params": {**metadata.params, **ranges}})


def range_text(searched: Mapping[str, Any]) -> str:
    """Return a searched range, or the choices, in words.

    >>> range_text({"low": 0.001, "high": 0.1, "log": True}), range_text({"choices": ["relu", "tanh"]})
    ('0.001 to 0.1, log', 'relu, tanh')
    """
    if "choices" in searched:
        return ", ".join(map(str, searched["choices"]))
    text = f"{searched['low']} to {searched['high']}"
    return f"{text}, log" if searched.get("log") else text


def comparable_outcome(outcome: StudyOutcome, metric: str, trials: Mapping[int, FinishedTrial]) -> StudyOutcome:
    """Return the outcome with its scores by the name of their metric, and with its best configuration.

    The scores come first: MLflow's comparison draws the first metric. The configuration is tags best_NAME, and its
    numbers are metrics of these names, too, so that MLflow draws them.

    Args:
        metric: name of the metric; empty if it is not known.
    """
    metrics = outcome.metrics
    if metric:
        scores = {score_name(prefix, metric): metrics[name] for prefix, name in SCORES.items() if name in metrics}
        metrics = scores | metrics
    best = trials.get(int(outcome.tags.get("best_trial", "-1")))
    if best is None:
        return outcome.model_copy(update={"metrics": metrics})
    values = trial_params(best.params, ())
    metrics |= {f"best_{name}": float(values[name]) for name in values if type(best.params[name]) in (int, float)}
    tags = {f"best_{name}": value for name, value in values.items()}
    return outcome.model_copy(update={"metrics": metrics, "tags": {**outcome.tags, **tags}})
