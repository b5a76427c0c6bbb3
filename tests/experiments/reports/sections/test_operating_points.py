from __future__ import annotations

import pytest

from experiments.evaluation.records.analysis_record import TemperatureRecord, UncertaintyRecord
from experiments.evaluation.records.roc_record import OperatingPoint, RocRecord
from experiments.reports.blocks import Table, Text, plain
from experiments.reports.sections.operating_points import operating_points
from support.results import replaced

POINTS = (
    OperatingPoint(rule="half", goal=None, threshold=0.5, named=0.0, recall=0.0, specificity=1.0, precision=None),
    OperatingPoint(rule="f1", goal=None, threshold=0.123, named=0.25, recall=0.75, specificity=0.9, precision=0.4),
    OperatingPoint(rule="recall", goal=0.8, threshold=1.23e-6, named=0.5, recall=0.8, specificity=0.7, precision=0.2),
)
CURVE = RocRecord(area=0.75, positives=4, negatives=6, points=((0.0, 0.0), (1.0, 1.0)), operating=POINTS)


@pytest.fixture
def two(full):
    return replaced(full[0], "data", classes=("ok", "broken"))


def said(blocks):
    return " ".join(plain(block.parts) for block in blocks if isinstance(block, Text))


def test_each_point_is_a_line_with_the_threshold_to_type(two):
    (table,) = [block for block in operating_points(two, CURVE) if isinstance(block, Table)]
    assert [plain(column.title) for column in table.columns] == [
        *("chosen for", "threshold", "predicted as broken", "recall", "specificity", "precision"),
    ]
    assert [[plain(cell) for cell in row.cells] for row in table.rows] == [
        ["more probable class", "0.500", "0.0%", "0.0000", "1.0000", "–"],
        ["largest F1", "0.123", "25.0%", "0.7500", "0.9000", "0.4000"],
        ["recall of at least 0.80", "1.23e-06", "50.0%", "0.8000", "0.7000", "0.2000"],
    ]


def test_the_choice_is_one_on_development_rows_and_the_test_score_is_of_a_half(two):
    words = said(operating_points(two, CURVE))
    assert "The model predicts broken from a probability of 0.500 on; predict --threshold sets another" in words
    assert "A threshold chosen here is chosen on these rows" in words
    assert words.endswith(
        "All other scores of predicted classes on this page, those of the test rows included, are at 0.500."
    )
    assert "the test rows" not in said(operating_points(replaced(two, "", test=None), CURVE))


def test_the_temperature_is_named_where_it_is_kept(two):
    for kept in (True, False):
        temperature = TemperatureRecord(
            value=1.5, kept=kept, of_folds=(1.5,), loss=0.5, scaled_loss=0.4, gain=0.1, standard_error=0.01
        )
        known = UncertaintyRecord(score="missing_probability", units=9, by="rows", quantiles={}, checks=(),
                                  temperature=temperature, default_temperature=None)  # fmt: skip
        words = said(operating_points(replaced(two, "analysis", uncertainty=known), CURVE))
        assert ("that predict writes, at the temperature of the final model." in words) == kept


def test_older_results_and_outputs_that_are_no_probabilities_have_none(two):
    assert operating_points(two, replaced(CURVE, "", operating=())) == []
