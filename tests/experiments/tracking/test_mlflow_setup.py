"""A local database is whole or not there, and errors are one line."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.tracking.mlflow_setup import SETTINGS, make_database, prepare_mlflow, reason
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow

FIRST_START = """
import sys
from pathlib import Path
from experiments.tracking.outbox import Outbox, RunMetadata, write_outbox
from experiments.tracking.writer import Writer
assert "mlflow" not in sys.modules
mlruns, study = Path(sys.argv[1], "mlruns"), Path(sys.argv[1], sys.argv[2])
study.mkdir()
metadata = RunMetadata(name="first", uid=sys.argv[2], description="", params={}, tags={})
write_outbox(study, Outbox(metadata=metadata, begun=1.0))
writer = Writer(study, f"sqlite:///{mlruns}/mlflow.db")
writer.close()
assert writer.write(lambda: True), writer.trouble
sys.exit(writer.missing)
"""


def first_start(folder: Path, uid: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FIRST_START, str(folder), uid]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.long
def test_two_first_starts_at_once_after_one_that_was_killed_are_safe_and_silent(tmp_path: Path) -> None:
    killed = first_start(tmp_path, "uid-0")
    wait_until(lambda: any(tmp_path.glob("mlruns/.mlflow.db.new/mlflow.db")))
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert not (tmp_path / "mlruns" / "mlflow.db").exists()

    both = [first_start(tmp_path, uid) for uid in ("uid-1", "uid-2")]
    assert [process.communicate(timeout=PATIENCE) for process in both] == [("", "")] * 2
    assert [process.returncode for process in both] == [0, 0]
    assert not list(tmp_path.glob("mlruns/.mlflow.db.new*"))
    client = prepare_mlflow(dict(SETTINGS)).MlflowClient(f"sqlite:///{tmp_path}/mlruns/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("first").experiment_id])
    assert {run.data.tags["study_uid"] for run in runs} == {"uid-1", "uid-2"}


def test_an_existing_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    path.write_bytes(b"not ours")
    make_database(path)
    assert path.read_bytes() == b"not ours"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reason_is_the_innermost_error_in_one_line() -> None:
    def fail() -> None:
        try:
            raise OSError("disk at http://a:b@c is full\nmore")
        except OSError as error:
            raise RuntimeError("long story") from error

    with pytest.raises(RuntimeError) as caught:
        fail()
    assert reason(caught.value) == "disk at http://***@c is full"
    assert reason(KeyError()) == "KeyError"
    assert reason(ValueError("no \x1b[2J\u202e")) == "no \\x1b[2J\\u202e"  # a server says what it likes
    assert len(reason(ValueError("x" * 999))) == 200


def test_a_user_without_a_home_folder_can_write(monkeypatch: pytest.MonkeyPatch) -> None:
    environ: dict[str, str] = {}

    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "home", home)  # as of a container's user with a number alone
        prepare_mlflow(environ)
    assert Path(environ["HOME"]).is_dir()
    prepare_mlflow(environ := {})
    assert "HOME" not in environ
