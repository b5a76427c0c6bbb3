"""One writer at a time, and whoever needs the folder waits for it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from experiments.errors import StudyStateError
from experiments.tracking.writer_lock import is_being_written, lock_of, locks_of, without_writers
from support.waiting import PATIENCE


def test_a_local_store_has_one_lock_however_its_path_is_written(tmp_path: Path) -> None:
    names = {lock_of(tmp_path, f"sqlite:///{tmp_path}/{path}").path for path in ("m.db", "x/../m.db")}
    assert len(names) == 1


def test_a_writer_to_any_store_is_seen_and_nothing_is_made_by_looking(tmp_path: Path) -> None:
    assert not is_being_written(tmp_path)
    assert not is_being_written(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
    with lock_of(tmp_path, "sqlite:///a.db"):
        pass
    assert not is_being_written(tmp_path)
    with lock_of(tmp_path, "http://127.0.0.1:9"):
        assert is_being_written(tmp_path)
    assert len(locks_of(tmp_path)) == 2


def test_a_writer_at_work_is_waited_for_with_one_line(tmp_path: Path) -> None:
    said: list[str] = []
    locks = [lock_of(tmp_path, uri) for uri in ("sqlite:///a.db", "sqlite:///b.db")]
    writers = [lock_of(tmp_path, uri) for uri in ("sqlite:///a.db", "sqlite:///b.db")]
    begun = threading.Event()

    def write() -> None:
        for writer in writers:
            writer.acquire()
        begun.set()
        while not said:
            begun.wait(0.01)
        for writer in writers:
            writer.release()

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait(PATIENCE)
    with without_writers(tmp_path, locks, PATIENCE, said.append):
        assert is_being_written(tmp_path)
    thread.join()
    assert said == [f"{tmp_path}: waiting until what is on its way to MLflow is there, 300 s at most"]
    assert not is_being_written(tmp_path)


@pytest.mark.parametrize(("seconds", "lines"), [(0.0, 0), (0.1, 1)])
def test_one_that_does_not_end_is_an_error_and_other_locks_are_given_back(
    tmp_path: Path, seconds: float, lines: int
) -> None:
    said: list[str] = []
    free, held = lock_of(tmp_path, "sqlite:///a.db"), lock_of(tmp_path, "sqlite:///b.db")
    with (
        lock_of(tmp_path, "sqlite:///b.db"),
        pytest.raises(StudyStateError, match="still being written to MLflow; try in a minute"),
        without_writers(tmp_path, [free, held], seconds, said.append),
    ):
        raise AssertionError
    assert (free.is_held, len(said)) == (False, lines)


def test_a_folder_without_room_for_a_lock_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StudyStateError, match="cannot be locked for MLflow: "),
        without_writers(tmp_path / "file", [lock_of(tmp_path / "file", "sqlite:///b.db")], 0.0, print),
    ):
        raise AssertionError
