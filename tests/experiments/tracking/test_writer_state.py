"""What a writer left unwritten is told by its state, whatever became of the writer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from experiments.tracking.runs import short_hash
from experiments.tracking.writer_lock import lock_of, store_id
from experiments.tracking.writer_state import (
    STATE,
    new_state,
    note_sync,
    read_state,
    shortfall,
    update_state,
    write_state,
)

URI = "http://ann:s3cret@127.0.0.1:5000/mlflow?token=t0ken"
PLACE = "http://***@127.0.0.1:5000/mlflow?token=***"


def test_a_writer_that_did_not_come_to_its_end_is_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    assert shortfall(tmp_path, {}) is None
    write_state(tmp_path, new_state("run", URI))
    assert "s3cret" not in (tmp_path / STATE).read_text()
    to_fill_in = "http://USER:PASSWORD@127.0.0.1:5000/mlflow?token=VALUE"
    sends = f"python -m experiments.sync {tmp_path} --tracking-uri '{to_fill_in}' sends it"
    assert shortfall(tmp_path, {}) == (
        f"MLflow at {PLACE} is missing a part of the study, or all of it (its writer ended before it was done); {sends}"
    )
    assert shortfall(tmp_path, {"MLFLOW_TRACKING_URI": URI}) == (
        f"MLflow at {PLACE} is missing a part of the study, or all of it (its writer ended before it was done); "
        f"python -m experiments.sync {tmp_path} sends it"
    )
    with lock_of(tmp_path, URI):  # the writer is still at work
        assert shortfall(tmp_path, {}) is None


@pytest.mark.parametrize(
    ("news", "said"),
    [
        ({"done": True}, None),
        ({"missing": "MLflow at x is missing 1 file (refused: gone)", "done": True}, "MLflow at x is missing 1 file"),
        ({"trouble": "nobody there"}, "or all of it (nobody there); "),
        ({"missing": "MLflow at x is missing 2 of 3 trials (nobody there)"}, "is missing 2 of 3 trials (nobody there)"),
    ],
)
def test_the_line_has_what_the_writer_knew(tmp_path: Path, news: dict[str, object], said: str | None) -> None:
    write_state(tmp_path, new_state("run", URI).model_copy(update=news))
    line = shortfall(tmp_path, {})
    assert line is None if said is None else said in str(line)


def test_an_older_writer_leaves_the_state_of_a_newer_run_alone(tmp_path: Path) -> None:
    old, new = new_state("old", URI), new_state("new", URI)
    write_state(tmp_path, new)
    update_state(tmp_path, old.model_copy(update={"done": True}))
    assert read_state(tmp_path) == new
    update_state(tmp_path, new.model_copy(update={"done": True}))
    assert shortfall(tmp_path, {}) is None


def test_an_older_writer_does_not_disturb_the_state_that_a_newer_run_writes(tmp_path: Path) -> None:
    """Each had the same file in the making, of which one took the other's away, or wrote over its state."""
    old = new_state("run 0", URI)
    write_state(tmp_path, old)
    over = threading.Event()

    def work_on() -> None:
        while not over.is_set():
            update_state(tmp_path, old)

    writer = threading.Thread(target=work_on)
    writer.start()
    try:
        for number in range(1, 100):
            old = new_state(f"run {number}", URI)
            write_state(tmp_path, newer := new_state("newer", URI))
            assert read_state(tmp_path) == newer
            write_state(tmp_path, old)
    finally:
        over.set()
        writer.join()


def test_no_state_is_made_in_a_folder_that_has_none(tmp_path: Path) -> None:
    update_state(tmp_path / "gone", new_state("run", URI))
    update_state(tmp_path, new_state("run", URI))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_state_says_nothing(tmp_path: Path) -> None:
    (tmp_path / STATE).write_text('{"run": "x"')
    assert (read_state(tmp_path), shortfall(tmp_path, {})) == (None, None)


def test_a_store_is_known_again_where_its_folder_was_moved_and_with_other_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = f"sqlite:///{tmp_path}/mlruns/mlflow.db"
    before = new_state("run", "sqlite:////somewhere/else/mlruns/mlflow.db")
    assert before.is_of(here)
    assert not before.is_of(f"sqlite:///{tmp_path}/other/mlruns/mlflow.db")
    assert not new_state("run", "sqlite:////shared/mlflow.db").is_of(here)
    assert new_state("run", "http://ann:old@host:5000").is_of("http://bob:new@host:5000/")
    earlier = new_state("run", URI).model_copy(update={"store": short_hash(URI)})  # as version 0.2.0 called it
    assert earlier.is_of(URI)
    prod, test = (f"postgresql://u:p@/mlflow?host=/sql/{name}" for name in ("prod", "test"))
    assert not new_state("run", prod).is_of(test)
    write_state(tmp_path, before)
    note_sync(tmp_path, here, "d1", None)
    state = read_state(tmp_path)
    assert state is not None
    assert (state.uri, state.complete, state.store) == (here, True, store_id(here))
