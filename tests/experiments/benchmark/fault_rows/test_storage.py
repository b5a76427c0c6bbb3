"""A full disk in short; the other rows of files are in tests/whole."""

from __future__ import annotations

import pytest

from experiments.benchmark.fault_rows.desk import opened_room
from experiments.benchmark.fault_rows.outcome import NotMade
from experiments.benchmark.fault_rows.storage import full_disk

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_a_full_disk_loses_nothing_and_with_room_the_study_goes_on() -> None:
    with opened_room(full=False) as room:
        try:
            first, last = full_disk(room.desk(database=False))
        except NotMade as reason:
            pytest.skip(str(reason))
    assert first == "full before the journal: exit code 2, 2 trials kept, then intact"
    assert last == "intact: one look, no file half written"
