"""The comparison of studies as pages: compare.html, which stands alone, compare.md with its pictures, and LaTeX."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.comparison.comparison_record import Comparison
from experiments.reports.blocks import plain
from experiments.reports.comparison.curves import learning_curves, searches
from experiments.reports.comparison.differences import answer, differences
from experiments.reports.comparison.errors import errors
from experiments.reports.comparison.finalists import finalists
from experiments.reports.comparison.studies import settings, studies, test_scores
from experiments.reports.latex_text import PACKAGES, escaped, section
from experiments.reports.render import Pages, fill_templates
from nnet.near import enumerated

FOLDER: Final = "compare_files"


def render_comparison(comparison: Comparison) -> Pages:
    """Make both pages and their pictures, and write nothing."""
    sections = [
        studies(comparison),
        differences(comparison) if comparison.pairs else None,
        finalists(comparison),
        test_scores(comparison),
        settings(comparison),
        searches(comparison),
        learning_curves(comparison),
        errors(comparison),
    ]
    shown = [section for section in sections if section is not None]
    lines, tone = answer(comparison)
    title = enumerated([study.name for study in comparison.studies])
    values = {"answer": lines, "folder": FOLDER, "sections": shown, "title": title, "tone": tone}
    return fill_templates("compare", values)


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
