"""The report of a study: report.html, a page that stands alone, and report.md with its pictures beside it.

Both are pure functions of the result. Whatever belongs to one run only stands between `<!-- this run -->` and
`<!-- /this run -->`; all the rest has the same bytes for the same study.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from experiments.records.results import StudyResult
from experiments.reports import markdown, plots, tables
from experiments.reports.answer import answer
from experiments.reports.svg import inline
from experiments.reports.this_run import this_run
from experiments.reports.toml_text import study_file
from experiments.reports.wording import count, label, metric_label
from experiments.search.trial import Curves, TrialResult

PICTURES: Final = "report_files"
CLASSES_NAMED: Final = 20


@dataclass(frozen=True)
class Pages:
    """What the caller writes: report.html, report.md, and for each picture report_files/NAME.svg.

    pictures: the SVG text of each, by NAME.
    """

    html: str
    markdown: str
    pictures: Mapping[str, str]


@dataclass(frozen=True)
class Picture:
    """A picture with what it shows: in a sentence for all, and in a few words for those who cannot see it."""

    name: str
    svg: str
    alt: str
    caption: str


def render(result: StudyResult, trials: Sequence[TrialResult]) -> Pages:
    """Both pages and their pictures; nothing is written.

    Args:
        result: the study.
        trials: the results with their learning curves; of them only the winner's is needed.
    """
    curves = next((trial.curves for trial in trials if trial.number == result.best.number), None)
    pictures = _pictures(result, curves if curves and curves.epochs else None)
    every = [one for group in pictures.values() for one in group]
    values = _values(result) | {"pictures": pictures}
    return Pages(
        html=_templates().get_template("report.html.jinja").render(values),
        markdown=_one_blank_line(_templates(markdown.escape).get_template("report.md.jinja").render(values)),
        pictures=MappingProxyType({one.name: one.svg for one in every}),
    )


def _values(result: StudyResult) -> dict[str, Any]:
    """Everything the templates print, in words; each template escapes it in its own way."""
    return {
        "answer": answer(result),
        "classes": result.data.classes[:CLASSES_NAMED],
        "classes_unnamed": max(0, len(result.data.classes) - CLASSES_NAMED),
        "command": f"python -m experiments.tune {shlex.quote(result.study)}",
        "configurations": tables.configurations(result),
        "count": count,
        "digest": result.digest,
        "counts": tables.counts(result),
        "fingerprints": tables.fingerprints(result),
        "folder": PICTURES,
        "folds": len(result.best.fold_scores),
        "metric": metric_label(str(result.spec.get("cv", {}).get("metric", "score"))),
        "result": result,
        "run": this_run(result),
        "selection": tables.selection(result),
        "study_file": study_file(result.spec),
        "table": tables.trial_table(result),
    }


def _pictures(result: StudyResult, curves: Curves | None) -> dict[str, list[Picture]]:
    """The pictures by the section that shows them; names are safe as file names."""
    found = result.test.difference if result.test else None
    gain = "The gain of the tuned model over the default on the test rows, with its 95% interval"
    best = f"trial {result.best.number}"
    return {
        "difference": [Picture("difference", plots.difference(found), gain, f"{gain}.")] if found else [],
        "history": [
            Picture(
                "history",
                plots.history(result),
                "Score of each trial by its number, with the best so far",
                "Each trial’s mean score over the folds, and the best value so far. Trials far below the others, and "
                "those that diverged or failed, stand on the lower edge.",
            )
        ],
        "curves": [
            Picture(
                "scores",
                plots.score_curves(result, curves),
                f"Validation score of {best} by epoch, for each fold and their mean",
                f"Validation score of the winner, {best}. The spread of the folds is not a confidence interval. Where "
                "curves are steep, their start may lie outside the picture.",
            ),
            Picture(
                "losses",
                plots.loss_curves(result, curves),
                f"Training and validation loss of {best} by epoch",
                "Its training and validation loss. Training loss is measured with dropout on and without the penalty.",
            ),
        ]
        if curves
        else [],
        "slices": [
            Picture(f"slice_{re.sub('[^A-Za-z0-9_-]', '_', name)}", svg, f"Score by {label(name)}", "")
            for name, svg in plots.slices(result).items()
        ],
    }


def _templates(escape: Callable[[object], Markup] | None = None) -> Environment:
    """Templates that escape every value they print and refuse names they do not know.

    What `escape` returns is left as it is; without one, values are escaped as HTML.
    """
    templates = Environment(
        autoescape=True,
        finalize=escape,
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {
        "inline": inline,
        "code": markdown.code,
        "code_block": markdown.code_block,
        "link": markdown.link,
    }
    return templates


def _one_blank_line(text: str) -> str:
    """Markdown without the extra empty lines that conditions leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text)
