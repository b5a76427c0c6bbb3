"""A process brings MLflow up to date while the study runs, and never holds it up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest

from experiments.tracking import tracker as module
from experiments.tracking.outbox import Outbox, read_outbox, write_outbox
from experiments.tracking.process import NICE, lock_of
from experiments.tracking.tracker import Tracking
from support.tracking import Place, StandingClock, end, metadata, result, tell
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
tracking = Tracking(study, sys.argv[2], study.parent / "artifacts", print)
tracking.load()
tracking.start(metadata())
tell(study, result(0), result(1))
print("written", flush=True)
time.sleep(600)
"""


def tracking_of(place: Place, uri: str | None = None) -> tuple[Tracking, list[str]]:
    warnings: list[str] = []
    tracking = Tracking(place.study, uri or place.uri, place.folder / "artifacts", warnings.append)
    tracking.load()
    tracking.start(metadata())
    return tracking, warnings


def test_trials_appear_while_the_study_runs_and_the_rest_at_its_end(place: Place) -> None:
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


def test_what_is_not_there_in_time_is_named_and_can_be_sent_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstacle = place.folder / "mlruns"
    obstacle.write_text("a file where the folder should be")
    tell(place.study, result(0), result(1))
    tracking, warnings = tracking_of(place, f"sqlite:///{obstacle}/mlflow.db")
    wait_until(lambda: bool(warnings))
    tracking.conclude(end(2))
    # the failure is known, so that it is waited for only RECOVERY_TIMEOUT seconds of the ten
    monkeypatch.setattr(module, "time", StandingClock(tracking, late=module.RECOVERY_TIMEOUT))
    line = tracking.finish(timeout=10.0)
    assert tracking._process is not None
    assert tracking._process.returncode == -signal.SIGKILL
    assert line is not None
    assert line.startswith(f"MLflow at sqlite:///{obstacle}/mlflow.db is missing 2 of 2 trials, the ranks, the results")
    assert len(warnings) == 1
    assert "does not accept data" in warnings[0]
    assert place.sync() is None
    assert set(place.trials()) == {"0", "1"}


def test_a_store_that_has_recovered_gets_everything(place: Place) -> None:
    obstacle = place.folder / "mlruns"
    obstacle.write_text("a file where the folder should be")
    tracking, warnings = tracking_of(place, f"sqlite:///{obstacle}/mlflow.db")
    wait_until(lambda: bool(tracking._report["trouble"]))
    obstacle.unlink()
    wait_until(lambda: not tracking._report["trouble"])
    tell(place.study, result(0))
    tracking.conclude(end(1))
    assert tracking.finish(timeout=PATIENCE) is None
    assert len(warnings) == 1


def test_interrupted_while_it_waits_for_the_rest_the_study_ends_without_a_traceback(place: Place) -> None:
    tracking, _ = tracking_of(place)
    tell(place.study, result(0))
    tracking.conclude(end(1))
    assert tracking._process is not None
    with patch.object(tracking._process, "wait", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        tracking.finish()
    tracking.abandon("KILLED", timeout=PATIENCE)
    assert place.parent().info.status == "FINISHED"


def test_the_process_has_a_low_priority_beside_the_study_and_does_not_hear_its_ctrl_c(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROGRAM", "experiments.tracking.process")
    tracking, _ = tracking_of(place)
    assert tracking._process is not None
    process = tracking._process.pid
    wait_until(lambda: os.getpriority(os.PRIO_PROCESS, process) == min(os.getpriority(os.PRIO_PROCESS, 0) + NICE, 19))
    assert os.getsid(process) == os.getsid(0)  # priorities hold within a session
    assert os.getpgid(process) != os.getpgid(0)
    tracking.abandon("KILLED", timeout=PATIENCE)


def test_a_process_before_its_start_touches_nothing_and_can_be_dismissed(place: Place) -> None:
    before = sorted(place.folder.rglob("*"))
    dismissed, left_alone = (Tracking(place.study, place.uri, None, print) for _ in range(2))
    dismissed.load()
    dismissed.dismiss()
    left_alone.load()
    assert dismissed._process is not None
    assert left_alone._process is not None
    left_alone._process.communicate(timeout=PATIENCE)  # as when the study is killed
    assert (dismissed._process.returncode, left_alone._process.returncode) == (-signal.SIGKILL, 0)
    assert sorted(place.folder.rglob("*")) == before


def test_a_process_after_its_start_cannot_be_dismissed(place: Place) -> None:
    tracking, _ = tracking_of(place)
    tell(place.study, result(0))
    tracking.dismiss()
    tracking.abandon("KILLED", timeout=PATIENCE)
    assert set(place.trials()) == {"0"}


def test_a_writer_ends_some_time_after_its_study_even_in_the_middle_of_a_call() -> None:
    script = """
import sys, time
from experiments.tracking import process
process.LIMIT = 0.1
process.Study(sys.stdin)
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


def test_a_local_store_has_one_lock_however_its_path_is_written(place: Place) -> None:
    names = {lock_of(place.study, f"sqlite:///{place.folder}/{path}").lock_file for path in ("m.db", "x/../m.db")}
    assert len(names) == 1


def test_only_one_writer_writes_a_study_to_a_store(place: Place) -> None:
    tell(place.study, result(0), result(1), result(2))
    both = [tracking_of(place)[0] for _ in range(2)]
    both[0].conclude(end(3))
    with ThreadPoolExecutor(2) as pool:  # at once: the one that writes first goes on until its study is over
        assert list(pool.map(lambda tracking: tracking.finish(timeout=PATIENCE), both)) == [None, None]
    assert set(place.trials()) == {"0", "1", "2"}
    place.parent()


def test_a_resumed_study_keeps_its_beginning_and_its_end_and_a_new_one_does_not(place: Place) -> None:
    before = Outbox(metadata=metadata(), begun=5.0, outcome=end(2))
    for uid, begun in (("uid-1", 5.0), ("uid-2", pytest.approx(time.time(), abs=600))):
        write_outbox(place.study, before)
        tracking = Tracking(place.study, place.uri, None, print, {**os.environ, "PATH": ""})
        tracking.load()
        tracking.start(metadata(uid=uid))
        tracking.abandon("KILLED", timeout=0.0)
        outbox = read_outbox(place.study)
        assert outbox is not None
        assert (outbox.begun, outbox.metadata.uid, outbox.outcome == before.outcome) == (begun, uid, uid == "uid-1")
