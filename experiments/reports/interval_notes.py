"""The notes on the test score's interval: what it allows for, and where it is known to be too narrow."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.records.results import FinalScore, StudyResult
from experiments.evaluation.records.split_record import HoldoutRecord
from experiments.evaluation.statistics.expanded_interval import FEW_ROWS
from experiments.reports.blocks import Fact, Parts, Words, joined, number, sentence

WIDENED: Final = (
    "Neighbouring blocks of these rows have alike scores: for that, the interval is about {} times as wide as that of "
    "independent blocks."
)
OF_GROUPS: Final = "Rows of a group may be alike, so the interval counts groups and not rows{}."
UNEVEN: Final = "; as their sizes differ, they count as {} of one size"
TWO_GROUPS: Final = (
    "One or two groups have most of these rows. How far groups differ cannot be seen from so few: where they differ by "
    "much, the interval is too narrow (in simulations with one such group it held the truth in 82% of samples)."
)
FEW_ERRORS: Final = (
    "So few rows may lack the largest errors: where a few rows in a hundred have far larger errors than all others, "
    "the interval is too narrow (in simulations it held the truth in 76 to 79% of samples)."
)
OF_R2: Final = (
    "An interval of R² of so few rows is a little too narrow: in simulations it held the truth in 88 to 95% of "
    "samples, least often where the target is skewed."
)
FEW: Final = {"r2": 300}  # rows below which an interval of numbers is too narrow; of other metrics FEW_ROWS
TWO: Final = 2  # number of groups of one size as which others count, of which one or two have most rows


def interval_notes(result: StudyResult, test: FinalScore) -> Parts:
    """Say what the interval allows for, and warn where it is known to hold the truth less often than it says."""
    lines: list[Words] = []
    if test.ci_widened is not None:
        lines.append(sentence(WIDENED, Fact("test.ci_widened", f"{test.ci_widened:.1f}")))
    elif "groups" in test.ci_method:
        lines += _of_groups(result.holdout)
    elif result.data.task == "regression" and result.outer is None and test.rows < FEW.get(test.metric, FEW_ROWS):
        lines.append(OF_R2 if test.metric in FEW else FEW_ERRORS)
    return joined(lines, " ")


def _of_groups(holdout: HoldoutRecord | None) -> list[Words]:
    if holdout is None or holdout.test_groups is None:  # blocks of time, or copies
        return []
    even = holdout.even_test_groups
    if even is None or even == holdout.test_groups:
        return [sentence(OF_GROUPS, "")]
    uneven = sentence(OF_GROUPS, sentence(UNEVEN, number("holdout.even_test_groups", even)))
    return [uneven, TWO_GROUPS] if even <= TWO else [uneven]
