from __future__ import annotations

import pytest

from experiments.evaluation.records.roc_record import OperatingPoint, RocRecord
from experiments.reports.blocks import plain
from experiments.reports.seldom_predicted import seldom_predicted
from support.results import replaced

HALF = OperatingPoint(rule="half", goal=None, threshold=0.5, named=0.0, recall=0.0, specificity=1.0, precision=None)
CURVE = RocRecord(area=0.75, positives=10, negatives=90, points=((0.0, 0.0), (1.0, 1.0)), operating=(HALF,))


@pytest.fixture
def said(full):
    def said(counts, classes, curve=None, metric="accuracy"):
        result = replaced(replaced(full[0], "data", classes=classes), "analysis", roc=curve)
        result = replaced(result, "", spec=result.spec | {"cv": result.spec["cv"] | {"metric": metric}})
        return [plain(parts) for parts in seldom_predicted(replaced(result, "analysis.out_of_fold", confusion=counts))]

    return said


def test_a_class_that_is_hardly_ever_predicted_is_named_with_what_to_do(said):
    assert said(((90, 0), (10, 0)), ("no", "yes"), CURVE) == [
        "Out of fold, 0 predictions are 'yes' where 10 should be: choose a threshold for predict --threshold in the "
        "report’s table of operating points; cv.metric = roc_auc judges all thresholds at once."
    ]
    assert said(((1, 9), (0, 90)), ("no", "yes"), CURVE)[0].startswith("Out of fold, 1 prediction is 'no' where 10 ")


def test_a_class_with_a_fifth_of_its_predictions_is_predicted(said):
    assert said(((89, 1), (9, 1)), ("no", "yes"), CURVE) == []
    assert len(said(((89, 1), (10, 1)), ("no", "yes"), CURVE)) == 1


def test_a_metric_of_probabilities_is_not_advised_again(said):
    for metric, advised in (("f1", True), ("balanced_accuracy", True), ("roc_auc", False), ("neg_log_loss", False)):
        (line,) = said(((90, 0), (10, 0)), ("no", "yes"), CURVE, metric)
        assert ("cv.metric" in line) == advised


def test_a_table_that_the_report_lacks_is_not_named(said):
    for curve in (None, replaced(CURVE, "", operating=())):
        (line,) = said(((90, 0), (10, 0)), ("no", "yes"), curve, "roc_auc")
        assert line.endswith(": choose a threshold for predict --threshold.")


def test_of_several_classes_each_is_named_and_weights_are_advised(said):
    lines = said(((50, 10, 0, 0), (5, 60, 0, 0), (9, 0, 0, 1), (8, 0, 0, 0)), ("a", "b", "c", "d"))
    assert [line.partition(":")[0] for line in lines] == [
        "Out of fold, 0 predictions are 'c' where 10 should be",
        "Out of fold, 1 prediction is 'd' where 8 should be",
    ]
    assert lines[0].endswith('cv.metric = balanced_accuracy with class_weight = "balanced" weighs all classes alike.')


def test_without_a_confusion_matrix_nothing_is_said(said, study):
    assert said(None, ()) == []
    assert list(seldom_predicted(study[0])) == []
