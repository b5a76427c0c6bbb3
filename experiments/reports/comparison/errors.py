"""The joint errors of the winners of two studies, on development rows that no network had trained on."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.evaluation.comparison.comparison_record import ComparedPair, Comparison
from experiments.evaluation.comparison.joint_errors import RowExample
from experiments.evaluation.records.analysis_record import PictureRecord
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Gallery,
    Heading,
    Row,
    Section,
    Table,
    Thumbnail,
    Words,
    note,
    number,
    sentence,
)
from experiments.reports.comparison.differences import both_names
from experiments.reports.comparison.many_pairs import ONLY, with_the_best
from experiments.reports.images import png

CLASSES = (
    "Predictions of development rows by the single networks of both winners, none of which had trained on the row: how "
    "many both, one or neither have right. Right means that the most probable class is the row's own, whatever the "
    "metric: the better model by average precision of a rare class may have more rows wrong. Rows of the test set have "
    "no part in it."
)
NUMBERS = (
    "Predictions of development rows by the single networks of both winners, none of which had trained on the row: how "
    "often which is nearer. Rows of the test set have no part in it."
)


def errors(comparison: Comparison) -> Section | None:
    """Show the joint errors of all pairs with the same rows, and examples of the first that differs; None without."""
    pairs = [(at, pair) for at, pair in enumerate(comparison.pairs) if pair.errors is not None]
    if not pairs:
        return None
    classes = pairs[0][1].errors is not None and pairs[0][1].errors.neither is not None
    titles = ["both right", "only the first", "only the second", "both wrong"]
    if not classes:
        titles = ["equally near", "the first is nearer", "the second is nearer"]
    columns = (Column("first and second study", number=False), *map(Column, titles), Column("predictions"))
    shown = with_the_best(pairs)
    rows = tuple(Row(*_counts(comparison, at, pair)) for at, pair in shown)
    only = f"{ONLY}; compare.json has all." if len(shown) < len(pairs) else ""
    explanation = note(f"{CLASSES if classes else NUMBERS}{only}")
    blocks: list[Block] = [Table("Errors", columns, rows, wide=True), explanation]
    with_examples = next(((at, pair) for at, pair in pairs if pair.errors and pair.errors.examples), None)
    if with_examples is not None:
        blocks += _examples(comparison, *with_examples)
    return Section("Where the winners err differently", "errors", tuple(blocks))


def _counts(comparison: Comparison, at: int, pair: ComparedPair) -> tuple[Words, ...]:
    assert pair.errors is not None
    names = ["both", "first_only", "second_only", "neither", "rows"]
    counts = {name: getattr(pair.errors, name) for name in names}
    facts = (number(f"pairs[{at}].errors.{name}", count) for name, count in counts.items() if count is not None)
    return (sentence("{} and {}", *both_names(comparison, pair)), *facts)


def _examples(comparison: Comparison, at: int, pair: ComparedPair) -> list[Block]:
    """Show rows on which the winners differ most, each under the one that has it right."""
    assert pair.errors is not None
    examples, key = list(enumerate(pair.errors.examples)), f"pairs[{at}].errors"
    names = both_names(comparison, pair)
    columns = (
        Column("row"),
        Column("truth", number=False),
        Column(names[0], number=False),
        Column(names[1], number=False),
        Column("fold"),
        *(
            Column(Fact(f"{key}.examples[0].values[{at}][0]", name))
            for at, (name, _) in enumerate(examples[0][1].values)
        ),
    )
    is_number = pair.errors.neither is None
    files = any(one.picture is not None and one.values for _, one in examples)
    numbered = "among the pictures that were read, by class and then by path" if files else "as in the data"
    blocks: list[Block] = [
        Heading("Rows on which they differ most"),
        note(f"Rows are numbered {numbered}, from 0. The largest advantage comes first."),
    ]
    titles = [column.title for column in columns[5:]]
    for better, name in zip(("first", "second"), names, strict=True):
        rows = [(place, example) for place, example in examples if example.better == better]
        if not rows:
            continue
        cells = [_cells(f"{key}.examples[{place}]", example) for place, example in rows]
        table = Table("Rows", columns, tuple(Row(*line) for line in cells), wide=True)
        blocks.append(note("{} is nearer:" if is_number else "Only {} is right:", name))
        pictures = [
            _thumbnail(example.picture, names, titles, line)
            for (_, example), line in zip(rows, cells, strict=True)
            if example.picture is not None
        ]
        blocks.append(Gallery(tuple(pictures), table) if len(pictures) == len(rows) else table)
    return blocks


def _thumbnail(
    picture: PictureRecord, names: Sequence[Words], titles: Sequence[Words], cells: Sequence[Words]
) -> Thumbnail:
    """Show the picture of a row, with the cells of its line in the table."""
    row, truth, first, second, fold, *values = cells
    lines = (
        sentence("true {}", truth),
        sentence("{}: {}, {}: {}", names[0], first, names[1], second),
        sentence("row {}, fold {}", row, fold),
        *(sentence("{} {}", *words) for words in zip(titles, values, strict=True)),
    )
    return Thumbnail(png(picture), "Image of a row on which two studies differ", picture.width, picture.height, lines)


def _cells(key: str, example: RowExample) -> tuple[Words, ...]:
    return (
        Fact(f"{key}.row", str(example.row)),
        Fact(f"{key}.truth", example.truth),
        Fact(f"{key}.first", example.first),
        Fact(f"{key}.second", example.second),
        Fact(f"{key}.fold", str(example.fold)),
        *(Fact(f"{key}.values[{at}][1]", value) for at, (_, value) in enumerate(example.values)),
    )
