"""What the study could not say, with the reason in one line."""

from __future__ import annotations

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Block, Fact, Section, Words, note, sentence
from experiments.reports.methods import reason

TITLES = {
    "selection": "The corrected selection score",
    "floor": "The selection floor",
    "out_of_fold": "Predictions of rows that were not trained on",
    "confusion": "The confusion matrix",
    "calibration": "The calibration",
    "importances": "The importance of each parameter",
    "permutation": "The importance of each column",
}


def left_out(result: StudyResult, *parts: str) -> tuple[Block, ...]:
    """A line for each of these parts of the analysis that has a reason not to be there."""
    reasons = result.analysis.left_out if result.analysis else {}
    return tuple(
        note(*sentence("{}: left out. Reason: {}.", _title(part), reason(f"analysis.left_out.{part}", reasons[part])))
        for part in parts
        if part in reasons
    )


def others_left_out(result: StudyResult) -> Section | None:
    """The parts that no other section speaks of."""
    reasons = result.analysis.left_out if result.analysis else {}
    rest = sorted(set(reasons) - set(TITLES))
    return Section("What else was left out", "left out", left_out(result, *rest)) if rest else None


def _title(part: str) -> Words:
    return TITLES.get(part) or Fact(f"names.{part}", part.replace("_", " "))
