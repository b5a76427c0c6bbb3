from __future__ import annotations

from experiments.evaluation.records.roc_record import RocRecord
from experiments.reports.blocks import Figures, Table, plain
from experiments.reports.sections.class_scores import class_scores
from support.results import replaced


def _of(result, counts, classes, curve=None):
    result = replaced(replaced(result, "data", classes=classes), "analysis", roc=curve)
    return class_scores(replaced(result, "analysis.out_of_fold", confusion=counts))


def test_each_class_has_its_precision_and_recall(full):
    blocks = _of(full[0], ((6, 2, 0), (1, 1, 0), (5, 5, 0)), ("a", "b", "c"))
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert [plain(column.title) for column in table.columns] == [
        *("class", "rows", "predicted", "precision", "recall", "F1"),
    ]
    assert [[plain(cell) for cell in row.cells] for row in table.rows] == [
        ["a", "8", "12", "0.5000", "0.7500", "0.6000"],
        ["b", "2", "8", "0.1250", "0.5000", "0.2000"],
        ["c", "10", "0", "–", "0.0000", "0.0000"],
    ]
    assert not [block for block in blocks if isinstance(block, Figures)]


def test_many_classes_have_the_numbers_of_the_confusion_matrix(full):
    for classes, titles in ((20, ["class", "rows"]), (21, ["number", "class"])):
        counts = tuple(tuple(int(here == there) for there in range(classes)) for here in range(classes))
        blocks = _of(full[0], counts, tuple(f"name {at}" for at in range(classes)))
        (table,) = [block for block in blocks if isinstance(block, Table)]
        assert [plain(column.title) for column in table.columns[:2]] == titles
    assert [plain(cell) for cell in table.rows[7].cells[:2]] == ["7", "name 7"]


def test_two_classes_have_a_curve_of_the_second(full):
    curve = RocRecord(area=0.93754, positives=1234, negatives=8, points=((0.0, 0.0), (1.0, 1.0)))
    blocks = _of(full[0], ((6, 2), (1, 1)), ("ok", "broken"), curve)
    (figures,) = [block for block in blocks if isinstance(block, Figures)]
    assert [one.name for one in figures.pictures] == ["roc", "precision_recall"]
    assert plain(figures.pictures[1].caption).startswith("Precision of broken by its recall")
    assert plain(figures.pictures[0].caption).startswith(
        "ROC curve of broken: the share of its 1,234 rows that are found, by the share of the 8 others"
    )
    assert plain(figures.pictures[0].caption).endswith("Area under the curve: 0.9375.")


def test_of_repeated_folds_predictions_are_counted_and_no_rows(full):
    curve = RocRecord(area=0.93754, positives=12, negatives=8, points=((0.0, 0.0), (1.0, 1.0)))
    cv = full[0].spec["cv"] | {"splitter": "RepeatedStratifiedKFold", "n_repeats": 2}
    blocks = _of(replaced(full[0], "", spec=full[0].spec | {"cv": cv}), ((6, 2), (1, 1)), ("ok", "broken"), curve)
    (table,), (figures,) = ([one for one in blocks if isinstance(one, kind)] for kind in (Table, Figures))
    assert plain(table.columns[1].title) == "rows, each 2 times"
    assert "the share of its 12 predictions that are found" in plain(figures.pictures[0].caption)


def test_outputs_that_are_no_probabilities_are_not_called_so(full):
    curve = RocRecord(area=0.93754, positives=12, negatives=8, points=((0.0, 0.0), (1.0, 1.0)))
    squared = full[0].spec | {"training": full[0].spec["training"] | {"loss": "mean_squared_error"}}
    for result, word in ((full[0], "probability"), (replaced(full[0], "", spec=squared), "output")):
        blocks = _of(result, ((6, 2), (1, 1)), ("ok", "broken"), curve)
        (figures,) = [one for one in blocks if isinstance(one, Figures)]
        assert f"for every threshold of its {word}." in plain(figures.pictures[0].caption)


def test_numbers_and_studies_without_an_analysis_have_none(full, study):
    assert class_scores(study[0]) == []
    assert _of(full[0], None, ()) == []


def test_a_class_that_is_hardly_ever_predicted_is_named_below_the_table(full):
    blocks = _of(full[0], ((90, 0), (10, 0)), ("ok", "broken"))
    assert plain(blocks[-1].parts).startswith("Out of fold, 0 predictions are 'broken' where 10 should be: ")
