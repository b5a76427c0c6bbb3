"""A study goes as a whole: its runs first, then what it wrote, and nothing that is not its own."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from experiments import delete
from experiments.search.journal import Journal
from experiments.study.folders.folder import StudyFolder
from experiments.tracking import delete_runs as study_runs
from experiments.tracking import writer_lock
from experiments.tracking.delete_runs import StudyRuns
from experiments.tracking.outbox import Outbox, RunMetadata, write_outbox
from experiments.tracking.uris import tracking_store
from experiments.tracking.writer_lock import lock_of
from experiments.tracking.writer_state import new_state, write_state

pytestmark = pytest.mark.slow

FILE = '[study]\nname = "one"\n[data]\nsource = "moons"\n[space]\nl2 = { low = 0, high = 1 }\n'
IDENTITY = {"spec": {}, "data": {"fingerprint": "d", "folds": "e"}, "uid": "uid-1"}
WRITTEN = ("results.json", "trials.csv", "report.html", "report.md", "log.txt", "journal.log.torn", ".log.txt.part")


class Client:
    """MLflow's, as far as deleting goes; away after so many runs."""

    def __init__(self, until: int = 100):
        self.deleted: list[str] = []
        self.until = until

    def delete_run(self, run: str) -> None:
        if len(self.deleted) == self.until:
            raise ConnectionError("gone")
        self.deleted.append(run)

    delete_logged_model = delete_run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    path = Path("studies", "one")
    path.mkdir(parents=True)
    Path("studies", "one.toml").write_text(FILE)
    Journal(path / "journal.log").begin(IDENTITY)
    for name in WRITTEN:
        (path / name).touch()
    for name in ("model", "report_files"):
        (path / name).mkdir()
        (path / name / "file").touch()
    return path


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    client = Client()
    found = StudyRuns("here", client, ["trial", "study"], ["model"])
    monkeypatch.setattr(study_runs, "find_runs", lambda uri, uid, environ: found if uid == "uid-1" else None)
    return client


@pytest.mark.parametrize("study", ["one", "studies/one", "studies/one.toml"])
def test_runs_and_folder_go_and_the_study_file_stays(
    folder: Path, client: Client, study: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert delete.main([study, "--yes"]) == 0
    assert client.deleted == ["model", "trial", "study"]
    assert [path.name for path in Path("studies").iterdir()] == ["one.toml"]
    said = capsys.readouterr().out
    assert "0 trials here, 2 runs in MLflow at here" in said
    assert "mlflow gc --backend-store-uri" in said
    assert "test evaluations stay counted" in said


def test_registered_versions_that_need_the_study_are_named_before_it_asks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = StudyRuns("here", Client(), ["study"], ["model"], ["models:/m/1", "models:/n/2"])
    monkeypatch.setattr(study_runs, "find_runs", lambda *_: runs)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    said: list[str] = []

    def answer(_: str) -> str:
        said.append(capsys.readouterr().out)
        return "n"

    monkeypatch.setattr("builtins.input", answer)
    assert delete.main(["one"]) == 0
    assert said[0].endswith("registered models that cannot be loaded without this study: models:/m/1, models:/n/2\n")


@pytest.mark.parametrize("copy", ["studies/copy", "kept/copy"])
def test_runs_of_a_study_of_which_there_is_a_copy_stay_until_the_last_of_them_goes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], copy: str
) -> None:
    asked: list[str | None] = []

    def find(uri: str, uid: str | None, environ: object) -> StudyRuns:
        asked.append(uid)
        return StudyRuns("here", None, [], [])

    monkeypatch.setattr(study_runs, "find_runs", find)
    metadata = RunMetadata(name="one", uid="uid-1", description="", params={}, tags={})
    write_outbox(folder, Outbox(metadata=metadata, begun=0.0))
    shutil.copytree(folder, copy)
    assert delete.main([copy, "--yes"]) == 0
    line = "its runs in MLflow stay: they are those of the same study in studies/one, too\n"
    assert line in capsys.readouterr().out
    Path("studies/alias").symlink_to("one")  # which is no copy, and neither is One where the disk ignores case
    monkeypatch.setattr(Path, "resolve", Path.absolute)
    assert delete.main(["studies/one", "--yes"]) == 0
    assert asked == [None, "uid-1"]


