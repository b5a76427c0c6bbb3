"""The report of a study: report.html, a page that stands alone, and report.md with its pictures beside it.

Both are pure functions of the result and of a reading of the ledger. Whatever belongs to one run stands between
`<!-- this run -->` and `<!-- /this run -->`; all the rest has the same bytes for the same study with the same texts of
its author. Each fact carries its key: `data-fact` in HTML; Markdown stays clean text, and marks facts for a check only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup

from experiments.config.readable import printable
from experiments.evaluation.records.results import LedgerRecord, StudyResult
from experiments.reports import markdown
from experiments.reports.blocks import Fact, Figures, Picture, Section, sentence, unfolded
from experiments.reports.glance import glance, made_by
from experiments.reports.headline import answer, lead, untested
from experiments.reports.metrics import metric_label
from experiments.reports.outer_fold import outer_fold_of, tested
from experiments.reports.plots.intervals import difference
from experiments.reports.run_info import another_test, looks_meaning, rows_scored, this_run
from experiments.reports.sections.baselines import baselines
from experiments.reports.sections.checklist import checklist
from experiments.reports.sections.data import data
from experiments.reports.sections.errors import errors
from experiments.reports.sections.learning_curves import learning_curves
from experiments.reports.sections.outer_folds import outer_folds
from experiments.reports.sections.permutation_importance import permutation_importance
from experiments.reports.sections.reproducibility import reproduce, tune_command
from experiments.reports.sections.search import search
from experiments.reports.sections.selection import selection
from experiments.reports.sections.sizes import sizes
from experiments.reports.sections.uncertainty import uncertainty
from experiments.reports.templating import open_templates, page_script
from experiments.reports.trials_csv import trained_epochs
from experiments.search.trial import TrialResult

PAGE_VERSION: Final = 24  # raised whenever the pages of the same study change
FOLDER: Final = "report_files"
GAIN: Final = (
    "Difference between the {} and the default in {} on {}, with its 95% interval; across zero, it leaves open which "
    "{}is better."
)


@dataclass(frozen=True)
class Pages:
    """The texts of report.html, report.md and each report_files/NAME.svg.

    pictures: SVG text of each picture, by NAME.
    """

    html: str
    markdown: str
    pictures: Mapping[str, str]


def render(
    result: StudyResult,
    trials: Sequence[TrialResult],
    ledger: LedgerRecord | None = None,
    fact: Callable[[Markup, str], Markup] = markdown.fact,
) -> Pages:
    """Make both pages and their pictures, and write nothing.

    Args:
        result: the study.
        trials: results with their learning curves; without them the pages leave out what needs the curves.
        ledger: what the ledger says now; without it, what it said when the study ended.
        fact:   how the Markdown page writes a fact, given its text and its key.
    """
    reading = ledger or result.ledger
    values = {
        "command": tune_command(result),
        "folder": FOLDER,
        "gain": _gain(result),
        "glance": glance(result),
        "lead": lead(result),
        "made_by": made_by(result),
        "outer_fold": outer_fold_of(result),
        "result": result,
        "this_run": this_run(result, reading),
        "rows_scored": (
            *rows_scored(result, reading, now=ledger is not None),
            looks_meaning(result, reading),
            another_test(result, reading),
        ),
        "script": page_script(),
        "sections": _sections(result, trials),
        "test": answer(result),
        "untested": untested(result),
        "version": PAGE_VERSION,
    }
    return fill_templates("report", values, fact)


def fill_templates(
    name: str, values: Mapping[str, Any], fact: Callable[[Markup, str], Markup] = markdown.fact
) -> Pages:
    """Make both pages by the templates of a name; their pictures are those of the values gain and sections."""
    figures = [block for one in values["sections"] for block in unfolded(one.blocks) if isinstance(block, Figures)]
    pictures = [*values.get("gain", ()), *(picture for block in figures for picture in block.pictures)]
    html, text = open_templates(fact), open_templates(fact, markdown.escape)
    return Pages(
        html=_printable(html.get_template(f"{name}.html.jinja").render(values)),
        markdown=re.sub(r"\n{3,}", "\n\n", _printable(text.get_template(f"{name}.md.jinja").render(values))),
        pictures=MappingProxyType({picture.name: picture.svg for picture in pictures}),
    )


def _printable(page: str) -> str:
    """Write what steers a terminal as an escape; line breaks and tabs stay."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda found: printable(found[0]), page)


def _sections(result: StudyResult, trials: Sequence[TrialResult]) -> list[Section]:
    """List the sections below the answer, in the order of reading."""
    curves = next((trial.curves for trial in trials if trial.number == result.best.number), None)
    sections = [
        outer_folds(result),
        baselines(result),
        selection(result),
        errors(result),
        permutation_importance(result),
        uncertainty(result),
        sizes(result),
        search(result, trained_epochs(trials)),
        learning_curves(result, curves),
        data(result),
        checklist(result),
        reproduce(result),
    ]
    return [section for section in sections if section is not None]


def _gain(result: StudyResult) -> list[Picture]:
    test = result.test
    if test is None or test.difference is None or not test.difference.has_interval:
        return []
    name, tuned = metric_label(test.metric), tested(result)
    rows, model = ("the test rows", "model ") if result.outer is None else ("the rows of the outer folds", "")
    alt = f"Difference in {name} between the {tuned} and the default on {rows}, with its 95% interval"
    svg = difference(test.difference, test.metric, tuned.removesuffix(" model"))
    return [Picture("difference", svg, alt, sentence(GAIN, tuned, Fact("test.metric", name), rows, model))]
