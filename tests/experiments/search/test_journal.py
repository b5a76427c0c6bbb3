from __future__ import annotations

import errno
import json
import signal
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from experiments.config.space import Space
from experiments.errors import StudyStateError
from experiments.search.journal import Journal, parse_result, repair_journal, result_document
from experiments.search.journal_reader import view_journal
from experiments.search.trial import FinishedTrial


def test_trials_are_read_again_to_the_bit(path: Path, trials: list[FinishedTrial], identity: dict[str, Any]) -> None:
    journal = Journal(path)
    assert journal.trials() == trials
    assert journal.identity == identity


def test_a_new_journal_has_no_identity_and_no_trials(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.log")
    assert journal.identity is None
    assert journal.trials() == []


def test_one_trial_is_one_line(path: Path, trials: list[FinishedTrial], space: Space) -> None:
    before = path.read_bytes().count(b"\n")
    Journal(path).append(trials[0], space.distributions, inside=True)
    assert path.read_bytes().count(b"\n") == before + 1


def test_nothing_is_written_to_a_folder_that_was_lost(path: Path, trials: list[FinishedTrial], space: Space) -> None:
    def lost() -> None:
        raise StudyStateError("another command has it")

    before = path.read_bytes()
    with pytest.raises(StudyStateError, match="another command has it"):
        Journal(path, check=lost).append(trials[0], space.distributions, inside=True)
    assert path.read_bytes() == before


def test_an_interruption_waits_until_the_trial_is_written(
    path: Path, trials: list[FinishedTrial], space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, before = Journal(path), path.read_bytes().count(b"\n")
    write = journal._study.add_trial

    def interrupted(trial: optuna.trial.FrozenTrial) -> None:
        signal.raise_signal(signal.SIGINT)
        write(trial)

    monkeypatch.setattr(journal._study, "add_trial", interrupted)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            journal.append(trials[0], space.distributions, inside=True)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert path.read_bytes().count(b"\n") == before + 1


def test_optunas_own_tools_can_read_it(path: Path, trials: list[FinishedTrial]) -> None:
    study = optuna.load_study(study_name="study", storage=JournalStorage(JournalFileBackend(str(path))))
    assert [frozen.state.name for frozen in study.trials] == [trial.result.state for trial in trials]
    assert study.best_value == max(trial.result.value for trial in trials if trial.result.value is not None)
    assert dict(study.trials[3].params) == trials[3].params
    assert len(study.trials[3].intermediate_values) == len(trials[3].result.curves.epochs)


def optunas(path: Path) -> optuna.Study:
    """The only study of a journal, as Optuna's tools find it."""
    return optuna.load_study(study_name=None, storage=JournalStorage(JournalFileBackend(str(path))))


def test_optunas_tools_see_the_study_by_its_name_and_when_each_trial_ran(
    tmp_path: Path, trials: list[FinishedTrial], space: Space
) -> None:
    path, end = tmp_path / "journal.log", time.time() - 1000
    ran = [replace(trial.result, seconds=30.0 + n, ended_at=end - 10 * n) for n, trial in enumerate(trials[:3])]
    for trial, result in zip(trials, ran, strict=False):
        Journal(path, "digits").append(replace(trial, result=result), space.distributions, inside=True)
    assert optunas(path).study_name == "digits"
    assert [(one.datetime_start, one.datetime_complete) for one in optunas(path).trials] == [
        (datetime.fromtimestamp(end - 10 * n - 30.0 - n), datetime.fromtimestamp(end - 10 * n)) for n in range(3)
    ]
    assert [one.finished_at for one in Journal(path).trials()] == [end, end - 10, end - 20]
    assert Journal(path).trials() == trials[:3]


def test_a_study_that_goes_on_keeps_its_name_and_its_times(path: Path, trials: list[FinishedTrial]) -> None:
    before = [(one.datetime_start, one.datetime_complete) for one in optunas(path).trials]
    Journal(path, "another").end(1.0)
    assert optunas(path).study_name == "study"
    assert [(one.datetime_start, one.datetime_complete) for one in optunas(path).trials] == before
    assert Journal(path, "another").trials() == trials


def test_a_trial_that_was_given_up_or_whose_worker_has_a_fast_clock_ends_when_it_is_written(
    tmp_path: Path, trials: list[FinishedTrial], space: Space
) -> None:
    path, begun = tmp_path / "journal.log", datetime.now()
    given_up = replace(trials[0].result, state="FAIL", value=None, seconds=0.0, ended_at=0.0)
    fast = replace(trials[1].result, seconds=5.0, ended_at=time.time() + 3600)
    for trial, result in zip(trials, (given_up, fast), strict=False):
        Journal(path).append(replace(trial, result=result), space.distributions, inside=True)
    first, second = optunas(path).trials
    assert first.datetime_start == first.datetime_complete
    assert begun <= first.datetime_complete <= second.datetime_complete <= datetime.now()
    assert second.duration == timedelta(seconds=5)


def test_the_times_of_a_trial_are_no_part_of_its_result(
    tmp_path: Path, trials: list[FinishedTrial], space: Space
) -> None:
    late = replace(trials[0], result=replace(trials[0].result, seconds=9.0, ended_at=1e9))
    Journal(tmp_path / "journal.log").append(late, space.distributions, inside=True)
    assert Journal(tmp_path / "journal.log").trials() == trials[:1]
    assert (tmp_path / "journal.log").read_text().count("ended_at") == 0


def test_a_tail_torn_anywhere_is_cut_and_kept(
    path: Path, trials: list[FinishedTrial], space: Space, tmp_path: Path
) -> None:
    whole = path.read_bytes()
    last_line = len(whole) - whole[:-1].rfind(b"\n") - 1
    for cut in (1, 2, 200, last_line - 1, last_line):
        torn = tmp_path / str(cut) / "journal.log"
        torn.parent.mkdir()
        torn.write_bytes(whole[:-cut])
        journal = Journal(torn)
        assert journal.trials() == trials[:-1]
        journal.append(trials[-1], space.distributions, inside=True)
        assert Journal(torn).trials() == trials
        if cut < last_line:
            assert torn.with_name("journal.log.torn").read_bytes() == whole[:-cut]


def test_a_line_of_which_the_disk_got_a_part_is_cut_and_kept(path: Path, trials: list[FinishedTrial]) -> None:
    whole = path.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    torn = whole[: start + 9] + bytes(40) + whole[start + 49 :]
    path.write_bytes(torn)
    assert Journal(path).trials() == trials[:-1]
    assert path.read_bytes() == whole[:start]
    assert path.with_name("journal.log.torn").read_bytes() == torn


def test_the_name_of_a_new_journal_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr("nnet.durable.flush_folder", flushed.append)
    Journal(tmp_path / "journal.log")
    assert flushed == [tmp_path]


def test_the_lock_of_a_killed_writer_does_not_stop_the_next(
    path: Path, trials: list[FinishedTrial], space: Space
) -> None:
    path.with_name("journal.log.lock").touch()
    Journal(path).append(trials[0], space.distributions, inside=True)


def test_a_default_outside_the_space_is_kept_whole(tmp_path: Path, trials: list[FinishedTrial], space: Space) -> None:
    path = tmp_path / "journal.log"
    outside = FinishedTrial({**trials[0].params, "learning_rate": 0.9}, trials[0].result)
    Journal(path).append(outside, space.distributions, inside=False)
    assert Journal(path).trials() == [outside]


def test_another_file_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.log"
    path.write_text("this is not a journal\n")
    with pytest.raises(StudyStateError, match="not a journal of this program"):
        Journal(path)


def test_the_time_spent_is_that_of_the_last_trial_or_of_the_end(
    tmp_path: Path, trials: list[FinishedTrial], space: Space
) -> None:
    path = tmp_path / "journal.log"
    assert Journal(path).spent == 0.0
    Journal(path).append(trials[0], space.distributions, inside=True, spent=12.5)
    assert Journal(path).spent == 12.5
    Journal(path).end(13.0)
    assert Journal(path).spent == 13.0
    Journal(path).append(trials[1], space.distributions, inside=True, spent=20.0)
    assert Journal(path).spent == 20.0


def test_the_seconds_of_the_parts_are_those_of_the_last_trial_or_of_the_end(
    tmp_path: Path, trials: list[FinishedTrial], space: Space
) -> None:
    path = tmp_path / "journal.log"
    assert Journal(path).timing == {}
    Journal(path).append(trials[0], space.distributions, inside=True, timing={"search": 2.0})
    assert Journal(path).timing == {"search": 2.0}
    Journal(path).keep_timing({"search": 2.5, "report": 1.0})
    assert Journal(path).timing == {"search": 2.5, "report": 1.0}
    Journal(path).append(trials[1], space.distributions, inside=True, timing={"search": 5.0, "report": 1.0})
    assert Journal(path).timing == {"search": 5.0, "report": 1.0}
    assert view_journal(path).spent == Journal(path).spent == 0.0


def test_trials_of_somebody_else_are_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.log"
    theirs = optuna.create_study(study_name="study", storage=JournalStorage(JournalFileBackend(str(path))))
    theirs.add_trial(optuna.create_trial(value=1.0))
    with pytest.raises(StudyStateError, match="not a journal of this program: 'params'"):
        Journal(path).trials()
    with pytest.raises(StudyStateError, match="not a journal of this program"):
        view_journal(path)


def test_a_journal_that_cannot_be_written_is_named_whatever_is_written(
    tmp_path: Path, trials: list[FinishedTrial], space: Space
) -> None:
    path = tmp_path / "journal.log"
    journal = Journal(path)
    path.unlink()
    path.mkdir()
    for write in (
        lambda: journal.begin({}),
        lambda: journal.end(1.0),
        lambda: journal.append(trials[0], space.distributions, inside=True),
        lambda: Journal(path),
    ):
        with pytest.raises(StudyStateError, match=r"journal\.log: cannot be written: Is a directory"):
            write()


def test_nothing_is_written_behind_a_record_that_a_full_disk_cut(
    path: Path, trials: list[FinishedTrial], space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, whole = Journal(path), path.read_bytes()
    with monkeypatch.context() as full:

        def half(_: Any, logs: list[dict[str, Any]]) -> None:
            with path.open("a") as file:
                file.write(json.dumps(logs[0])[:30])
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(JournalFileBackend, "append_logs", half)
        with pytest.raises(StudyStateError, match="No space left"):
            journal.append(trials[-1], space.distributions, inside=True)
    with pytest.raises(StudyStateError, match="cannot be written behind a record that was not written whole"):
        journal.keep_timing({"search": 1.0})  # with room again
    assert Journal(path).trials() == trials
    assert path.read_bytes() == whole


def test_a_parameter_that_is_no_number_is_refused_in_one_line(path: Path, trials: list[FinishedTrial]) -> None:
    name, value = next((name, value) for name, value in trials[0].params.items() if isinstance(value, float))
    first, second, line, *rest = path.read_text().splitlines()
    for number in ("1e999", "Infinity"):
        spoilt = line.replace(f'"{name}":{value}', f'"{name}":{number}')
        assert spoilt != line
        path.write_text("\n".join([first, second, spoilt, *rest, ""]))
        with pytest.raises(StudyStateError, match=f"not a journal of this program: {name} is inf"):
            view_journal(path)


def test_nothing_is_written_through_a_link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("somebody's")
    path.with_name("journal.log.torn").symlink_to(tmp_path / "file")
    with path.open("ab") as file:
        file.write(b"{torn")
    repair_journal(path)
    assert (tmp_path / "file").read_text() == "somebody's"
    (tmp_path / "link").symlink_to(path)
    before = path.read_bytes()
    with pytest.raises(StudyStateError, match=r"link: is a symbolic link, through which no study writes; "):
        Journal(tmp_path / "link")
    assert path.read_bytes() == before


@pytest.mark.parametrize("code", [0, 99, -1, "x", None])
def test_lines_that_optuna_does_not_write_are_no_journal(path: Path, code: object) -> None:
    with path.open("a") as file:
        file.write(json.dumps({"op_code": code, "worker_id": "", "study_id": 7}) + "\n")
    with pytest.raises(StudyStateError, match=r"journal\.log: not a journal of this program: [^\n]{2,250}$"):
        view_journal(path)


@pytest.mark.parametrize(
    "fields", [{"fold_scores": []}, {"value": "NaN"}, {"fold_scores": ["Infinity", 0.5, 0.5]}, {"cv_std": "NaN"}]
)
def test_a_complete_trial_has_a_finite_score_of_each_fold(
    path: Path, trials: list[FinishedTrial], fields: dict[str, Any]
) -> None:
    complete = next(trial.result for trial in trials if trial.result.state == "COMPLETE")
    document = json.loads(json.dumps(result_document(complete)))
    assert parse_result(document) == complete
    numbers = json.loads(json.dumps(fields).replace('"NaN"', "NaN").replace('"Infinity"', "Infinity"))
    with pytest.raises(ValueError, match=r"no finite score of each fold|other epochs or folds"):
        parse_result({**document, **numbers})


def changed(path: Path, key: str, value: object) -> None:
    """Change a value of the result in the last line of a journal."""
    *lines, last = path.read_text().splitlines()
    entry = json.loads(last)
    result = entry["user_attrs"]["result"]
    owner = result["curves"] if key in result["curves"] else result if key in result else entry["user_attrs"]
    owner[key] = value
    path.write_text("\n".join([*lines, json.dumps(entry), ""]))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("number", 7), ("state", "DONE"), ("value", None), ("value", "high"), ("fold_scores", [0.5])),
        *(("epochs", [1, 2, 3]), ("scores", [[0.5], [0.5]]), ("train_losses", []), ("marks", {"a": 1}), ("kernel", 3)),
        *(("at", float("nan")), ("at", 1e300), ("spent", -1.0), ("spent", "long"), ("params", {"l2": [1]})),
    ],
)
def test_a_trial_that_cannot_be_is_no_journal(path: Path, key: str, value: object) -> None:
    changed(path, key, value)
    with pytest.raises(StudyStateError, match=r"journal\.log: not a journal of this program: [^\n]+$"):
        view_journal(path)


@pytest.mark.parametrize("timing", [3, [1], "x", {"a": "x"}, {"a": None}, {"a": float("nan")}, {"a": -1.0}])
@pytest.mark.parametrize("of_trial", [False, True])
def test_seconds_that_cannot_be_are_no_journal(path: Path, timing: Any, of_trial: bool) -> None:
    if of_trial:
        changed(path, "timing", timing)
    else:
        Journal(path)._set("timing", timing)
    with pytest.raises(StudyStateError, match=r"journal\.log: not a journal of this program: [^\n]+$"):
        _ = Journal(path).timing
