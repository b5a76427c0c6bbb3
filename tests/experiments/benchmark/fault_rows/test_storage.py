"""A full disk; the other rows of files are in tests/whole."""

from __future__ import annotations

import pytest

from experiments.benchmark.fault_rows.desk import opened_room
from experiments.benchmark.fault_rows.outcome import NotMade
from experiments.benchmark.fault_rows.storage import FULL, full_disk

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_a_full_disk_loses_nothing_and_with_room_the_study_goes_on() -> None:
    with opened_room() as room:
        try:
            *files, last = full_disk(room.desk())
        except NotMade as reason:
            pytest.skip(str(reason))
    assert files[0] == "full before the journal: exit code 2, 2 trials kept, then intact"
    assert len(files) == len(FULL)
    assert last.startswith("intact: the digest of the undisturbed study, one look")
