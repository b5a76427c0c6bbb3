"""The trials whose models are tested: the winner, and the default."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from experiments.errors import SearchError
from experiments.evaluation.records.analysis_record import AnalysisRecord
from experiments.search.context import StudyContext
from experiments.search.trial import INTERVENTIONS, FinishedTrial, best_trial


def best_of(trials: Sequence[FinishedTrial]) -> FinishedTrial:
    """Return the COMPLETE trial with the highest value; the first of equals.

    Raises:
        SearchError: no trial is COMPLETE.
    """
    best = best_trial(trials)
    if best is None:
        reasons = Counter(trial.result.reason for trial in trials if trial.result.reason)
        counts = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        hints = ["lower learning_rate"] if reasons["diverged"] else []
        if any(reasons[kind] for kind in INTERVENTIONS):
            hints.append("--fresh with fewer --workers begins anew with more memory for each")
        said = "; ".join(["so there is nothing to refit", *hints])
        raise SearchError(f"no trial of {len(trials)} came to a score ({counts}), {said}. The test set was not read.")
    return best


def default_of(trials: Sequence[FinishedTrial]) -> FinishedTrial | None:
    """Return trial 0; None if it has no score."""
    return trials[0] if trials[0].result.state == "COMPLETE" else None


def finalists_of(trials: Sequence[FinishedTrial], winner: FinishedTrial | None = None) -> list[FinishedTrial]:
    """Return the trials whose models are scored on the test rows: the winner, and the default if it has a score.

    Args:
        winner: the trial that is kept; without it, the best.
    """
    kept, default = best_of(trials) if winner is None else winner, default_of(trials)
    return [kept] if default is None or default is kept else [kept, default]


def winner_of(study: StudyContext, trials: Sequence[FinishedTrial], analysis: AnalysisRecord | None) -> FinishedTrial:
    """Return the trial whose configuration is kept: the best, or the smallest network of the analysis."""
    smallest = analysis.smallest if analysis and study.spec.final.choice == "smallest" else None
    return best_of(trials) if smallest is None else trials[smallest.trial]
