"""The worst predictions out of fold: a table, and a gallery where the rows are pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.evaluation.analysis.row_values import FILE
from experiments.evaluation.records.analysis_record import MistakeRecord, MistakeValues, PictureRecord
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Block, Column, Fact, Gallery, Heading, Row, Table, Thumbnail, note, sentence
from experiments.reports.formatting import NOTHING
from experiments.reports.images import png
from experiments.reports.metrics import Scores, unit_of_loss

VALUES = "analysis.mistake_values"


@dataclass(frozen=True)
class Cells:
    """The cells of a mistake in the table.

    values: cells of its row in the data, in the columns that matter most; or the name of its file.
    """

    row: Fact
    truth: Fact
    predicted: Fact
    probability: Fact
    loss: Fact
    fold: Fact
    values: tuple[Fact, ...]


def worst_predictions(result: StudyResult, mistakes: Sequence[MistakeRecord]) -> list[Block]:
    """Show the worst predictions; nothing without any."""
    if not mistakes:
        return []
    values = result.analysed.mistake_values
    if values is not None and len(values.rows) != len(mistakes):
        values = None
    scores = Scores.like("loss", mistakes[0].loss)
    cells = [_cells(at, mistake, scores, values) for at, mistake in enumerate(mistakes)]
    probable = any(mistake.probability is not None for mistake in mistakes)
    loss, order = _loss(result)
    table = _table(cells, loss, probable, result.data.task == "classification", values)
    pictures = [one.picture for one in mistakes if one.picture is not None]
    files = values is not None and values.columns == (FILE,) and mistakes[0].picture is not None
    told = "" if values is None or files else " The last columns are cells of the row, in the columns that matter most."
    return [
        Heading("Worst predictions"),
        note(
            f"Development rows, out of fold, {order}. Rows are numbered {_numbering(result, values)}, from 0, and so "
            f"are folds.{told}"
        ),
        Gallery(_thumbnails(pictures, cells, values if files else None), table)
        if len(pictures) == len(mistakes)
        else table,
    ]


def _loss(result: StudyResult) -> tuple[str, str]:
    """Name the loss of a mistake, and the order by it."""
    if result.data.task == "regression":
        return "error", "the largest error first"
    if unit_of_loss(result):
        return "loss, nats", "the largest loss first"
    return "excess of the predicted class's output", "the largest excess first"


def _table(cells: Sequence[Cells], loss: str, probable: bool, classes: bool, values: MistakeValues | None) -> Table:
    """Tabulate the mistakes.

    Args:
        loss:     name of the loss.
        probable: whether a prediction has a probability.
        classes:  whether classes are predicted.
    """
    columns = [Column("row"), Column("true", not classes), Column("predicted", not classes)]
    columns += [Column("probability")] if probable else []
    columns += [Column(loss), Column("fold")]
    named = () if values is None else values.columns
    columns += [Column(Fact(f"{VALUES}.columns[{at}]", name), number=False) for at, name in enumerate(named)]
    rows = []
    for one in cells:
        probability = (one.probability,) if probable else ()
        rows.append(Row(one.row, one.truth, one.predicted, *probability, one.loss, one.fold, *one.values))
    return Table("Worst predictions", tuple(columns), tuple(rows), wide=values is not None)


def _thumbnails(
    pictures: Sequence[PictureRecord], cells: Sequence[Cells], files: MistakeValues | None
) -> tuple[Thumbnail, ...]:
    """Show a picture with what is known of it.

    Args:
        files: the names of the files; None where they are not known.
    """
    return tuple(
        Thumbnail(
            png(picture),
            "Image of a row whose class was predicted wrongly",
            picture.width,
            picture.height,
            (
                sentence("true {}, predicted {}", one.truth, one.predicted),
                sentence("probability {}", one.probability),
                sentence("row {}, fold {}", one.row, one.fold),
                *([] if files is None else [sentence("{} {}", Fact(f"{VALUES}.columns[0]", FILE), *one.values)]),
            ),
        )
        for picture, one in zip(pictures, cells, strict=True)
    )


def _numbering(result: StudyResult, values: MistakeValues | None) -> str:
    """Say among which rows the numbers count: of pictures and of earlier results not among those left out.

    Args:
        values: of pictures, the names of their files, if each is a file of its own.
    """
    reading = result.reading
    if reading is None or not reading.columns:
        return "as in the data"
    if all(one.kind == "pixel" for one in reading.columns):
        of_files = values is not None and values.columns == (FILE,)
        return "among the pictures that were read, by class and then by path" if of_files else "as in the data"
    earlier = reading.dropped is None and reading.no_target
    return "among the rows that were kept" if earlier else "as in the data"


def _cells(at: int, mistake: MistakeRecord, scores: Scores, values: MistakeValues | None) -> Cells:
    key = f"analysis.out_of_fold.mistakes[{at}]"
    probability = NOTHING if mistake.probability is None else f"{mistake.probability:.3f}"
    cells = () if values is None else values.rows[at]
    return Cells(
        row=Fact(f"{key}.row", str(mistake.row)),
        truth=Fact(f"{key}.truth", mistake.truth),
        predicted=Fact(f"{key}.predicted", mistake.predicted),
        probability=Fact(f"{key}.probability", probability),
        loss=Fact(f"{key}.loss", scores.size(mistake.loss)),
        fold=Fact(f"{key}.fold", str(mistake.fold)),
        values=tuple(Fact(f"{VALUES}.rows[{at}][{place}]", cell) for place, cell in enumerate(cells)),
    )
