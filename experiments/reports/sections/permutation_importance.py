"""What the winner relies on: how much its score falls when a column is shuffled."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.evaluation.records import PermutationRecord, PermutedColumn, PictureRecord
from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Picture,
    Row,
    Section,
    Table,
    counted,
    note,
    number,
    sentence,
)
from experiments.reports.formatting import Scores, metric_label
from experiments.reports.images import places
from experiments.reports.plots.bars import Bar, bars
from experiments.reports.plots.matrix import heat_map
from experiments.reports.sections.omitted import left_out

SHOWN = 20
COLUMNS = "analysis.permutation.columns"


def reliance(result: StudyResult) -> Section | None:
    """Permutation importance, as a picture for pixels and as bars for others; None where nothing is known of it."""
    found = result.analysis.permutation if result.analysis else None
    blocks: list[Block] = []
    if found is not None and found.columns:
        where = places(found.columns, _a_picture(result))
        blocks = [*(_bars(found) if where is None else _heat_map(found, where)), _how(found)]
    blocks += left_out(result, "permutation")
    return Section("What the winner relies on", "columns", tuple(blocks)) if blocks else None


def _a_picture(result: StudyResult) -> PictureRecord | None:
    """Any picture of a row, for its size."""
    mistakes = result.analysis.out_of_fold.mistakes if result.analysis and result.analysis.out_of_fold else ()
    return next((one.picture for one in mistakes if one.picture is not None), None)


def _bars(found: PermutationRecord) -> list[Block]:
    ranked = _ranked(found)
    numbers = Scores.like(max(abs(ranked[0][1].drop), 1e-4))
    rows = [
        Bar(one.name, one.drop, one.deviation or 0.0, numbers.show(one.drop), f"{COLUMNS}[{at}].drop")
        for at, one in ranked[:SHOWN]
    ]
    of_all = number(f"{COLUMNS}.count", len(ranked))
    shown = sentence(f"The {SHOWN} columns of {{}} with the largest falls. ", of_all) if len(ranked) > SHOWN else ()
    shuffles = number("analysis.permutation.repeats", found.repeats)
    words = "The whisker is the standard deviation over the {} shuffles."
    caption = (*shown, *(sentence(words, shuffles) if found.repeats > 1 else ()))
    svg = bars("permutation", rows, f"fall of {metric_label(found.metric)} when shuffled")
    return [Figures((Picture("permutation", svg, "Fall of the score by column", caption),))]


def _heat_map(found: PermutationRecord, where: Mapping[str, tuple[int, int]]) -> list[Block]:
    drops: dict[tuple[int, int], float] = {}
    for one in found.columns:
        drops[where[one.name]] = drops.get(where[one.name], 0.0) + one.drop
    height, width = (1 + max(place[axis] for place in drops) for axis in (0, 1))
    strongest = _ranked(found)[:5]
    caption = sentence(
        "The darker a pixel, the more the score falls when it is shuffled; rises, which are chance, are in the second "
        "colour. The darkest is worth {}.",
        Fact("permutation.darkest", f"{max(map(abs, drops.values())):.4f}"),
    )
    numbers = Scores.like(max(abs(strongest[0][1].drop), 1e-4))
    rows = tuple(
        Row(
            (
                Fact(f"{COLUMNS}[{at}].name", one.name),
                Fact(f"{COLUMNS}[{at}].drop", numbers.show(one.drop)),
                Fact(f"{COLUMNS}[{at}].deviation", numbers.show(one.deviation)),
            )
        )
        for at, one in strongest
    )
    titles = (Column("pixel", number=False), Column("fall of the score"), Column("sd over the shuffles"))
    return [
        Figures(
            (
                Picture(
                    "permutation", heat_map("permutation", drops, width, height), "Fall of the score by pixel", caption
                ),
            ),
            "square",
        ),
        Table("Pixels with the largest falls", titles, rows),
    ]


def _how(found: PermutationRecord) -> Block:
    numbers = Scores.like(found.baseline)
    return note(
        *sentence(
            "Permutation importance on {}, {} of each column; {} as they are: {}.",
            counted("analysis.permutation.rows", found.rows, "out-of-fold prediction"),
            counted("analysis.permutation.repeats", found.repeats, "shuffle"),
            Fact("analysis.permutation.metric", metric_label(found.metric)),
            Fact("analysis.permutation.baseline", numbers.show(found.baseline)),
        ),
        " Columns that say the same share their importance, so a small fall does not show that a column says nothing.",
    )


def _ranked(found: PermutationRecord) -> list[tuple[int, PermutedColumn]]:
    """Return the columns with their places in the record, the largest fall first."""
    return sorted(enumerate(found.columns), key=lambda one: (-one[1].drop, one[1].name))
