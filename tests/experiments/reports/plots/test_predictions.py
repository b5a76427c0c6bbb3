from __future__ import annotations

import pytest

from experiments.evaluation.records.analysis_record import CalibrationBin, CalibrationRecord
from experiments.evaluation.records.roc_record import RocRecord
from experiments.reports.plots.predictions import STEPS, calibration, precision_recall, residuals, roc, scatter
from support.svg import circles, elements, place, points, words


def _bin(low, rows):
    return CalibrationBin(low=low, high=low + 0.1, rows=rows, confidence=low + 0.05, accuracy=low)


def test_bins_without_rows_have_no_point():
    svg = calibration(CalibrationRecord(bins=(_bin(0.0, 0), _bin(0.5, 8), _bin(0.9, 80)), error=0.05))
    points = [point for point in circles(svg, fill="#0072b2") if point[1] > 0]
    assert len(points) == 2
    ones, scale = place(svg, "1.0")[1] - 3.15, (place(svg, "0.0")[1] - place(svg, "1.0")[1])
    assert [y for _, y in points] == pytest.approx([ones + 0.5 * scale, ones + 0.1 * scale], abs=0.02)
    assert len(elements(svg, "path", fill="#0072b2", fill_opacity="0.6")) == 3
    assert {"share correct", "rows", "probability of the predicted class"} <= words(svg)


def test_predicted_against_true():
    svg = scatter([(1.0, 2.0), (3.0, 2.5)])
    assert {"true value", "predicted value", "predicted = true"} <= words(svg)
    first, second = [point for point in circles(svg, fill_opacity="0.75") if point[1] > 0]
    assert first[0] == pytest.approx(place(svg, "1.0", -1)[0], abs=0.01)
    assert second[0] == pytest.approx(place(svg, "3.0", -1)[0], abs=0.01)
    assert first[1] > second[1]
    assert "true value" in words(scatter([(1.0, 1.0)]))


def test_residuals_stand_above_the_line_where_the_prediction_is_too_low():
    svg = residuals([(3.0, 2.0), (1.0, 2.5), (2.0, 4.0)])
    assert {"predicted value", "true − predicted value", "predicted = true"} <= words(svg)
    low, high, far = [point for point in circles(svg, fill_opacity="0.75") if point[1] > 0]
    zero, unit = place(svg, "0")[1] - 3.15, place(svg, "0")[1] - place(svg, "1")[1]
    assert [y for _, y in (low, high, far)] == pytest.approx(
        [zero - unit, zero + 1.5 * unit, zero + 2 * unit], abs=0.02
    )
    assert low[0] < high[0] < far[0]
    assert "predicted value" in words(residuals([(1.0, 1.0)]))


def test_a_roc_curve_goes_from_corner_to_corner():
    record = RocRecord(area=0.75, positives=2, negatives=2, points=((0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0)))
    svg = roc(record)
    assert {"false positive rate", "true positive rate", "guessing", "the model"} <= words(svg)
    (line,) = [points(one) for one in elements(svg, "path", stroke="#0072b2") if len(points(one)) == 4]
    left, right = place(svg, "0.0", -1)[0], place(svg, "1.0", -1)[0]
    lower, upper = place(svg, "0.0")[1] - 3.15, place(svg, "1.0")[1] - 3.15
    assert [x for x, _ in line] == pytest.approx([left, left, (left + right) / 2, right], abs=0.02)
    assert [y for _, y in line] == pytest.approx([lower, (lower + upper) / 2, upper, upper], abs=0.02)


def test_precision_between_two_corners_follows_both_rates():
    """From (0, 0) to half of the two positives no row is taken in vain; then both others are, one by one."""
    record = RocRecord(area=0.5, positives=2, negatives=2, points=((0.0, 0.0), (0.0, 0.5), (1.0, 0.5), (1.0, 1.0)))
    svg = precision_recall(record)
    assert {"recall", "precision", "guessing", "the model"} <= words(svg)
    (line,) = [points(one) for one in elements(svg, "path", stroke="#0072b2") if len(points(one)) == 3 * STEPS]
    left, right = place(svg, "0.0", -1)[0], place(svg, "1.0", -1)[0]
    lower, upper = place(svg, "0.0")[1] - 3.15, place(svg, "1.0")[1] - 3.15
    recalls = [(x - left) / (right - left) for x, _ in line]
    precisions = [(lower - y) / (lower - upper) for _, y in line]
    assert (recalls[0], precisions[0]) == pytest.approx((0.5 / STEPS, 1.0), abs=1e-3)
    middle = STEPS + STEPS // 2 - 1  # one of two positives, and one of two others
    assert (recalls[middle], precisions[middle]) == pytest.approx((0.5, 0.5), abs=1e-3)
    assert (recalls[-1], precisions[-1]) == pytest.approx((1.0, 0.5), abs=1e-3)
    (guessing,) = [
        points(one) for one in elements(svg, "path", stroke_dasharray="4 2") if points(one)[1][0] > right - 1
    ]
    assert [(lower - y) / (lower - upper) for _, y in guessing] == pytest.approx([0.5, 0.5], abs=1e-3)
