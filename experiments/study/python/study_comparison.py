"""A comparison of studies in a Python program, which shows itself as the command does."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console

from experiments.evaluation.comparison.comparison_record import Comparison
from experiments.evaluation.scoring.ledger_place import LEDGER, find_ledger
from experiments.search.arithmetic import PORTABLE, could_be_portable
from experiments.search.pruning import quiet_optuna
from experiments.study.command.process import call
from experiments.study.comparing.compare_files import print_comparison
from experiments.study.comparing.compared import read_studies
from experiments.study.comparing.comparison import compare_studies

WIDTH = 120  # columns of the lines


class StudyComparison:
    """A comparison of studies; its lines are those of `python -m experiments.compare`.

    Attributes:
        record: everything that compare.json would hold, as frozen data.
    """

    def __init__(self, record: Comparison):
        self.record = record

    def __repr__(self) -> str:
        text = io.StringIO()
        plain = Console(file=text, width=WIDTH, highlight=False, force_terminal=False, force_jupyter=False)
        print_comparison(plain, self.record)
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def compared(names: Sequence[str], metric: str | None = None) -> StudyComparison:
    """Compare studies with the arithmetic of the command, in a process of its own where this one has another.

    Args:
        names:  names, folders, study files or results.json files.
        metric: metric by which their choices are scored; its own of each where None.

    Raises:
        ExperimentError: in one line, what is wrong.
    """
    if could_be_portable():
        return StudyComparison(call(PORTABLE, _compared, tuple(names), metric))
    return StudyComparison(_compared(names, metric))


def _compared(names: Sequence[str], metric: str | None) -> Comparison:
    quiet_optuna()
    return compare_studies(read_studies(names), find_ledger(LEDGER), metric=metric)
