"""The record of what chose a default: written once, read by whoever has the same default."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.config.study_file import parse_spec
from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.data.identity.hashes import HASH_BYTES
from experiments.errors import StudyStateError
from experiments.search.context import StudyContext, prepare_study
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.lookup import EXAMPLE
from experiments.study.folders.results_file import read_results
from experiments.study.running.default_rows import (
    DefaultRows,
    default_digest,
    default_rows,
    keep_default_rows,
    with_note,
)
from experiments.study.running.options import Options
from support.study_folders import SPEC

DOCUMENT = {"study": {"name": "new"}, **SPEC, "cv": {"metric": "accuracy"}}


@pytest.fixture(scope="module")
def study() -> StudyContext:
    return prepare_study(parse_spec(DOCUMENT, "here"))


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path)


def options(folder: StudyFolder, origin: StudyFolder | None = None) -> Options:
    return Options(folder.path, folder.path / "ledger.jsonl", "none", 1, origin=None if origin is None else origin.path)


def rows_of(study: StudyContext, folder: StudyFolder) -> DefaultRows:
    """A record in the folder by which three test rows are known."""
    learnt = frozenset(study.data.test.known_by.read[:3])
    rows = DefaultRows(default_digest(study.spec.to_document()), "d", ("old",), learnt)
    with folder.claimed():
        keep_default_rows(rows, folder)
    return rows


def test_what_is_recorded_holds_for_the_same_default_alone(study: StudyContext, folder: StudyFolder) -> None:
    assert default_rows(study, folder, options(folder)) is None
    rows = rows_of(study, folder)
    assert default_rows(study, folder, options(folder)) == rows
    other = prepare_study(parse_spec({**DOCUMENT, "default": {"l2": 0.25}}, "here"))
    assert default_rows(other, folder, options(folder)) is None
    longer = study.with_trials(7)
    assert default_rows(longer, folder, options(folder)) == rows


def test_a_study_made_from_the_file_of_another_has_its_record(
    study: StudyContext, folder: StudyFolder, tmp_path: Path
) -> None:
    rows, copy = rows_of(study, folder), StudyFolder(tmp_path / "copy")
    assert default_rows(study, copy, options(copy)) is None
    assert default_rows(study, copy, options(copy, origin=folder)) == rows


@pytest.mark.parametrize(
    ("winner", "same_default", "studies"),
    [(0, True, ("digits", "first")), (35, True, ("digits",)), (0, False, ("digits",))],
)
def test_what_chose_a_default_counts_for_another_study_where_that_default_won(
    study: StudyContext,
    folder: StudyFolder,
    monkeypatch: pytest.MonkeyPatch,
    winner: int,
    same_default: bool,
    studies: tuple[str, ...],
) -> None:
    recorded, theirs = read_results(EXAMPLE), StudyFolder(folder.path / "digits")
    result = replace(recorded.result, best=replace(recorded.result.best, number=winner))
    recorded = replace(recorded, path=theirs.results, result=result)
    monkeypatch.setattr("experiments.study.running.default_rows.read_own_results", lambda _: recorded)
    default, row = default_digest(result.spec) if same_default else "of another default", bytes(HASH_BYTES)
    with theirs.claimed():
        keep_default_rows(DefaultRows(default, "d", ("first",), frozenset([row])), theirs)
    found = default_rows(study, folder, replace(options(folder), default_of=theirs.results))
    assert found is not None
    assert found.learnt is not None
    assert (found.studies, row in found.learnt) == (studies, "first" in studies)
    assert len(found.learnt) > 1000


def test_the_note_counts_the_test_rows(study: StudyContext, folder: StudyFolder) -> None:
    assert with_note(study, None) is study
    told = with_note(study, rows_of(study, folder))
    (note,) = (note for note in told.data.notes if note not in study.data.notes)
    assert note.startswith(
        f"3 of the {len(study.data.test)} test rows are equal to rows that the study old learnt from"
    )
    assert note.endswith(TOO_GOOD)
    assert told.identity == study.identity


def test_a_record_is_written_once_and_a_damaged_one_is_refused(study: StudyContext, folder: StudyFolder) -> None:
    rows = rows_of(study, folder)
    with folder.claimed():
        before = folder.default_rows.stat().st_mtime_ns
        keep_default_rows(rows, folder)
        keep_default_rows(None, folder)
        assert folder.default_rows.stat().st_mtime_ns == before
        keep_default_rows(replace(rows, learnt=None), folder)
    unknown = default_rows(study, folder, options(folder))
    assert unknown is not None
    assert unknown.learnt is None
    folder.default_rows.write_text("{}")
    with pytest.raises(StudyStateError, match=r"default_of\.json: does not say which rows the default was chosen with"):
        default_rows(study, folder, options(folder))
