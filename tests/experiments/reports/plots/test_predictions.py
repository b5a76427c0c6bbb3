from __future__ import annotations

import pytest

from experiments.evaluation.records import CalibrationBin, CalibrationRecord
from experiments.reports.plots.predictions import calibration, scatter
from support.svg import words

pytestmark = pytest.mark.slow


def _bin(low, rows):
    return CalibrationBin(low=low, high=low + 0.1, rows=rows, confidence=low + 0.05, accuracy=low)


def test_bins_without_rows_have_no_point():
    svg = calibration(CalibrationRecord(bins=(_bin(0.0, 0), _bin(0.5, 8), _bin(0.9, 80)), error=0.05))
    group = next(part for part in svg.split("<g ") if 'style="fill: #0072b2; stroke: #0072b2' in part)
    assert group.count("<use") == 2
    assert {"share correct", "rows", "probability of the predicted class"} <= words(svg)


def test_predicted_against_true():
    assert {"true value", "predicted value", "predicted = true"} <= words(scatter([(1.0, 2.0), (3.0, 2.5)]))
    assert "true value" in words(scatter([(1.0, 1.0)]))
