"""Permutation importance: how much worse the winner's score gets when a column is shuffled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments.evaluation.final_model.final_kind import holds_default
from experiments.evaluation.records.analysis_record import PermutationRecord, PermutedColumn
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Parts,
    Picture,
    Row,
    Section,
    Table,
    counted,
    joined,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.images import places
from experiments.reports.metrics import Scores, lower_is_better, metric_label
from experiments.reports.plots.bars import Bar, bars
from experiments.reports.plots.matrix import heat_map
from experiments.reports.sections.omitted import left_out

SHOWN = 20
NAMED = 5
NOTHING_CHANGES = "The score stays the same whichever single column is shuffled."
COLUMNS = "analysis.permutation.columns"

Ranked = Sequence[tuple[int, PermutedColumn]]  # columns with their positions in the record, most important first


def permutation_importance(result: StudyResult) -> Section | None:
    """Show the importance of pixels as a picture and of other columns as bars; None where it is unknown."""
    analysis, blocks = result.analysed, list[Block]()
    if (record := analysis.permutation) and record.columns:
        mistakes = analysis.out_of_fold.mistakes if analysis.out_of_fold else ()
        image = next((mistake.picture for mistake in mistakes if mistake.picture is not None), None)
        ranked = sorted(enumerate(record.columns), key=lambda column: (-column[1].drop, column[1].name))
        scores, where = Scores.like(record.metric, max(abs(ranked[0][1].drop), 1e-4)), places(record.columns, image)
        if not any(column.drop for column in record.columns):
            blocks.append(text(NOTHING_CHANGES))
        else:
            blocks += _bars(record, ranked, scores) if where is None else _heat_map(record, ranked, scores, where)
        blocks.append(_method(result, record))
    blocks += left_out(result, "permutation")
    return Section("Permutation importance", "importance", tuple(blocks)) if blocks else None


def _change(record: PermutationRecord) -> str:
    """Name the change of the metric that a positive drop of the score means."""
    return f"{'rise' if lower_is_better(record.metric) else 'fall'} of {metric_label(record.metric)}"


def _bars(record: PermutationRecord, ranked: Ranked, scores: Scores) -> list[Block]:
    rows = [
        Bar(column.name, column.drop, Fact(f"{COLUMNS}[{at}].drop", scores.size(column.drop)), column.deviation or 0.0)
        for at, column in ranked[:SHOWN]
    ]
    caption: Parts = ("How much worse the score gets when a column is shuffled.",)
    if len(ranked) > SHOWN:
        most = number(f"{COLUMNS}.count", len(ranked))
        caption += sentence(f" Of {{}} columns, the {SHOWN} that matter most.", most)
    if record.repeats > 1:
        words = " Whiskers are the standard deviation over {} shuffles. Of columns that are of no use, about one in "
        words += "five lies above zero by more than its whisker, too."
        caption += sentence(words, number("analysis.permutation.repeats", record.repeats))
    svg = bars(rows, f"{_change(record)} when shuffled")
    if first := [Fact(f"{COLUMNS}[{at}].name", column.name) for at, column in ranked[:NAMED] if column.drop > 0]:
        caption += sentence(" Most important: {}.", joined(first))  # for readers who do not see the picture
    alt = f"{_change(record)} when a column is shuffled"
    return [Figures((Picture("permutation", svg, alt, caption),))]


def _heat_map(
    record: PermutationRecord, ranked: Ranked, scores: Scores, where: Mapping[str, tuple[int, int]]
) -> list[Block]:
    drops: dict[tuple[int, int], float] = {}
    for column in record.columns:
        drops[where[column.name]] = drops.get(where[column.name], 0.0) + column.drop
    height, width = (1 + max(place[axis] for place in drops) for axis in (0, 1))
    caption = sentence(
        "Each square is a pixel: blue where the score gets worse when the pixel is shuffled, orange where it gets "
        "better, which is chance. A blue no stronger than the strongest orange may be chance, too. The strongest "
        "colour is a change of {} by {}.",
        Fact("analysis.permutation.metric", metric_label(record.metric)),
        Fact("permutation.darkest", scores.size(max(map(abs, drops.values())))),
    )
    rows = [
        Row(
            Fact(f"{COLUMNS}[{at}].name", column.name),
            Fact(f"{COLUMNS}[{at}].drop", scores.size(column.drop)),
            Fact(f"{COLUMNS}[{at}].deviation", scores.size(column.deviation)),
        )
        for at, column in ranked[:NAMED]
    ]
    titles = (Column("pixel", number=False), Column(_change(record)), Column("sd over the shuffles"))
    svg = heat_map(drops, width, height)
    return [
        Figures((Picture("permutation", svg, f"{_change(record)} by shuffled pixel", caption),), "square"),
        Table("Most important pixels", titles, tuple(rows)),
    ]


def _method(result: StudyResult, record: PermutationRecord) -> Block:
    count = number("analysis.permutation.members", record.members)
    of = " of the best configuration, without those of the default" if holds_default(result) else ""
    return note(
        "Method: {}{}, {} of each column. Without shuffling, {} is {}. Columns that hold the same information share "
        "their importance, so a small change does not show that a column is useless.",
        counted("analysis.permutation.rows", record.rows, "out-of-fold prediction"),
        sentence(f" by {'the mean of {} networks' if record.members > 1 else '{} network'}{of}", count)
        if record.members > 1 or of
        else "",
        counted("analysis.permutation.repeats", record.repeats, "shuffle"),
        Fact("analysis.permutation.metric", metric_label(record.metric)),
        Fact("analysis.permutation.baseline", Scores.like(record.metric, record.baseline).show(record.baseline)),
    )
