"""The search: trial by trial, all parameters together, and each parameter by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Block, Fact, Figures, Heading, Picture, Section, Words, note, percent, sentence
from experiments.reports.formatting import label
from experiments.reports.methods import evaluator
from experiments.reports.metrics import metric_label, metric_of
from experiments.reports.plots import search as plots
from experiments.reports.plots.bars import Bar, bars
from experiments.reports.plots.parallel import MOST, parallel
from experiments.reports.plots.two_parameters import two_parameters
from experiments.reports.sections.omitted import left_out

HISTORY = (
    "Mean {} over the folds by trial number, and the best value so far. Trials that are far worse than the others, "
    "diverged or failed stand on the edge."
)
PARALLEL = (
    "Each line is {}. It crosses each axis at the trial’s value of that parameter and ends at its score; the best "
    "scores are at the top and have the strongest lines. – means that the trial did not use the parameter. Scores off "
    "the scale end at the foot of their axis."
)
SLICES = (
    "Mean {} over the folds by the value of one parameter, for the trials that used it. Marks and scale are those of "
    "the first picture of this section; trials with equal values stand side by side. The trials differ in the other "
    "parameters too, so a pattern is a hint and not an effect."
)
TWO = (
    "Each mark is a complete trial that used both parameters; the stronger its colour, the better its mean {} over the "
    "folds. A pointer on a mark shows the score. Trials with equal values stand side by side."
)
IMPORTANCES = (
    "Share of the importance by parameter: how well each one distinguishes the better trials, by {}. The shares add up "
    "to a whole also where no parameter matters{}. All of this holds for the searched ranges; a parameter with a small "
    "share may still matter outside them."
)
LUCK = (
    ": where the scores are dealt out to the trials at random, the largest is up to {} in nineteen of twenty draws "
    "(dotted line)"
)
SOME_LUCK = ", and luck alone may then give half of it to one"


def search(result: StudyResult) -> Section:
    """Show history, parallel coordinates, importances and slices."""
    name = metric_label(metric_of(result.spec))
    metric = Fact("spec.cv.metric", name)
    alt = f"{name} of each trial by its number, with the best so far"
    history = Picture("history", plots.history(result), alt, sentence(HISTORY, metric))
    blocks: list[Block] = [Figures((history,))]
    if lines := parallel(result):
        complete = sum(trial.value is not None for trial in result.trials)
        alt = f"Parallel coordinates: the parameters of each complete trial and its {name}"
        caption = sentence(PARALLEL, f"one of the best {MOST} trials" if complete > MOST else "a complete trial")
        blocks += [Heading("All parameters together"), Figures((Picture("parallel", lines, alt, caption),), "broad")]
    blocks += [*_importances(result), *left_out(result, "importances")]
    slices = tuple(
        Picture(f"slice_{re.sub('[^A-Za-z0-9_-]', '_', parameter)}", svg, f"{name} of each trial by {label(parameter)}")
        for parameter, svg in plots.slices(result).items()
    )
    if slices:
        blocks += [Heading("Each parameter"), note(SLICES, metric), Figures(slices, "small")]
    return Section("Search", "search", tuple(blocks))


def _importances(result: StudyResult) -> list[Block]:
    record = result.analysed.importances
    if record is None or not record.values:
        return []
    ranked = sorted(record.values.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        Bar(label(name), share, Fact(f"analysis.importances.values.{name}", f"{100 * share:.0f}%"))
        for name, share in ranked
    ]
    svg = bars(rows, "share of the importance", record.by_luck)
    luck: Words = SOME_LUCK
    if record.by_luck is not None:
        luck = sentence(LUCK, percent("analysis.importances.by_luck", record.by_luck))
    caption = sentence(IMPORTANCES, evaluator(record), luck)
    return [
        Heading("Parameter importance"),
        Figures((Picture("importances", svg, "Importance of each parameter", caption),)),
        *_most_important(result, [name for name, share in ranked if share > 0]),
    ]


def _most_important(result: StudyResult, ranked: Sequence[str]) -> list[Block]:
    """Draw the two most important parameters against each other."""
    if len(ranked) < 2 or (svg := two_parameters(result, *ranked[:2])) is None:
        return []
    name = metric_label(metric_of(result.spec))
    alt = f"{name} of each complete trial by the two most important parameters"
    caption = sentence(TWO, Fact("spec.cv.metric", name))
    return [Heading("The two most important parameters"), Figures((Picture("two_parameters", svg, alt, caption),))]
