"""A look at a journal changes nothing, and takes what is whole."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.errors import StudyStateError
from experiments.search.journal import Journal
from experiments.search.journal_reader import JournalReader, JournalView, view_journal
from experiments.search.loop import search
from experiments.search.trial import FinishedTrial, TrialResult, TrialTask


@pytest.fixture
def told(
    spec: StudySpec, space: Space, submit: Callable[[TrialTask], Future[TrialResult]]
) -> tuple[FinishedTrial, ...]:
    return tuple(search(spec, space, [], submit))[:6]


@pytest.fixture
def path(tmp_path: Path, told: tuple[FinishedTrial, ...], space: Space) -> Path:
    journal = Journal(tmp_path / "journal.log")
    journal.begin({"spec": {"a": 1}})
    for one in told:
        journal.append(one, space.distributions, inside=True)
    return tmp_path / "journal.log"


def test_it_shows_what_the_journal_holds(path: Path, told: tuple[FinishedTrial, ...]) -> None:
    assert view_journal(path) == JournalView({"spec": {"a": 1}}, told)


def test_a_line_that_is_being_written_is_left_out_and_left_alone(path: Path, told: tuple[FinishedTrial, ...]) -> None:
    whole = path.read_bytes()
    last = whole[:-1].rfind(b"\n") + 1
    for end in (last + 1, last + 40, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert view_journal(path).told == told[:-1]
        assert path.read_bytes() == whole[:end]
    assert [one.name for one in path.parent.iterdir()] == ["journal.log"]


def test_it_can_be_followed_as_it_grows(tmp_path: Path, told: tuple[FinishedTrial, ...], space: Space) -> None:
    reader = JournalReader(tmp_path / "journal.log")
    assert reader.news() == []
    journal, begun = Journal(tmp_path / "journal.log"), time.time()
    assert reader.news() == []
    for few in (told[:1], told[1:3], told[3:]):
        for one in few:
            journal.append(one, space.distributions, inside=True)
        found = reader.news()
        assert tuple(entry.told for entry in found) == few
        assert all(begun <= entry.at <= time.time() for entry in found)
    assert reader.news() == []


def test_a_trial_without_a_time_of_ours_has_that_of_optuna(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        line.get("user_attrs", {}).pop("at", None)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert all(abs(entry.at - time.time()) < 600 for entry in JournalReader(path).news())


def test_a_writers_lock_is_no_hindrance(path: Path, told: tuple[FinishedTrial, ...]) -> None:
    lock = path.with_name("journal.log.lock")
    lock.touch()
    assert view_journal(path).told == told
    assert lock.exists()


def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    assert view_journal(tmp_path / "journal.log") == JournalView(None, ())
    assert not list(tmp_path.iterdir())


def test_an_empty_journal_is_that_of_a_study_that_is_just_beginning(tmp_path: Path) -> None:
    (tmp_path / "journal.log").touch()
    assert view_journal(tmp_path / "journal.log") == JournalView(None, ())


@pytest.mark.parametrize("content", [b"hello\n", b"[1]\n", b"\xff\xfe\n", b'{"op_code":4}\n', b"[" * 100_000 + b"\n"])
def test_another_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.log").write_bytes(content)
    with pytest.raises(StudyStateError, match=r"journal\.log: not an Optuna journal"):
        view_journal(tmp_path / "journal.log")


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.log").mkdir()
    with pytest.raises(StudyStateError, match=r"journal\.log: cannot be read"):
        view_journal(tmp_path / "journal.log")
