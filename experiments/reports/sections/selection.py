"""What the selection score is worth: as it is, corrected for having been chosen, and what luck alone would give."""

from __future__ import annotations

from experiments.evaluation.records import SelectionRecord
from experiments.evaluation.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import (
    Block,
    Fact,
    Figures,
    Parts,
    Picture,
    Row,
    Section,
    Strong,
    Table,
    Words,
    columns,
    counted,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.formatting import Scores, metric_of
from experiments.reports.methods import selection_method
from experiments.reports.plots.intervals import Dot, dots
from experiments.reports.sections.omitted import left_out

MORE = "more than the luck of the rows gives in most such searches"


def selection(result: StudyResult) -> Section:
    """The scores by which the search chose, and how far they can be believed."""
    found = result.analysis.selection if result.analysis else None
    folds = number("best.fold_scores.count", len(result.best.fold_scores))
    deviation = sentence("standard deviation over {} folds (not a confidence interval)", folds)
    blocks: list[Block] = [
        Table(
            "Selection score",
            columns("selection score (optimistic)", deviation, "trial"),
            tuple(Row((row.name, row.score, row.deviation, row.trial)) for row in tables.selection(result)),
        ),
        note(
            *sentence(
                "Mean {} over the folds at the best epoch. The winner’s is the highest of {} on the same folds: being "
                "chosen makes it too high.",
                Fact("spec.cv.metric", metric_of(result.spec)),
                counted("trials.count", len(result.trials), "trial"),
            ),
            " Only the test score speaks about new data.",
            *([] if result.default else [" The default has no score: it did not finish."]),
        ),
    ]  # fmt: skip
    if found is not None:
        blocks += _corrected(result, found)
    return Section("Selection score", "selection", (*blocks, *left_out(result, "selection", "floor")))


def _corrected(result: StudyResult, found: SelectionRecord) -> list[Block]:
    numbers = Scores.like(found.pooled)
    metric = metric_of(result.spec)
    drawn = "over all rows at once and corrected"
    pooled = Dot("all rows (optimistic)", found.pooled, None, key="analysis.selection.pooled")
    scores = [pooled, Dot("corrected", found.corrected, found.ci95, key="analysis.selection.corrected")]
    if result.test is not None and result.test.metric == result.spec.get("cv", {}).get("metric"):
        drawn = "over all rows at once, corrected, and on the test set"
        scores.append(Dot("test score", result.test.score, result.test.ci95, main=True, key="test.score"))
    return [
        text(*sentence(
            "Corrected for having been chosen: {}, 95% interval {}. Scored over all {} at once, not fold by fold, the "
            "winner has {}, so the choice among {} {}.",
            Strong(_score("corrected", found.corrected, numbers)),
            Fact("analysis.selection.ci95", numbers.interval(found.ci95)),
            counted("analysis.selection.rows", found.rows, "row"),
            _score("pooled", found.pooled, numbers),
            counted("analysis.selection.configurations", found.configurations, "complete configuration"),
            _flattery(found, numbers),
        )),
        Figures((Picture("corrected", dots("corrected", scores, metric), f"The winner’s {metric} {drawn}"),)),
        *_floor(found, numbers),
        note(
            *sentence("How: {}.", selection_method(found)),
            " The interval holds for a choice among these configurations on rows like these, and is rather too wide "
            "than too narrow. Each configuration is taken at its best epoch; what that choice adds is not corrected "
            "for.",
        ),
    ]  # fmt: skip


def _score(name: str, score: float, numbers: Scores) -> Fact:
    return Fact(f"analysis.selection.{name}", numbers.show(score))


def _flattery(found: SelectionRecord, numbers: Scores) -> Words:
    if float(numbers.show(max(found.optimism, 0.0))) == 0:
        return "does not seem to flatter it"
    return sentence("flatters it by about {}", _score("optimism", found.optimism, numbers))


def _floor(found: SelectionRecord, numbers: Scores) -> list[Block]:
    if found.floor is None:
        return []
    often: Words = ""
    if found.floor95 is not None:
        often = sentence(", and in one of twenty such searches {} or more", _score("floor95", found.floor95, numbers))
    said: Parts = sentence(
        " A search of {} seems to gain {} on rows like these if no configuration is better than the default{}.",
        counted("analysis.selection.configurations", found.configurations, "configuration"),
        _score("floor", found.floor, numbers),
        often,
    )
    if (gain := found.gain) is not None and gain > 0:
        limit = found.floor if found.floor95 is None else found.floor95
        verdict = f"{MORE}, which only the test score can confirm" if gain > limit else "luck alone can give as much"
        gained = Fact("analysis.selection.gain", numbers.signed(gain))
        said = (
            *said,
            *sentence(" This search seems to gain {} on them: {}.", gained, Fact("selection.luck", verdict)),
        )
    return [text(Strong("The floor."), *said)]
