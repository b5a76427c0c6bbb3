from __future__ import annotations

from experiments.study.profile import profile_text
from experiments.study.timing import Clock


def test_every_part_has_its_seconds_and_its_share_of_all() -> None:
    clock = Clock(seconds={"data": 1.0, "search": 8.0}, inside={"waiting for results": 6.0, "journal": 0.5}, busy=12.0)
    text = profile_text(clock, before=1.0, workers=2, tracking=3.5)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines == [
        "where 10.0 s went",
        "imports and study file 1.00 s 10.0%",
        "data 1.00 s 10.0%",
        "search 8.00 s 80.0%",
        "waiting for results 6.00 s 60.0%",
        "journal 0.50 s 5.0%",
        "the rest of it 1.50 s 15.0%",
        "workers: 2, busy 12.0 of 16.0 s, 75% of the search; trials that were not told count as idle",
        "MLflow's writer, beside all this: 3.50 s",
    ]
    assert max(map(len, text.splitlines())) <= 100


def test_a_run_that_only_scored_has_no_share_of_a_search() -> None:
    assert "busy 0.0 of 0.0 s;" in profile_text(Clock(seconds={"search": 0.0}), before=1.0, workers=2, tracking=0.0)
