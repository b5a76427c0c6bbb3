"""A process brings MLflow up to date while the study runs, and never holds it up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import psutil
import pytest

from experiments.errors import StudyStateError
from experiments.tracking import tracker as module
from experiments.tracking.outbox import Outbox, read_outbox, write_outbox
from experiments.tracking.tracker import NICE, Tracking
from experiments.tracking.writer_lock import is_being_written, lock_of
from experiments.tracking.writer_state import new_state, shortfall, write_state
from support.tracking import Place, end, end_writer, metadata, result, tell
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow

STUDY = """
import sys, time
from pathlib import Path
from experiments.tracking import tracker as tracking
from experiments.tracking.tracker import Tracking
from support.tracking import metadata, result, tell
tracking.PROGRAM = "support.patient_writer"
study = Path(sys.argv[1])
tracking = Tracking(study, sys.argv[2], print)
tracking.start(metadata())
tell(study, result(0), result(1))
print("written", flush=True)
time.sleep(600)
"""


def tracking_of(place: Place, uri: str | None = None, wait: bool | None = None) -> tuple[Tracking, list[str]]:
    warnings: list[str] = []
    tracking = Tracking(place.study, uri or place.uri, warnings.append, wait)
    tracking.start(metadata())
    return tracking, warnings


def test_trials_appear_while_the_study_runs_and_the_rest_at_its_end_which_is_known_then(place: Place) -> None:
    tracking, warnings = tracking_of(place)
    tell(place.study, result(0))
    wait_until(lambda: bool(place.runs()) and bool(place.trials()))
    assert place.parent().info.status == "RUNNING"
    tell(place.study, result(1))
    tracking.conclude(end(2, files=("report.md",)))
    wait_until(lambda: "rank" in place.trials()["0"].data.metrics)
    assert place.parent().info.status == "RUNNING"
    (place.study / "report.md").write_text("x")
    assert tracking.finish(timeout=PATIENCE) is None
    assert place.parent().info.status == "FINISHED"
    assert set(place.artifacts(place.parent())) == {"report.md", "curves.csv"}
    assert (warnings, tracking.seconds > 0) == ([], True)
    uris = [place.uri, f"sqlite:///{place.folder}/other.db", "none", f"sqlite:///{place.folder}/{'n' * 300}.db"]
    later = [Tracking(place.study, uri, print) for uri in uris]
    assert [one.has_everything("d1") for one in later] == [True, False, True, False]
    assert not later[0].has_everything("d2")
    away = (place.folder / "mlflow.db").rename(place.folder / "away.db")
    assert not later[0].has_everything("d1")
    away.rename(place.folder / "mlflow.db")
    again, _ = tracking_of(place)
    wait_until(lambda: place.parent().info.status == "RUNNING")
    again.abandon("KILLED", timeout=PATIENCE)
    assert place.parent().info.status == "KILLED"
    assert place.sync() is None
    assert place.parent().info.status == "FINISHED"


def test_when_the_study_is_killed_mlflow_gets_its_trials_and_says_so(place: Place) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, Path(__file__).parents[2:4]))}
    study = subprocess.Popen(
        [sys.executable, "-c", STUDY, str(place.study), place.uri], stdout=subprocess.PIPE, env=environment
    )
    assert study.stdout is not None
    assert study.stdout.readline() == b"written\n"
    study.send_signal(signal.SIGKILL)
    study.communicate()
    wait_until(lambda: bool(place.runs()) and len(place.trials()) == 2)
    assert place.parent().info.status == "KILLED"


def test_what_is_not_there_in_time_is_named_and_can_be_sent_later(place: Place) -> None:
    obstacle = place.folder / "mlruns"
    obstacle.write_text("a file where the folder should be")
    tell(place.study, result(0), result(1))
    tracking, warnings = tracking_of(place, f"sqlite:///{obstacle}/mlflow.db")
    wait_until(lambda: bool(warnings))
    tracking.conclude(end(2))
    line = tracking.finish(timeout=PATIENCE)  # of which RECOVERY_TIMEOUT: the failure is known
    end_writer(tracking)
    assert line is not None
    assert line.startswith(f"MLflow at sqlite:///{obstacle}/mlflow.db is missing 2 of 2 trials")
    assert len(warnings) == 1
    assert "does not accept data" in warnings[0]
    assert place.sync() is None
    assert set(place.trials()) == {"0", "1"}


def test_a_store_that_has_recovered_gets_everything(place: Place) -> None:
    obstacle = place.folder / "mlruns"
    obstacle.write_text("a file where the folder should be")
    tracking, warnings = tracking_of(place, f"sqlite:///{obstacle}/mlflow.db")
    wait_until(lambda: bool(warnings))
    obstacle.unlink()
    wait_until(lambda: not tracking._read().trouble)
    tell(place.study, result(0))
    tracking.conclude(end(1))
    assert tracking.finish(timeout=PATIENCE) is None
    assert len(warnings) == 1


@pytest.mark.long
def test_what_the_process_notes_is_said_once(place: Place, tmp_path: Path) -> None:
    place.write(result(0), end=end(1))
    moved = Place.at(place.folder.rename(tmp_path / "moved"))
    tracking, said = tracking_of(moved)
    wait_until(lambda: bool(said))
    tracking.conclude(end(1))
    assert tracking.finish(timeout=PATIENCE) is None
    (line,) = said
    assert "was moved or copied" in line
    assert line in (moved.study / "tracking.log").read_text()


@pytest.mark.long
def test_what_the_process_notes_after_a_command_that_does_not_wait_is_said_by_the_next(
    place: Place, tmp_path: Path
) -> None:
    place.write(result(0), end=end(1))
    moved = Place.at(place.folder.rename(tmp_path / "moved"))
    tracking, _ = tracking_of(moved, wait=False)
    tracking.conclude(end(1))
    with patch.object(tracking, "_say_notes"):
        assert tracking.finish() is None
    wait_until(lambda: not tracking.goes_on)
    again, later = tracking_of(moved)
    again.conclude(end(1))
    assert again.finish(timeout=PATIENCE) is None
    (line,) = later
    assert "was moved or copied" in line
    third, last = tracking_of(moved)
    third.abandon("KILLED", timeout=PATIENCE)
    assert last == []


def test_interrupted_while_it_waits_for_the_rest_the_study_ends_without_a_traceback(place: Place) -> None:
    tracking, _ = tracking_of(place)
    tell(place.study, result(0))
    tracking.conclude(end(1))
    assert tracking._process is not None
    with patch.object(tracking._process, "poll", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        tracking.finish()
    tracking.abandon("KILLED", timeout=PATIENCE)
    assert place.parent().info.status == "FINISHED"


@pytest.mark.parametrize(("wait", "steps"), [(False, NICE), (None, 0)])
def test_the_process_yields_unless_it_is_waited_for_and_does_not_hear_the_studys_ctrl_c(
    place: Place, monkeypatch: pytest.MonkeyPatch, wait: bool | None, steps: int
) -> None:
    monkeypatch.setattr(module, "PROGRAM", "experiments.tracking.process")
    tracking, _ = tracking_of(place, wait=wait)
    assert tracking._process is not None
    process = tracking._process.pid
    wait_until(lambda: is_being_written(place.study))  # it has begun, with the priority that it keeps
    assert os.getpriority(os.PRIO_PROCESS, process) == min(os.getpriority(os.PRIO_PROCESS, 0) + steps, 19)
    assert os.getsid(process) == os.getsid(0)  # priorities hold within a session
    assert os.getpgid(process) != os.getpgid(0)
    tracking.abandon("KILLED", timeout=0.0)
    end_writer(tracking)


def test_a_writer_ends_some_time_after_its_study_even_in_the_middle_of_a_call() -> None:
    script = """
