"""The kind of final model that a result has: one network or several, with the default's, or the smallest."""

from __future__ import annotations

from experiments.evaluation.final_model.with_default import are_close
from experiments.evaluation.records.results import StudyResult


def are_several(result: StudyResult) -> bool:
    """Return whether the final model is the mean of several networks."""
    return result.final is not None and (result.final.members > 1 or holds_default(result))


def default_won(result: StudyResult) -> bool:
    """Return whether the winner is the default itself, as it is of a study of one trial."""
    is_default = result.default is not None and result.default.number == result.best.number
    return is_default or len(result.trials) == 1


def holds_default(result: StudyResult) -> bool:
    """Return whether the final model has the default's networks beside the winner's."""
    asked, default = result.spec.get("final", {}).get("choice") == "with_default", result.default
    if not asked or default is None or default_won(result):
        return False
    cv, scores = result.spec["cv"], result.trials[default.number].fold_scores
    return are_close(result.best.fold_scores, scores, cv["splitter"], cv.get("n_repeats", 1))


def keeps_smallest(result: StudyResult) -> bool:
    """Return whether the winner is the smallest network within one standard error of the best, not the best itself."""
    asked = result.spec.get("final", {}).get("choice") == "smallest"
    return asked and result.analysis is not None and result.analysis.smallest is not None
