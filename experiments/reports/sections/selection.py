"""What the selection score is worth: as it is, corrected for having been chosen, and what luck alone would give."""

from __future__ import annotations

from experiments.records.analysis import SelectionRecord
from experiments.records.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import Block, Figures, Picture, Row, Section, Strong, Table, Text, columns, note, text
from experiments.reports.plots.intervals import Dot, dots
from experiments.reports.sections.left_out import left_out
from experiments.reports.wording import Scores, count, metric_of


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
    return Section("Selection score", "selection", (*blocks, *left_out(result, "selection")))


def _corrected(result: StudyResult, found: SelectionRecord) -> list[Block]:
    numbers = Scores.like(found.pooled)
    metric = metric_of(result.spec)
    alt = f"The winner’s {metric}: selection score, corrected score and test score, with intervals"
    scores = [Dot("selection score (optimistic)", found.pooled, None), Dot("corrected", found.corrected, found.ci95)]
    if result.test is not None and result.test.metric == result.spec.get("cv", {}).get("metric"):
        scores.append(Dot("test score", result.test.score, result.test.ci95, main=True))
    return [
        Text((
            "Corrected for having been chosen: ", Strong(numbers.show(found.corrected)),
            f", 95% interval {numbers.interval(found.ci95)}. The winner’s score over the same "
            f"{count(found.rows, 'row')} is {numbers.show(found.pooled)}, so the choice among "
            f"{count(found.configurations, 'complete configuration')} flatters it by about "
            f"{numbers.show(found.optimism)}.",
        )),
        Figures((Picture("corrected", dots("corrected", scores, metric), alt),)),
        *_floor(result, found, numbers),
        note(f"How: {found.method}. The interval holds for a choice among these configurations on rows like these."),
    ]  # fmt: skip


def _floor(result: StudyResult, found: SelectionRecord, numbers: Scores) -> list[Block]:
    if found.floor is None:
        return []
    often = (
        "" if found.floor95 is None else f", and in one of twenty such searches {numbers.show(found.floor95)} or more"
    )
    sentences = [
        f" A search of {count(found.configurations, 'configuration')} seems to gain {numbers.show(found.floor)} on "
        f"rows like these if no configuration is better than the default{often}."
    ]
    if result.default is not None:
        gain = result.best.cv_mean - result.default.cv_mean
        limit = found.floor if found.floor95 is None else found.floor95
        verdict = "more than luck alone gives in most such searches" if gain > limit else "luck alone can give as much"
        sentences.append(f" This search seems to gain {numbers.signed(gain)}: {verdict}." if gain > 0 else "")
    return [text(Strong("The floor."), *sentences)]
