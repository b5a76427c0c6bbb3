"""The report of a study: report.html, a page that stands alone, and report.md with its pictures beside it.

Both are pure functions of the result and of a ledger's reading. Whatever belongs to one run only stands between
`<!-- this run -->` and `<!-- /this run -->`; all the rest has the same bytes for the same study. Each fact carries its
key: `data-fact` in HTML; Markdown stays clean text, and marks facts for a check only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from experiments.evaluation.results import LedgerRecord, StudyResult
from experiments.reports import markdown
from experiments.reports.blocks import Code, Fact, Names, Picture, Section, Strong, pictures, plain
from experiments.reports.headline import answer
from experiments.reports.plots.intervals import difference
from experiments.reports.plots.svg import inline
from experiments.reports.run_info import this_run
from experiments.reports.sections.baselines import beside
from experiments.reports.sections.checklist import checklist
from experiments.reports.sections.configurations import configurations
from experiments.reports.sections.data import data
from experiments.reports.sections.errors import errors
from experiments.reports.sections.learning_curves import learning
from experiments.reports.sections.omitted import others_left_out
from experiments.reports.sections.permutation_importance import reliance
from experiments.reports.sections.pruning import stopped
from experiments.reports.sections.reproducibility import again, tune_command
from experiments.reports.sections.search import search
from experiments.reports.sections.selection import selection
from experiments.reports.sections.trials import trials as trials_section
from experiments.reports.trial_lengths import trained_epochs
from experiments.search.trial import TrialResult

PAGE_VERSION: Final = 4  # raised whenever the pages of the same study come to say or show something else
FOLDER: Final = "report_files"


@dataclass(frozen=True)
class Pages:
    """What the caller writes: report.html, report.md, and for each picture report_files/NAME.svg.

    pictures: the SVG text of each, by NAME.
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
    """Make both pages and their pictures; nothing is written.

    Args:
        result: the study.
        trials: the results with their learning curves; what is said of curves is left out without them.
        ledger: what the ledger says at the moment of writing; without it, what it said when the study ended.
        fact:   how the Markdown page writes a fact, given its text and its key.
    """
    gain = _gain(result)
    sections = _sections(result, trials)
    values = {
        "answer": answer(result),
        "command": tune_command(result),
        "folder": FOLDER,
        "gain": gain,
        "result": result,
        "run": this_run(result, ledger),
        "sections": sections,
        "version": PAGE_VERSION,
    }
    every = [*gain, *(one for section in sections for one in pictures(section.blocks))]
    html, text = _templates(fact), _templates(fact, markdown.escape)
    return Pages(
        html=html.get_template("report.html.jinja").render(values),
        markdown=_one_blank_line(text.get_template("report.md.jinja").render(values)),
        pictures=MappingProxyType({one.name: one.svg for one in every}),
    )


def _sections(result: StudyResult, trials: Sequence[TrialResult]) -> list[Section]:
    """What follows the answer, in the order of reading."""
    curves = next((trial.curves for trial in trials if trial.number == result.best.number), None)
    found = [
        beside(result),
        selection(result),
        configurations(result),
        search(result),
        learning(result, curves),
        stopped(result, trained_epochs(trials)),
        errors(result),
        reliance(result),
        others_left_out(result),
        trials_section(result),
        data(result),
        checklist(result),
        again(result),
    ]
    return [section for section in found if section is not None]


def _gain(result: StudyResult) -> list[Picture]:
    found = result.test.difference if result.test else None
    alt = "The gain of the tuned model over the default on the test rows, with its 95% interval"
    return [Picture("difference", difference(found), alt, f"{alt}.")] if found else []


def _templates(fact: Callable[[Markup, str], Markup], escape: Callable[[object], Markup] | None = None) -> Environment:
    """Templates that escape every value they print and refuse names they do not know.

    What `escape` returns is left as it is; without one, values are escaped as HTML.
    """
    templates = Environment(
        autoescape=True,
        finalize=escape,
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {
        "inline": inline,
        "code": markdown.code,
        "code_block": markdown.code_block,
        "escaped": markdown.escape,
        "fact": fact,
        "plain": plain,
        "link": markdown.link,
    }
    templates.tests |= {
        "code": lambda part: isinstance(part, Code),
        "fact": lambda part: isinstance(part, Fact),
        "parts": lambda part: isinstance(part, tuple),
        "names": lambda part: isinstance(part, Names),
        "strong": lambda part: isinstance(part, Strong),
    }
    return templates


def _one_blank_line(text: str) -> str:
    """Markdown without the extra empty lines that conditions leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text)
