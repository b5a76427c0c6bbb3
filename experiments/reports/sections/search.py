"""The search: its trials, all parameters together, and each parameter by itself."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Fact,
    Figures,
    Folded,
    Heading,
    Picture,
    Section,
    Words,
    note,
    percent,
    sentence,
)
from experiments.reports.formatting import label
from experiments.reports.methods import evaluator
from experiments.reports.metrics import metric_label, metric_of
from experiments.reports.plots import search as plots
from experiments.reports.plots.bars import Bar, bars
from experiments.reports.plots.parallel import MOST, parallel
from experiments.reports.sections.omitted import left_out
from experiments.reports.sections.trials import outcomes, trial_tables

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


def search(result: StudyResult, trained: Mapping[int, int]) -> Section:
    """Show outcomes, history, tables of trials, parallel coordinates, importances and slices.

    Args:
        trained: number of a trial -> its last epoch; of no trial where that is unknown.
    """
    name = metric_label(metric_of(result.spec))
    metric = Fact("spec.cv.metric", name)
    alt = f"{name} of each trial by its number, with the best so far"
    history = Picture("history", plots.history(result), alt, sentence(HISTORY, metric))
    blocks: list[Block] = [outcomes(result, trained), Figures((history,)), *trial_tables(result)]
    if lines := parallel(result):
        complete = sum(trial.value is not None for trial in result.trials)
        alt = f"Parallel coordinates: the parameters of each complete trial and its {name}"
        caption = sentence(PARALLEL, f"one of the best {MOST} trials" if complete > MOST else "a complete trial")
        blocks += [Heading("All parameters together"), Figures((Picture("parallel", lines, alt, caption),), "broad")]
    blocks += [*_importances(result), *left_out(result, "importances")]
    slices = tuple(
        Picture(f"slice_{parameter}", svg, f"{name} of each trial by {label(parameter)}")
        for parameter, svg in plots.slices(result).items()
    )
    if slices:
        blocks.append(Folded("Each parameter by itself", (note(SLICES, metric), Figures(slices, "small"))))
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
    ]
