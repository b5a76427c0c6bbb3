"""The winner's errors: on development rows by networks that had not trained on them, and on the test rows."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.evaluation.final_kind import joins_default
from experiments.evaluation.records import Counts, MistakeRecord, MistakeValues, OutOfFoldRecord
from experiments.evaluation.results import StudyResult
from experiments.evaluation.row_values import FILE
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Gallery,
    Heading,
    Picture,
    Row,
    Section,
    Strong,
    Table,
    Thumbnail,
    Words,
    counted,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.formatting import NOTHING
from experiments.reports.images import png
from experiments.reports.metrics import Scores, label_of_class, metric_of, unit_of_loss
from experiments.reports.plots.matrix import NAMED, confusion
from experiments.reports.plots.predictions import calibration, residuals, scatter
from experiments.reports.sections.class_scores import class_scores
from experiments.reports.sections.omitted import left_out

MOST_PAIRS = 10
CONFUSION = "analysis.out_of_fold.confusion"
ALT = "Confusion matrix: true classes in rows, predicted classes in columns"
OUT_OF_FOLD = (
    "Confusion matrix of {}: development rows, predicted by networks that had not trained on them. Rows are true "
    "classes, columns predicted classes, and correct predictions lie on the diagonal. Colour is the share of the true "
    "class; errors have a stronger scale."
)
CALIBRATION = (
    "Share of correct predictions by the probability of the predicted class, on development rows; below, their number. "
    "Below the dashed line the network is overconfident. Expected calibration error: {}."
)
SCATTER = (
    "Predicted by true value, for {} of {} out-of-fold predictions, spread over the data. Points above the dashed line "
    "are predicted too high."
)
RESIDUALS = (
    "True less predicted value, by predicted value, for the same rows. Points evenly around the dashed line are as it "
    "should be; a curve shows where the model is off, a funnel where it is less sure."
)


def errors(result: StudyResult) -> Section | None:
    """Show confusion, calibration and the worst predictions; None where all are unknown."""
    predictions = result.analysis.out_of_fold if result.analysis else None
    blocks: list[Block] = _models(result, predictions)
    blocks += _confusions(result, predictions)
    if predictions is not None:
        blocks += [*class_scores(result), *_predictions(predictions), *_mistakes(result, predictions.mistakes)]
    blocks += left_out(result, "out_of_fold", "confusion", "calibration")
    return Section("Errors", "errors", tuple(blocks)) if blocks else None


def _models(result: StudyResult, predictions: OutOfFoldRecord | None) -> list[Block]:
    """Say what predicted the development rows, where that is not a single network, and how well."""
    if predictions is None or predictions.members == 1:
        return []
    metric, key = metric_of(result.spec), "analysis.out_of_fold"
    scores = Scores.of_selection(result)
    of_default: Words = ""
    if predictions.default_score is not None:
        shown = Fact(f"{key}.default_score", scores.show(predictions.default_score))
        of_default = sentence(" (that of the default {})", shown)
    of_mean: Words = ""
    if predictions.score is not None:
        of_mean = sentence(
            " The mean {} over the folds of such models is {}{}; single networks of this configuration have {}.",
            Fact("spec.cv.metric", label_of_class(metric, result.data.classes)),
            Strong(Fact(f"{key}.score", scores.show(predictions.score))),
            of_default,
            Fact("best.cv_mean", scores.show(result.best.cv_mean)),
        )
    return [
        text(
            "Like the final model, the models that predict development rows here are the mean of {} networks{}, none "
            "of which had trained on the row.{}",
            number(f"{key}.members", predictions.members),
            ", half of them of the default configuration" if joins_default(result) else "",
            of_mean,
        )
    ]


def _confusions(result: StudyResult, predictions: OutOfFoldRecord | None) -> list[Block]:
    classes, test = result.data.classes, result.test
    pictures: list[Picture] = []
    pairs: list[Block] = []
    if predictions is not None and predictions.confusion:
        counts = predictions.confusion
        caption = sentence(OUT_OF_FOLD, counted("analysis.out_of_fold.rows", predictions.rows, "prediction"))
        pictures.append(Picture("confusion", confusion(CONFUSION, counts, classes), ALT, caption))
        pairs = _frequent_pairs(counts, classes)
    if test is not None and test.confusion:
        where = "test set" if result.outer is None else "outer folds"
        caption = sentence(f"Confusion matrix of the {where}: {{}}.", counted("test.rows", test.rows, "row"))
        svg = confusion("test.confusion", test.confusion, classes)
        pictures.append(Picture("test_confusion", svg, f"{ALT}, on the {where}", caption))
    return [Figures(tuple(pictures), "pair" if len(pictures) > 1 else "square"), *pairs] if pictures else []


def _frequent_pairs(counts: Counts, classes: Sequence[str]) -> list[Block]:
    """List the most frequent errors where the classes are too many for numbers in the matrix."""
    pairs = [
        (-rows, true, predicted)
        for true, line in enumerate(counts)
        for predicted, rows in enumerate(line)
        if rows and true != predicted
    ]
    if len(counts) <= NAMED or not pairs:
        return []
    rows = [
        Row(
            (
                Fact(f"data.classes[{true}]", classes[true]),
                Fact(f"data.classes[{predicted}]", classes[predicted]),
                number(f"{CONFUSION}[{true}][{predicted}]", counts[true][predicted]),
                number(f"{CONFUSION}[{true}].sum", sum(counts[true])),
            )
        )
        for _, true, predicted in sorted(pairs)[:MOST_PAIRS]
    ]
    titles = (Column("true class", number=False), Column("predicted class", number=False), Column("rows"), Column("of"))
    return [Heading("Most frequent confusions, out of fold"), Table("Confusions", titles, tuple(rows))]


def _predictions(predictions: OutOfFoldRecord) -> list[Block]:
    if predictions.calibration is not None:
        error = Fact("analysis.out_of_fold.calibration.error", f"{predictions.calibration.error:.3f}")
        alt = "Share of correct predictions by the probability of the predicted class"
        picture = Picture("calibration", calibration(predictions.calibration), alt, sentence(CALIBRATION, error))
        return [Heading("Calibration"), Figures((picture,), "square")]
    if predictions.points:
        caption = sentence(
            SCATTER,
            number("analysis.out_of_fold.points.count", len(predictions.points)),
            number("analysis.out_of_fold.rows", predictions.rows),
        )
        picture = Picture("predictions", scatter(predictions.points), "Predicted by true value", caption)
        rest = Picture("residuals", residuals(predictions.points), "Residual by predicted value", RESIDUALS)
        return [Figures((picture, rest), "pair")]
    return []


def _mistakes(result: StudyResult, mistakes: Sequence[MistakeRecord]) -> list[Block]:
    if not mistakes:
        return []
    classes = result.data.task == "classification"
    loss, order = ("error", "the largest error first")
    if classes:
        excess = ("excess of the predicted class's output", "the largest excess first")
        loss, order = ("loss, nats", "the largest loss first") if unit_of_loss(result) else excess
    scores = Scores.like("loss", mistakes[0].loss)
    cells = [_cells(at, mistake, scores) for at, mistake in enumerate(mistakes)]
    columns = [
        Column("row"),
        Column("true", not classes),
        Column("predicted", not classes),
        Column("probability"),
        Column(loss),
        Column("fold"),
    ]
    rows = [Row(line) for line in cells]
    if all(mistake.probability is None for mistake in mistakes):
        del columns[3]
        rows = [Row((*line[:3], *line[4:])) for line in cells]
    values = result.analysis.mistake_values if result.analysis else None
    if values is not None and len(values.rows) == len(mistakes):
        key = "analysis.mistake_values"
        columns += [Column(Fact(f"{key}.columns[{at}]", name), number=False) for at, name in enumerate(values.columns)]
        rows = [
            Row((*row.cells, *(Fact(f"{key}.rows[{at}][{place}]", cell) for place, cell in enumerate(cells))))
            for at, (row, cells) in enumerate(zip(rows, values.rows, strict=True))
        ]
    files = values is not None and values.columns == (FILE,) and mistakes[0].picture is not None
    told = "" if values is None or files else " The last columns are cells of the row, in the columns that matter most."
    table = Table("Worst predictions", tuple(columns), tuple(rows), wide=values is not None)
    thumbnails = [
        Thumbnail(
            png(mistake.picture),
            "Image of a row whose class was predicted wrongly",
            mistake.picture.width,
            mistake.picture.height,
            (
                sentence("true {}, predicted {}", truth, predicted),
                sentence("probability {}", probability),
                sentence("row {}, fold {}", row, fold),
                *([sentence("{} {}", *_file(at, values))] if files and values is not None else []),
            ),
        )
        for at, (mistake, (row, truth, predicted, probability, _, fold)) in enumerate(zip(mistakes, cells, strict=True))
        if mistake.picture is not None
    ]
    return [
        Heading("Worst predictions"),
        note(
            f"Development rows, out of fold, {order}. Rows are numbered {_numbering(result)}, from 0, and so "
            f"are folds.{told}"
        ),
        Gallery(tuple(thumbnails), table) if len(thumbnails) == len(mistakes) else table,
    ]


def _file(at: int, values: MistakeValues) -> tuple[Fact, Fact]:
    """Name the file of a picture, after the word for it."""
    key = "analysis.mistake_values"
    return Fact(f"{key}.columns[0]", values.columns[0]), Fact(f"{key}.rows[{at}][0]", values.rows[at][0])


def _numbering(result: StudyResult) -> str:
    """Say among which rows the numbers count: of pictures and of earlier results not among those left out."""
    reading = result.reading
    if reading is None or not reading.columns:
        return "as in the data"
    if all(one.kind == "pixel" for one in reading.columns):
        return "among the pictures that were read, by class and then by path"
    earlier = reading.dropped is None and reading.no_target
    return "among the rows that were kept" if earlier else "as in the data"


def _cells(at: int, mistake: MistakeRecord, scores: Scores) -> tuple[Fact, Fact, Fact, Fact, Fact, Fact]:
    key = f"analysis.out_of_fold.mistakes[{at}]"
    probability = NOTHING if mistake.probability is None else f"{mistake.probability:.3f}"
    return (
        Fact(f"{key}.row", str(mistake.row)),
        Fact(f"{key}.truth", mistake.truth),
        Fact(f"{key}.predicted", mistake.predicted),
        Fact(f"{key}.probability", probability),
        Fact(f"{key}.loss", scores.size(mistake.loss)),
        Fact(f"{key}.fold", str(mistake.fold)),
    )
