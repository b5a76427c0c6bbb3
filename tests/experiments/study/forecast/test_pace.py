from __future__ import annotations

import pytest

from experiments.study.forecast.after_search import AfterSearch
from experiments.study.forecast.pace import AFTER, Pace


def test_the_first_trials_foretell_the_rest() -> None:
    pace = Pace(trials=25, workers=1, lookahead=1000, after=AfterSearch(1.5, 0.5))
    for number in range(AFTER):
        assert pace.forecast is None
        pace.told(2.0, elapsed=3.0 + number)
    assert pace.forecast == pytest.approx(7.0 + 20 * 2.0 + 1.5 + 0.5 * 2.0, rel=0.001)
    known = pace.forecast
    pace.told(100.0, elapsed=100.0)
    assert pace.forecast == known


def test_a_study_that_is_nearly_over_is_not_foretold() -> None:
    pace = Pace(trials=2 * AFTER - 1, workers=2, lookahead=4, after=AfterSearch(1.5, 0.5))
    for _ in range(2 * AFTER - 1):
        pace.told(1.0, elapsed=1.0)
    assert pace.forecast is None
