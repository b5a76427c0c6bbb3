"""A comparison of studies for a paper, as LaTeX."""

from __future__ import annotations

from experiments.evaluation.comparison.comparison_record import Comparison
from experiments.reports.blocks import plain
from experiments.reports.comparison.differences import answer, differences
from experiments.reports.comparison.finalists import finalists
from experiments.reports.comparison.studies import studies, test_scores
from experiments.reports.latex_text import PACKAGES, escaped, section


def comparison_latex(comparison: Comparison) -> str:
    """Write the answer, and the tables of studies, differences, finalists and test scores with what explains them."""
    lines = escaped(" ".join(map(plain, answer(comparison)[0])))
    parts = [
        studies(comparison),
        differences(comparison) if comparison.pairs else None,
        finalists(comparison),
        test_scores(comparison),
    ]
    return "\n\n".join([PACKAGES, lines, *(section(part) for part in parts if part is not None)]) + "\n"