def test_what_others_put_there_stays(folder: Path, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "study.toml").write_text(FILE)
    (folder / "notes.txt").touch()
    assert delete.main(["studies/one", "--yes"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["notes.txt", "study.toml"]
    assert "studies/one stays because it holds notes.txt, study.toml" in capsys.readouterr().out


def test_a_link_to_a_folder_stays_and_is_called_one(
    folder: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.rename("real")
    folder.symlink_to(Path("real").resolve())
    assert delete.main(["studies/one", "--yes"]) == 0
    assert list(Path("real").iterdir()) == []
    assert "studies/one stays because it is a link" in capsys.readouterr().out


def test_if_mlflow_is_lost_on_the_way_the_folder_is_whole_and_the_command_can_be_repeated(
    folder: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name for path in folder.iterdir()}
    client.until = 2
    assert delete.main(["one", "--yes"]) == 2
    assert "error: MLflow at here: gone." in capsys.readouterr().err
    assert before <= {path.name for path in folder.iterdir()}
    client.until = 100
    assert delete.main(["one", "--yes"]) == 0
    assert not folder.exists()


def test_an_mlflow_that_is_away_deletes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        assert delete.main(["one", "--yes", "--tracking-uri", f"http://ann:secret@127.0.0.1:{port}"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: MLflow at http://***@127.0.0.1:{port}: ")
    assert error.count("\n") == 1
    assert all((folder / name).exists() for name in WRITTEN)


@pytest.mark.parametrize(("answer", "left"), [("y", False), ("YES", False), ("", True), ("no", True), (None, True)])
def test_at_a_terminal_it_asks(
    folder: Path, client: Client, answer: str | None, left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(_: str) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", said)
    assert delete.main(["one"]) == 0
    assert folder.exists() == left
    assert bool(client.deleted) != left


def test_without_a_terminal_and_without_yes_nothing_is_deleted(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert delete.main(["one"]) == 2
    assert "there is no terminal to ask at; --yes deletes without" in capsys.readouterr().err
    assert not client.deleted
    assert folder.exists()


def test_a_running_study_is_refused(folder: Path, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    running = StudyFolder(folder)
    running.claim()
    assert delete.main(["one", "--yes"]) == 2
    running.release()
    assert "another command is running this study" in capsys.readouterr().err
    assert not client.deleted


def test_a_study_that_is_still_being_written_to_mlflow_is_refused(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(writer_lock, "LIMIT", 0.1)
    with lock_of(folder, tracking_store(None, None)):
        assert delete.main(["one", "--yes"]) == 2
    assert "still being written to MLflow" in capsys.readouterr().err
    assert not client.deleted


@pytest.mark.parametrize("study", ["two", "two.toml", "studies", "x\0y"])
def test_what_is_no_study_is_refused(folder: Path, study: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert delete.main([study, "--yes"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_runs_in_another_store_are_not_left_behind_unseen(
    folder: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    write_state(folder, new_state("run", "http://ann:secret@host:5000"))
    before = {path.name for path in folder.iterdir()}
    assert delete.main(["one", "--yes"]) == 2
    error = capsys.readouterr().err
    assert "its runs are in MLflow at http://***@host:5000; --tracking-uri" in error
    assert "--tracking-uri none" in error
    assert "secret" not in error
    assert ({path.name for path in folder.iterdir()}, client.deleted) == (before, [])
    assert delete.main(["one", "--yes", "--tracking-uri", "http://ann:secret@host:5000"]) == 0
    assert client.deleted


def test_runs_in_other_stores_that_stay_are_told_of(
    folder: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    own = lock_of(folder, f"sqlite:///{Path('mlruns').absolute()}/mlflow.db").path
    own.touch()
    assert delete.main(["one", "--yes"]) == 0
    assert "other MLflow store" not in capsys.readouterr().out
    folder.mkdir()
    Journal(folder / "journal.log").begin(IDENTITY)
    for path in (own, lock_of(folder, "sqlite:////elsewhere/mlflow.db").path):
        path.touch()
    assert delete.main(["one", "--yes"]) == 0
    said = "what it wrote to 1 other MLflow store stays there: the runs with tags.study_uid = 'uid-1'"
    assert said in capsys.readouterr().out


def test_runs_in_the_default_store_are_found(folder: Path, client: Client) -> None:
    write_state(folder, new_state("run", f"sqlite:///{Path('mlruns').absolute()}/mlflow.db"))
    assert delete.main(["one", "--yes"]) == 0
    assert client.deleted


def test_without_tracking_there_is_nothing_to_ask_mlflow(folder: Path) -> None:
    assert delete.main(["one", "--yes", "--tracking-uri", "none"]) == 0
    assert not folder.exists()
