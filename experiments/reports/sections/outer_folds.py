"""Nested cross-validation: the score of the procedure, that of each outer fold, and what each outer search chose."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.records.outer_record import OuterRecord
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Heading,
    Picture,
    Row,
    Section,
    Strong,
    Table,
    counted,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.formatting import NOTHING
from experiments.reports.metrics import Scores, label_of_class, metric_of
from experiments.reports.plots.intervals import Dot, dots
from experiments.reports.sections.setting_rows import setting_rows

PROCEDURE: Final = (
    "The rows were dealt into {}. For each, a search with a seed of its own had the other rows only, and its final "
    "model, fitted on them, was scored on the fold. All searches and fits had ended before the first of these rows was "
    "scored."
)
IN_TIME_ORDER: Final = (
    "The rows were cut, in their order, into {}, and the first rows are in none. For each, a search with a seed of its "
    "own had only the rows before it, and its final model, fitted on them, was scored on the fold. All searches and "
    "fits had ended before the first of these rows was scored."
)
KEPT: Final = (
    "The model that is kept comes from one more search, which had all rows. No row is left to score it on; as it "
    "learned from more rows than the others, it should do about as well, or a little better."
)
APPROXIMATE: Final = (
    "The interval is approximate. The searches share most of their rows, so the scores of the folds depend on each "
    "other, and no unbiased estimate of their variance exists. It spans two intervals, one corrected for that (Nadeau "
    "and Bengio), and one of the rows themselves. Where the truth was known, it was too wide rather than too narrow."
)
ORDERED: Final = (
    "Rows are in time order: each fold is tested by a search that had only earlier rows, so the first folds are scored "
    "by models of fewer rows. The interval draws ten blocks of consecutive rows of each fold, and leaves out how "
    "searches vary."
)
DIFFER: Final = (
    "The more the columns differ, the less one search says about the best configuration for rows like these. The score "
    "above has this in it: each fold is scored by what its own search chose."
)


def outer_folds(result: StudyResult) -> Section | None:
    """Show what nested cross-validation found; None of a study without outer folds."""
    outer = result.outer
    if outer is None:
        return None
    many = counted("outer.folds.count", len(outer.folds), "outer fold")
    made = sentence("{} by {}", many, Fact("outer.splitter", outer.splitter))
    ordered = bool(result.spec["data"].get("time"))
    blocks: list[Block] = [text(IN_TIME_ORDER if ordered else PROCEDURE, made), text(KEPT)]
    if result.test is None:
        blocks.append(text("{} The outer folds have not been scored.", Strong("No score yet.")))
    blocks += [*_picture(result, outer), _scores(result, outer)]
    if result.test is not None:
        blocks.append(note(ORDERED if ordered else APPROXIMATE))
    blocks += [*_baselines(result, outer), Heading("Choices of the searches"), _choices(result, outer), note(DIFFER)]
    return Section("Nested cross-validation", "nested", tuple(blocks))


def _picture(result: StudyResult, outer: OuterRecord) -> list[Block]:
    test = result.test
    if test is None:
        return []
    rows = [Dot("all folds", test.score, test.ci95, main=True, key="test.score")]
    rows += [
        Dot(f"fold {at}", fold.score, None, key=f"outer.folds[{at - 1}].score")
        for at, fold in enumerate(outer.folds, 1)
        if fold.score is not None
    ]
    caption = "The line is the 95% interval of all folds’ score."
    alt = "Score of all outer folds with its 95% interval, and of each"
    return [Figures((Picture("outer", dots(rows, test.metric, "nested"), alt, caption),))]


def _scores(result: StudyResult, outer: OuterRecord) -> Table:
    """Tabulate the score of each outer fold, the default's beside it, and the score by which its search chose."""
    test, metric = result.test, metric_of(result.spec)
    scores = Scores.of_selection(result) if test is None else Scores.like(test.metric, test.score)
    rows = []
    for at, fold in enumerate(outer.folds):
        key = f"outer.folds[{at}]"
        rows.append(
            Row(
                _place(at),
                Fact(f"{key}.score", scores.show(fold.score)),
                Fact(f"{key}.default", scores.show(fold.default)),
                Fact(f"{key}.cv_mean", scores.show(fold.cv_mean)),
                number(f"{key}.rows", fold.rows),
                number(f"{key}.development", fold.development),
                number(f"{key}.trials", fold.trials),
            )
        )
    if test is not None:
        default = NOTHING if test.default is None else Fact("test.default.score", scores.show(test.default.score))
        pooled = Fact("test.score", scores.show(test.score))
        rows.append(
            Row("all", pooled, default, NOTHING, number("test.rows", test.rows), NOTHING, NOTHING, kind="winner")
        )
    named = Fact("spec.cv.metric", label_of_class(metric, result.data.classes))
    columns = (
        Column("outer fold", number=False),
        Column(named),
        Column("of the default"),
        Column("selection score (optimistic)"),
        Column("rows"),
        Column("rows of its search"),
        Column("trials"),
    )
    return Table("Scores of the outer folds", columns, tuple(rows))


def _baselines(result: StudyResult, outer: OuterRecord) -> list[Block]:
    """Compare the procedure with baselines that were fitted and scored in the same folds."""
    test = result.test
    if test is None or not outer.baselines:
        return []
    scores = Scores.like(test.metric, test.score)
    rows = [Row("procedure", Fact("test.score", scores.show(test.score)), kind="winner")]
    for at, baseline in enumerate(outer.baselines):
        key = f"outer.baselines[{at}]"
        name = Fact(f"{key}.id", baseline.id.replace("_", " "))
        rows.append(Row(name, Fact(f"{key}.score", scores.show(baseline.score))))
    metric = Fact("test.metric", label_of_class(test.metric, result.data.classes))
    return [
        Heading("Baselines in the outer folds"),
        Table("Baselines in the outer folds", (Column("model", number=False), Column(metric)), tuple(rows)),
        note(
            "Fixed before the study, fitted in each fold on the rows of its search. They were not compared by a test."
        ),
    ]


def _choices(result: StudyResult, outer: OuterRecord) -> Table:
    """Tabulate the configurations that the searches chose, setting by setting."""
    chosen = {f"outer.folds[{at}]": fold.params for at, fold in enumerate(outer.folds)}
    rows = setting_rows({**chosen, "best": result.best.params}, result.spec)
    epochs = [Fact(f"outer.folds[{at}].epochs", str(fold.epochs)) for at, fold in enumerate(outer.folds)]
    rows.append(Row("epochs", *epochs, Fact("best.epochs", str(result.best.epochs))))
    titles = [Column(sentence("fold {}", _place(at))) for at in range(len(outer.folds))]
    return Table(
        "Choices of the searches",
        (Column("setting", number=False), *titles, Column("all rows (kept)")),
        tuple(rows),
        wide=True,
    )


def _place(at: int) -> Fact:
    return Fact(f"outer.folds[{at}].place", str(at + 1))
