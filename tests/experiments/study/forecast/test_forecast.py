"""The forecast is arithmetic; what it must get right is what grows with what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from experiments.config.candidate import Candidate
from experiments.study.forecast.after_search import AfterSearch
from experiments.study.forecast.calibration import Timed
from experiments.study.forecast.forecast import (
    AFTER,
    MARGIN,
    NEW_STORE,
    PATIENCE,
    START,
    Forecast,
    Pace,
    Search,
    expected_epochs,
    forecast,
    relative_cost,
)
from nnet.network import Architecture
from nnet.settings import TrainingSettings

SEARCH = Search(
    trials=40,
    told=0,
    epochs=60,
    folds=5,
    workers=2,
    lookahead=4,
    learns=False,
    prunes=False,
    new_store=False,
    kept=57_480,
)


COMES_AFTER = AfterSearch(fixed=1.0, trials=0.25)
EPOCH = 10.0  # seconds, beside which tracking takes none to speak of


def candidate(**settings: Any) -> Candidate:
    return Candidate(Architecture(1, (8,), 1), TrainingSettings(**({"epochs": 60, "patience": 0} | settings)))


def foretold(search: Search, epoch: float = EPOCH, **settings: Any) -> Forecast:
    one = candidate(**settings), Timed(epoch, 1000)
    return forecast(search, one, [one, one], [(one[0], 1000)] * 3, COMES_AFTER, 2.0, 200_000_000, 60_000_000)


def test_without_pruning_and_stopping_the_work_is_trials_by_epochs_by_seconds() -> None:
    alone = foretold(replace(SEARCH, workers=1, lookahead=1000))
    assert alone.search == pytest.approx(40 * 60 * EPOCH, rel=0.001)
    assert (alone.epochs, alone.pruned) == (60, 0)


def test_workers_share_the_work_and_idle_a_little() -> None:
    one, two = (foretold(replace(SEARCH, workers=workers)).search for workers in (1, 2))
    assert 0.5 < two / one < 0.6


def test_pruning_and_early_stopping_save_time() -> None:
    whole = foretold(SEARCH)
    assert foretold(replace(SEARCH, prunes=True)).search < whole.search
    assert foretold(SEARCH, patience=8).search < whole.search
    assert foretold(replace(SEARCH, prunes=True, trials=3)).pruned == 0


def test_told_trials_take_no_more_time_but_stay_on_the_disk() -> None:
    half = foretold(replace(SEARCH, trials=20, told=20))
    assert half.search == pytest.approx(foretold(SEARCH).search / 2, rel=0.001)
    assert half.disk == foretold(SEARCH).disk
    assert foretold(replace(SEARCH, trials=0, told=40)).search == 0


def test_fewer_trials_than_workers_still_take_the_time_of_one() -> None:
    assert foretold(replace(SEARCH, trials=1, workers=4, lookahead=8)).search >= 60 * EPOCH


def test_the_parts_add_up_and_the_range_is_around_them() -> None:
    it = foretold(SEARCH)
    assert it.seconds == it.start + it.search + it.finish
    assert it.start == 2.0 + START
    assert it.range == (it.seconds / MARGIN, it.seconds * MARGIN)
    assert it.memory > 200_000_000 + 2 * 60_000_000


def test_few_timed_configurations_stand_for_many_drawn_ones() -> None:
    small, large = (Candidate(Architecture(1, hidden, 1), TrainingSettings(patience=0)) for hidden in ((8,), (64, 64)))
    costs = {one: relative_cost(one, size) for one, size in ((small, 50), (large, 5000))}
    default = small, Timed(EPOCH, 50)
    drawn = [(small, 50), (large, 5000)]
    one = forecast(SEARCH, default, [default], drawn, COMES_AFTER, 2.0, 0, 0)
    timed = [default, (large, Timed(EPOCH * costs[large] / costs[small], 5000))]
    both = forecast(SEARCH, default, timed, drawn, COMES_AFTER, 2.0, 0, 0)
    assert one.search == pytest.approx(both.search)
    assert one.search > foretold(SEARCH).search
    assert one.disk["model"] == 4 * 5000


def test_tracking_takes_from_the_workers_and_is_waited_for_after_a_short_search() -> None:
    long, short = foretold(SEARCH), foretold(SEARCH, epoch=1e-6)
    assert long.finish == pytest.approx(1.0 + 60 * EPOCH / 4)
    assert long.search > 40 * 60 * EPOCH / 2
    assert 1 < short.finish - 1.0 < 3
    assert foretold(replace(SEARCH, new_store=True), epoch=1e-6).finish == pytest.approx(short.finish + NEW_STORE)
    assert foretold(replace(SEARCH, trials=10_000), epoch=1e-9).finish < 1.0 + PATIENCE + 1


def test_more_folds_and_epochs_are_more_bytes() -> None:
    assert foretold(SEARCH).disk["out-of-fold outputs"] == 40 * 57_480
    assert foretold(replace(SEARCH, prunes=True)).disk["out-of-fold outputs"] < 40 * 57_480
    assert foretold(replace(SEARCH, folds=10)).disk["journal"] > foretold(SEARCH).disk["journal"]


@pytest.mark.parametrize(
    ("settings", "epochs"),
    [
        ({"patience": 0}, 60),
        ({"patience": 60}, 60),
        ({"patience": 5, "schedule": "one_cycle"}, 60),
        ({"patience": 5}, 0.33 * 60 + 5),
        ({"patience": 5, "validate_every": 3}, 0.33 * 60 + 15),
    ],
)
def test_the_epochs_of_a_trial(settings: dict[str, Any], epochs: float) -> None:
    assert expected_epochs(candidate(**settings)) == pytest.approx(epochs)


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
