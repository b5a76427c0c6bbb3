"""The check of "intact" fails where something is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.benchmark.fault_rows.desk import Desk, Room, opened_room
from experiments.benchmark.fault_rows.intact import check_digest, check_files, check_look, check_mlflow, check_told
from experiments.benchmark.fault_rows.outcome import Broken
from experiments.benchmark.fault_rows.studies import MOONS
from experiments.search.journal import Journal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with opened_room() as one:
        yield one


@pytest.fixture(scope="module")
def desk(room: Room) -> Desk:
    one = room.desk(MOONS.replace("trials = 14", "trials = 5"))
    one.tuned("--workers", "1")
    room._undisturbed[one.text] = one.results()  # the study itself
    return one


def changed(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


@pytest.mark.long
def test_each_check_holds_of_a_whole_study_and_fails_where_a_thing_is_lost(desk: Desk) -> None:
    told = desk.trials()
    for check in (check_digest, check_look, check_mlflow, check_files):
        assert check(desk)
    assert check_told(desk, told) == "5 told trials kept"

    results, ledger = desk.study / "results.json", desk.folder / "studies" / "ledger.jsonl"
    whole, looks = results.read_bytes(), ledger.read_bytes()
    changed(results, lambda document: document["trials"][3].update(value=0.5))
    with pytest.raises(Broken, match="not those of the undisturbed"):
        check_digest(desk)
    with pytest.raises(Broken, match="trial 3 has another cv_mean"):
        check_mlflow(desk)
    results.write_bytes(whole)
    changed(results, lambda document: document["trials"].append({**document["trials"][3], "number": 5}))
    with pytest.raises(Broken, match="trial 5 is there 0 times"):
        check_mlflow(desk)
    results.write_bytes(whole)
    ledger.write_bytes(looks + looks)
    with pytest.raises(Broken, match="the ledger has the entries"):
        check_look(desk)
    ledger.write_bytes(looks)
    (desk.study / ".report.html.part").touch()
    with pytest.raises(Broken, match=r"half-written files: studies/moons/.report.html.part"):
        check_files(desk)
    (desk.study / ".report.html.part").unlink()
    journal = desk.study / "journal.log"
    lines = journal.read_bytes().splitlines(keepends=True)
    last = max(at for at, line in enumerate(lines) if b'"op_code":4' in line)
    journal.write_bytes(b"".join(lines[:last]))
    assert len(Journal(journal).trials()) == 4
    with pytest.raises(Broken, match=r"lost or changed: \[4\]"):
        check_told(desk, told)


def test_a_process_that_stays_is_seen(room: Room) -> None:
    one = room.desk()
    assert not one.processes()
    command = one.start("30", module="timeit")
    assert [process.pid for process in one.processes()] == [command.process.pid]
    command.kill()
    one.wait_for_no_process()
