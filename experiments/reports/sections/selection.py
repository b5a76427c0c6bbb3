"""What the selection score is worth: as it is, corrected for having been chosen, and what luck alone would give."""

from __future__ import annotations

from experiments.records.analysis import SelectionRecord
from experiments.records.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import Block, Figures, Picture, Row, Section, Strong, Table, Text, columns, note, text
from experiments.reports.plots.intervals import Dot, dots
from experiments.reports.sections.left_out import left_out
from experiments.reports.wording import Scores, count, metric_of

MORE = "more than the luck of the rows gives in most such searches"


def selection(result: StudyResult) -> Section:
    """The scores by which the search chose, and how far they can be believed."""
    found = result.analysis.selection if result.analysis else None
    deviation = f"standard deviation over {len(result.best.fold_scores)} folds (not a confidence interval)"
    blocks: list[Block] = [
        Table(
            "Selection score",
            columns("selection score (optimistic)", deviation, "trial"),
            tuple(Row((row.name, row.score, row.deviation, row.trial)) for row in tables.selection(result)),
        ),
        note(
            f"Mean {metric_of(result.spec)} over the folds at the best epoch. The winner’s is the highest of "
            f"{count(len(result.trials), 'trial')} on the same folds: being chosen makes it too high. "
            "Only the test score speaks about new data.",
            *([] if result.default else [" The default has no score: it did not finish."]),
        ),
    ]  # fmt: skip
    if found is not None:
        blocks += _corrected(result, found)
    return Section("Selection score", "selection", (*blocks, *left_out(result, "selection", "floor")))


def _corrected(result: StudyResult, found: SelectionRecord) -> list[Block]:
    numbers = Scores.like(found.pooled)
    metric = metric_of(result.spec)
    alt = f"The winner’s {metric} over all rows at once, corrected, and on the test set, with intervals"
    scores = [Dot("all rows (optimistic)", found.pooled, None), Dot("corrected", found.corrected, found.ci95)]
    if result.test is not None and result.test.metric == result.spec.get("cv", {}).get("metric"):
        scores.append(Dot("test score", result.test.score, result.test.ci95, main=True))
    return [
        Text((
            "Corrected for having been chosen: ", Strong(numbers.show(found.corrected)),
            f", 95% interval {numbers.interval(found.ci95)}. Scored over all {count(found.rows, 'row')} at once, not "
            f"fold by fold, the winner has {numbers.show(found.pooled)}, so the choice among "
            f"{count(found.configurations, 'complete configuration')} {_flattery(found, numbers)}.",
        )),
        Figures((Picture("corrected", dots("corrected", scores, metric), alt),)),
        *_floor(found, numbers),
        note(
            f"How: {found.method}. The interval holds for a choice among these configurations on rows like these, and "
            "is rather too wide than too narrow. Each configuration is taken at its best epoch; what that choice adds "
            "is not corrected for."
        ),
    ]  # fmt: skip


def _flattery(found: SelectionRecord, numbers: Scores) -> str:
    optimism = numbers.show(max(found.optimism, 0.0))
    return "does not seem to flatter it" if float(optimism) == 0 else f"flatters it by about {optimism}"


def _floor(found: SelectionRecord, numbers: Scores) -> list[Block]:
    if found.floor is None:
        return []
    often = (
        "" if found.floor95 is None else f", and in one of twenty such searches {numbers.show(found.floor95)} or more"
    )
    sentences = [
        f" A search of {count(found.configurations, 'configuration')} seems to gain {numbers.show(found.floor)} on "
        f"rows like these if no configuration is better than the default{often}."
    ]
    if (gain := found.gain) is not None:
        limit = found.floor if found.floor95 is None else found.floor95
        verdict = f"{MORE}, which only the test score can confirm" if gain > limit else "luck alone can give as much"
        sentences.append(f" This search seems to gain {numbers.signed(gain)} on them: {verdict}." if gain > 0 else "")
    return [text(Strong("The floor."), *sentences)]
