"""The words for the study of one outer fold, and for what the outer folds cannot be compared with."""

from __future__ import annotations

import shlex

from experiments.evaluation.final_model.final_kind import default_won
from experiments.evaluation.records.outer_record import OuterRecord
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Fact, Parts, sentence


def outer_fold_of(result: StudyResult) -> Parts:
    """Name the outer fold that a study is tested on; nothing of any other study."""
    facts = [Fact(f"spec.data.test_fold[{at}]", str(one)) for at, one in enumerate(_fold(result))]
    return sentence("outer fold {} of {}", *facts) if facts else ()


def tested(result: StudyResult) -> str:
    """Name what the test score is of: the tuned model, or in nested cross-validation the whole procedure."""
    return f"{tuned(result)} model" if result.outer is None else "procedure"


def tuned(result: StudyResult) -> str:
    """Return the word for the winner: tuned, or default where it is the default itself."""
    return "default" if default_won(result) else "tuned"


def why_not_compared(outer: OuterRecord) -> str:
    """Say why nested cross-validation compares nothing with the default."""
    if all(fold.default is not None for fold in outer.folds):
        return "every outer search chose the default configuration"
    return "the default has no score in some outer fold"


def searched(result: StudyResult) -> tuple[int, ...]:
    """Return the number of trials of this search, and of the search of each outer fold."""
    return len(result.trials), *(fold.trials for fold in (result.outer.folds if result.outer else ()))


def study_name(result: StudyResult) -> str:
    """Return the study as it is named on the command line; an outer study by its folder in the usual place.

    Its folder is that of the whole study's name in studies/, unless that went elsewhere.
    """
    fold = _fold(result)
    return shlex.quote(f"studies/{result.study}/outer-{fold[0]}" if fold else result.study)


def _fold(result: StudyResult) -> list[int]:
    return list(result.spec.get("data", {}).get("test_fold") or ())
