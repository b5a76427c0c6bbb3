"""Reading a journal changes nothing, and takes the whole lines."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from experiments.config.space import Space
from experiments.errors import StudyStateError
from experiments.search.journal import Journal
from experiments.search.journal_reader import JournalReader, JournalView, view_journal
from experiments.search.trial import FinishedTrial


def test_it_shows_what_the_journal_holds(path: Path, trials: list[FinishedTrial], identity: dict[str, Any]) -> None:
    assert view_journal(path) == JournalView(identity, tuple(trials), seconds=(0.0,) * len(trials))


@pytest.mark.parametrize("key", ["spec", "data", "uid"])
@pytest.mark.parametrize("value", [None, 3, [1], {"cv": 1}])
def test_an_identity_that_no_study_wrote_is_no_journal(
    path: Path, identity: dict[str, Any], key: str, value: object
) -> None:
    for wrong in ({**identity, key: value}, {one: identity[one] for one in identity if one != key}, [identity], 3):
        Journal(path)._set("identity", wrong)
        with pytest.raises(StudyStateError, match=r"journal\.log: not a journal of this program: [^\n]+$"):
            view_journal(path)


def test_a_line_that_is_being_written_is_left_out_and_left_alone(path: Path, trials: list[FinishedTrial]) -> None:
    whole = path.read_bytes()
    last = whole[:-1].rfind(b"\n") + 1
    for end in (last + 1, last + 40, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert list(view_journal(path).trials) == trials[:-1]
        assert path.read_bytes() == whole[:end]
    assert [file.name for file in path.parent.iterdir()] == ["journal.log"]


def test_a_line_of_which_the_disk_got_a_part_is_left_out(path: Path, trials: list[FinishedTrial]) -> None:
    whole = path.read_bytes()
    last = whole[:-1].rfind(b"\n") + 1
    for at in (last, last + 1, last + 40, len(whole) - 9):
        path.write_bytes(whole[:at] + bytes(8) + whole[at + 8 :])
        assert list(view_journal(path).trials) == trials[:-1]
    first = whole.find(b"\n") + 1
    path.write_bytes(whole[:first] + bytes(8) + whole[first + 8 :])
    with pytest.raises(StudyStateError, match="not a journal"):
        view_journal(path)


def test_it_can_be_followed_as_it_grows(tmp_path: Path, trials: list[FinishedTrial], space: Space) -> None:
    reader = JournalReader(tmp_path / "journal.log")
    assert reader.new_trials() == []
    journal, begun = Journal(tmp_path / "journal.log"), time.time()
    assert reader.new_trials() == []
    for few in (trials[:1], trials[1:3], trials[3:]):
        for trial in few:
            journal.append(trial, space.distributions, inside=True)
        new = reader.new_trials()
        assert new == few
        assert all(begun <= trial.finished_at <= time.time() for trial in new)
    assert reader.new_trials() == []


def test_it_knows_the_searched_ranges_once_the_study_has_begun(tmp_path: Path) -> None:
    path = tmp_path / "journal.log"
    assert JournalReader(path).space() == {}
    journal = Journal(path)
    assert JournalReader(path).space() == {}
    journal.begin({"spec": {"space": {"l2": {"low": 0, "high": 1}}}})
    assert JournalReader(path).space() == {"l2": {"low": 0, "high": 1}}


def test_a_trial_without_a_time_of_ours_has_that_of_optuna(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        line.get("user_attrs", {}).pop("at", None)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert all(abs(trial.finished_at - time.time()) < 600 for trial in view_journal(path).trials)


def test_a_writers_lock_is_no_hindrance(path: Path, trials: list[FinishedTrial]) -> None:
    lock = path.with_name("journal.log.lock")
    lock.touch()
    assert list(view_journal(path).trials) == trials
    assert lock.exists()


def test_a_missing_or_empty_journal_has_no_study_and_nothing_is_made(tmp_path: Path) -> None:
    assert view_journal(tmp_path / "journal.log") == JournalView()
    assert not list(tmp_path.iterdir())
    for beginning in (b"", b'{"op_code":0'):
        (tmp_path / "journal.log").write_bytes(beginning)
        assert view_journal(tmp_path / "journal.log") == JournalView()


def test_another_file_is_named(tmp_path: Path) -> None:
    for content in (b"hello\n", b"[1]\n", b"\xff\xfe\n", b'{"op_code":4}\n', b"[" * 100_000 + b"\n"):
        (tmp_path / "journal.log").write_bytes(content)
        with pytest.raises(StudyStateError, match=r"journal\.log: not a journal of this program"):
            view_journal(tmp_path / "journal.log")


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.log").mkdir()
    with pytest.raises(StudyStateError, match=r"journal\.log: cannot be read"):
        view_journal(tmp_path / "journal.log")
