"""The parts of the analysis that are missing, each with its reason."""

from __future__ import annotations

from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Block, note
from experiments.reports.methods import reason

TITLES = {
    "selection": "Corrected selection score",
    "floor": "Gain by luck alone",
    "out_of_fold": "Out-of-fold predictions",
    "confusion": "Confusion matrix",
    "calibration": "Calibration",
    "uncertainty": "Uncertainty of predictions",
    "importances": "Parameter importance",
    "permutation": "Permutation importance",
}


def left_out(result: StudyResult, *parts: str) -> tuple[Block, ...]:
    """Write a line for each of these parts that is missing for a reason."""
    reasons = result.analysed.left_out
    return tuple(
        note(
            "{}: left out. Reason: {}.",
            TITLES[part],
            reason(f"analysis.left_out.{part}", reasons[part]),
        )
        for part in parts
        if part in reasons
    )
