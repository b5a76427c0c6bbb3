"""The selection score: as it is, corrected for selection, and what luck alone would give."""

from __future__ import annotations

from experiments.evaluation.final_model.final_kind import are_several, default_won, keeps_smallest
from experiments.evaluation.records.analysis_record import SelectionRecord
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Picture,
    Row,
    Section,
    Strong,
    Table,
    Words,
    counted,
    joined,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.methods import selection_method
from experiments.reports.metrics import Scores, label_of_class, metric_of
from experiments.reports.outer_fold import tuned
from experiments.reports.plots.intervals import Dot, dots
from experiments.reports.sections.omitted import left_out
from nnet.metrics import ROW_SCORES

SMALLEST = "The winner’s network is the smallest within one standard error of the best of"
MORE = "more than luck gives in most such searches, which only {} can confirm"


def selection(result: StudyResult) -> Section:
    """Show the scores by which the search chose, and how far they can be trusted."""
    scores, record = Scores.of_selection(result), result.analysed.selection
    metric = Fact("spec.cv.metric", label_of_class(scores.metric, result.data.classes))
    shown = None if default_won(result) else result.default
    named = {"best": result.best} | ({"default": shown} if shown else {})
    rows = [
        Row(
            tuned(result) if key == "best" else "default",
            Fact(f"{key}.cv_mean", scores.show(config.cv_mean)),
            Fact(f"{key}.cv_std", scores.size(config.cv_std)),
            Fact(f"{key}.number", str(config.number)),
        )
        for key, config in named.items()
    ]
    folds = number("best.fold_scores.count", len(result.best.fold_scores))
    columns = (
        Column("configuration", number=False),
        Column(sentence("selection score: mean {} (optimistic)", metric)),
        Column(sentence("standard deviation over {} folds (not a confidence interval)", folds)),
        Column("trial"),
    )
    blocks: list[Block] = [
        Table("Selection score", columns, tuple(rows)),
        note(
            "The selection score is the mean over the folds at the trial’s best epoch. {} on the same folds, and being "
            "chosen for that makes it optimistic: it is no estimate of the score on new rows.{}{}",
            _chosen_of(result),
            "" if result.default else " The default has no score because it did not finish.",
            _single(result),
        ),
        *(_corrected(result, record) if record else []),
        *left_out(result, "selection", "floor"),
    ]
    return Section("Selection score", "selection", tuple(blocks))


def _chosen_of(result: StudyResult) -> Words:
    """Say what was chosen by these scores: a trial, or of one trial its epoch."""
    if len(result.trials) == 1:
        return "That epoch is the best of the only trial"
    how = SMALLEST if keeps_smallest(result) else "The winner’s is the best of"
    return sentence(f"{how} {{}}", counted("trials.count", len(result.trials), "trial"))


def _single(result: StudyResult) -> Words:
    """Say that these scores are not of the final model, where that is the mean of several networks."""
    if not are_several(result):
        return ""
    final = "" if result.test is None else "; the final model is the mean of several"
    return f" The search compares single networks, and these are their scores{final}."


def _corrected(result: StudyResult, record: SelectionRecord) -> list[Block]:
    metric = metric_of(result.spec)
    scores = Scores.like(metric, record.pooled)
    flattered = record.configurations > 1 and record.optimism > 0
    rows = [
        Dot(f"all rows{' (optimistic)' if flattered else ''}", record.pooled, None, key="analysis.selection.pooled"),
        Dot("corrected", record.corrected, record.ci95, key="analysis.selection.corrected"),
    ]
    if result.test is not None and result.test.metric == metric:
        rows.append(
            Dot(
                "test score" if result.outer is None else "nested score",
                result.test.score,
                result.test.ci95,
                main=True,
                key="test.score",
            )
        )
    named = label_of_class(metric, result.data.classes)
    alt = f"{named} of the winner: {', '.join(row.name for row in rows)}"
    caption = "Lines are 95% intervals. The corrected score estimates what to expect of the winner on new rows like the"
    caption += " development rows."
    return [
        text(
            "Corrected for selection: {}, 95% interval {}. Scored over all {} at once instead of fold by fold, the "
            "winner has {}. {}.",
            Strong(Fact("analysis.selection.corrected", scores.show(record.corrected))),
            Fact("analysis.selection.ci95", scores.interval(record.ci95)),
            counted("analysis.selection.rows", record.rows, "row"),
            Fact("analysis.selection.pooled", scores.show(record.pooled)),
            _flattered(record, scores, "chosen from" if keeps_smallest(result) else "the best of"),
        ),
        Figures((Picture("corrected", dots(rows, metric), alt, caption),)),
        *_luck(record, scores, "the test score" if result.outer is None else "new rows"),
        note(
            "Method: {}. The interval holds for a choice among these configurations on rows like these, and is {}. "
            "Each configuration is taken at its best epoch; the choice of the epoch is not corrected for.",
            selection_method(record, keeps_smallest(result)),
            "too narrow where groups are few"
            if record.method == "bbc_cv_groups"
            else "too wide rather than too narrow",
        ),
    ]


def _flattered(record: SelectionRecord, scores: Scores, how: str) -> Words:
    """Say how much being chosen seems to have flattered the winner.

    Args:
        how: how it was chosen, before the number of configurations.
    """
    if record.configurations == 1:
        return "Only one configuration is complete, so that none was chosen: the two differ by the draws alone"
    configurations = counted("analysis.selection.configurations", record.configurations, "complete configuration")
    optimism = round(record.optimism, scores.decimals)
    if optimism > 0:
        flattered = Fact("analysis.selection.optimism", scores.size(record.optimism))
        return sentence(f"Being {how} {{}} seems to make that about {{}} too good", configurations, flattered)
    why = "; the corrected score is higher, as its draws choose by the score over all their rows at once"
    higher = why if optimism < 0 and scores.metric not in ROW_SCORES else ""
    return sentence(f"Being {how} {{}} does not seem to make that too good{{}}", configurations, higher)


def _luck(record: SelectionRecord, scores: Scores, judge: str) -> list[Block]:
    """Compare the gain of the search with the gain that luck alone would give, and say what can confirm it."""
    if record.floor is None or record.configurations == 1:
        return []
    limit = record.floor if record.floor95 is None else record.floor95
    often: Words = ""
    gained: Words = ""
    if record.floor95 is not None:
        often = sentence(
            ", and in one of twenty such searches {} or more", Fact("analysis.selection.floor95", scores.size(limit))
        )
    if record.gain is not None and record.gain > 0:
        gained = sentence(
            " This search seems to gain {}: {}.",
            Fact("analysis.selection.gain", scores.size(record.gain)),
            Fact("selection.luck", MORE.format(judge) if record.gain > limit else "luck alone can give as much"),
        )
    expected = sentence(
        "If no configuration were better than the default, a search of {} would on average still seem to gain {} on "
        "rows like these{}.",
        counted("analysis.selection.configurations", record.configurations, "configuration"),
        Fact("analysis.selection.floor", scores.size(record.floor)),
        often,
    )
    return [text("{} {}", Strong("Gain by luck alone."), joined([expected, gained], ""))]
