"""What the search did: trial by trial, parameters together, and each by itself."""

from __future__ import annotations

import re

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Block, Fact, Figures, Heading, Picture, Section, Words, note, sentence
from experiments.reports.formatting import label, metric_of
from experiments.reports.methods import evaluator
from experiments.reports.plots import search as plots
from experiments.reports.plots.bars import Bar, bars
from experiments.reports.plots.parallel import MOST, parallel
from experiments.reports.sections.omitted import left_out

HISTORY = (
    "Each trial’s mean score over the folds, and the best value so far. Trials far below the others, and those that "
    "diverged or failed, stand on the lower edge."
)
PARALLEL = (
    "Each line is {}: where it crosses an axis is its value there, and it ends at its score. The higher "
    "the score, the stronger the line. – is a parameter that the trial had no use for; scores below the axis end at "
    "its foot."
)
SLICES = (
    "Each trial that used the parameter. The trials differ in the other parameters too, so a pattern here is a hint "
    "and not an effect. The marks and the scale, {}, are those of the picture of all trials; trials with equal values "
    "stand side by side."
)
IMPORTANCES = (
    "How much each parameter tells the better trials from all, in shares, by {}. It speaks of the ranges that "
    "were searched; a parameter with a small share may still matter outside them."
)


def search(result: StudyResult) -> Section:
    """History, parallel coordinates, importances and slices."""
    alt = "Score of each trial by its number, with the best so far"
    blocks: list[Block] = [Figures((Picture("history", plots.history(result), alt, HISTORY),))]
    if lines := parallel(result):
        alt = f"Parallel coordinates: the parameters of each complete trial and its {metric_of(result.spec)}"
        caption = sentence(PARALLEL, f"one of the best {MOST}" if _complete(result) > MOST else "a complete trial")
        blocks += [Heading("All parameters together"), Figures((Picture("parallel", lines, alt, caption),), "broad")]
    blocks += [*_importances(result), *left_out(result, "importances")]
    if pictures := _slices(result):
        blocks += [
            Heading("Each parameter by itself"),
            note(*sentence(SLICES, _metric(result))),
            Figures(pictures, "small"),
        ]
    return Section("What the search did", "search", tuple(blocks))


def _metric(result: StudyResult) -> Words:
    return Fact("spec.cv.metric", metric_of(result.spec))


def _complete(result: StudyResult) -> int:
    return sum(trial.value is not None for trial in result.trials)


def _importances(result: StudyResult) -> list[Block]:
    found = result.analysis.importances if result.analysis else None
    if found is None or not found.values:
        return []
    ranked = sorted(found.values.items(), key=lambda one: (-one[1], one[0]))
    above = "analysis.importances.values"
    rows = [Bar(label(name), share, words=f"{100 * share:.0f}%", key=f"{above}.{name}") for name, share in ranked]
    svg = bars("importances", rows, "share of the importance")
    caption = sentence(IMPORTANCES, evaluator(found))
    picture = Picture("importances", svg, "Importance of each parameter", caption)
    return [Heading("Which parameters mattered"), Figures((picture,))]


def _slices(result: StudyResult) -> tuple[Picture, ...]:
    return tuple(
        Picture(f"slice_{re.sub('[^A-Za-z0-9_-]', '_', name)}", svg, "Score of each trial by one parameter")
        for name, svg in plots.slices(result).items()
    )
