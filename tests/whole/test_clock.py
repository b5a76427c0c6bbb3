"""A time of day that jumps by an hour either way changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.benchmark.fault_rows.clock import jumping_clock
from experiments.benchmark.fault_rows.outcome import NotMade
from support.desk import CommandRunner


@pytest.mark.long
def test_a_clock_that_jumps_changes_nothing(
    desk: CommandRunner, tmp_path: Path, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        jumps = jumping_clock(tmp_path / "clock")
    except NotMade as reason:
        pytest.skip(str(reason))
    for name, value in jumps.items():
        monkeypatch.setenv(name, value)
    done = desk.tune_alone("moons")
    assert (done.code, done.error) == (0, "")
    assert desk.results()["digest"] == undisturbed["digest"]
    assert desk.results()["test"]["times_scored"] == 1