import sys, time
from experiments.tracking import process
process.LIMIT = 0.1
process.StudyMessages(sys.stdin)
print(flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"\n"
        writer.stdin.write(b"{}\n")
        writer.stdin.flush()
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(3)
        writer.stdin.close()
        assert writer.wait(PATIENCE) == 1


@pytest.mark.long
def test_only_one_writer_writes_a_study_to_a_store(place: Place) -> None:
    tell(place.study, result(0), result(1), result(2))
    before, _ = tracking_of(place, wait=False)
    wait_until(lambda: is_being_written(place.study))
    before.conclude(end(3))
    assert before.finish() is None
    assert before.goes_on
    again, said = tracking_of(place)
    again.conclude(end(3))
    assert again.finish(timeout=PATIENCE) is None
    assert (set(place.trials()), said) == ({"0", "1", "2"}, [])
    place.parent()


def test_the_writer_goes_on_by_itself_with_nothing_of_the_command_and_deaf_to_a_hang_up(place: Place) -> None:
    tracking, said = tracking_of(place, wait=False)
    assert tracking._process is not None
    pid = tracking._process.pid
    wait_until(lambda: is_being_written(place.study))
    wait_until(lambda: Path(f"/proc/{pid}/fd/1").readlink().name == "tracking.log")
    os.kill(pid, signal.SIGSTOP)
    tell(place.study, result(0), result(1))
    tracking.conclude(end(2))
    assert tracking.finish() is None
    assert (tracking.goes_on, said) == (True, [])
    os.killpg(pid, signal.SIGHUP)
    streams = [str(Path(f"/proc/{pid}/fd/{number}").readlink()) for number in range(3)]
    assert (streams[0].split(":")[0], streams[1:]) == ("pipe", 2 * [str(place.study / "tracking.log")])
    os.kill(pid, signal.SIGCONT)
    wait_until(lambda: not psutil.pid_exists(pid))  # nor is it left as a zombie
    assert not tracking.goes_on
    assert set(place.trials()) == {"0", "1"}
    assert place.parent().info.status == "FINISHED"
    assert place.uri in (place.study / "tracking.log").read_text()
    assert shortfall(place.study) is None
    again, _ = tracking_of(place, wait=False)
    assert [again.has_everything(digest) for digest in ("d1", "d2")] == [False, False]  # the run may add trials
    again.abandon("KILLED")
    end_writer(again)


def test_without_tracking_the_outbox_is_written_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    tracking = Tracking(tmp_path, "none", print)
    tracking.start(metadata())
    tracking.conclude(end(1))
    assert tracking.finish() is None
    assert (tracking.goes_on, tracking.seconds) == (False, 0.0)
    assert [path.name for path in tmp_path.iterdir()] == ["tracking.json"]
    assert tracking.has_everything("d1")
    write_state(tmp_path, new_state("earlier", "sqlite:///mlruns/mlflow.db"))
    said: list[str] = []
    again = Tracking(tmp_path, "none", said.append)
    assert not again.has_everything("d1")
    again.start(metadata())
    assert (again.finish(), len(said)) == (None, 1)
    assert said[0].endswith(f"; python -m experiments.sync {tmp_path} sends it")


@pytest.mark.long
def test_what_a_killed_writer_left_is_said_by_the_next_run_which_sends_it(place: Place) -> None:
    tracking, _ = tracking_of(place, wait=False)
    wait_until(lambda: is_being_written(place.study))
    assert tracking._process is not None
    os.kill(tracking._process.pid, signal.SIGSTOP)
    tell(place.study, result(0), result(1))
    tracking.conclude(end(2))
    assert tracking.finish() is None
    end_writer(tracking)
    line = f"MLflow at {place.uri} is missing a part of the study, or all of it (its writer ended before it was done)"
    assert str(shortfall(place.study)).startswith(f"{line}; python -m experiments.sync ")
    elsewhere, said = tracking_of(place, f"sqlite:///{place.folder}/other.db")
    elsewhere.abandon("KILLED", timeout=PATIENCE)
    assert said == [f"{line}; python -m experiments.sync {place.study} --tracking-uri {place.uri} sends it"]
    write_state(place.study, new_state("earlier", place.uri))
    again, said = tracking_of(place)
    assert again.finish(timeout=PATIENCE) is None
    assert said == [f"{line}; this run sends it"]
    assert set(place.trials()) == {"0", "1"}


def test_whoever_clears_the_folder_waits_for_a_writer_but_not_for_one_in_trouble(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 0.5)
    said: list[str] = []
    fresh = Tracking(place.study, place.uri, said.append)
    with lock_of(place.study, "http://127.0.0.1:9"):
        with pytest.raises(StudyStateError, match="still being written to MLflow"), fresh.alone():
            raise AssertionError
        write_state(place.study, new_state("run", place.uri).model_copy(update={"trouble": "nobody there"}))
        with fresh.alone():
            pass
    assert len(said) == 1
    with fresh.alone():
        pass


@pytest.mark.long
def test_a_resumed_study_keeps_its_beginning_and_its_end_and_a_new_one_does_not(place: Place) -> None:
    before = Outbox(metadata=metadata(), begun=5.0, outcome=end(2))
    for uid, begun in (("uid-1", 5.0), ("uid-2", pytest.approx(time.time(), abs=600))):
        write_outbox(place.study, before)
        tracking = Tracking(place.study, place.uri, print)
        tracking.start(metadata(uid=uid))
        tracking.abandon("KILLED", timeout=0.0)
        outbox = read_outbox(place.study)
        assert outbox is not None
        assert (outbox.begun, outbox.metadata.uid, outbox.outcome == before.outcome) == (begun, uid, uid == "uid-1")
