"""The advice for a target with a rare class: by what to search instead of by accuracy."""

from __future__ import annotations

from typing import Final

RANKED: Final = "{} judges all thresholds at once"  # of two classes
WEIGHED: Final = "{} with {} weighs all classes alike"  # of more
ROC_AUC: Final = "cv.metric = roc_auc"
BALANCED: Final = ("cv.metric = balanced_accuracy", 'class_weight = "balanced"')


def rare_class_advice(classes: int) -> str:
    """Name the metric to search by, and what it does.

    Args:
        classes: number of classes of the target.

    >>> rare_class_advice(2)
    'cv.metric = roc_auc judges all thresholds at once'
    """
    return RANKED.format(ROC_AUC) if classes == 2 else WEIGHED.format(*BALANCED)
