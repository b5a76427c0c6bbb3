from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.config.default_study import study_text
from experiments.config.spec import StudySpec
from experiments.search.executors.local import usable_cores
from experiments.study.running import run as study
from experiments.tracking.uris import tracking_store
from experiments.tune import _wait, main, parser

OWN = ["--data", "my.csv", "--target", "-1", "--workers", "1"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "one.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_option_comes_before_the_variable_before_the_local_store(here: Path) -> None:
    assert tracking_store("http://a", "http://b") == "http://a"
    assert tracking_store(None, "http://b") == "http://b"
    assert tracking_store(None, None) == f"sqlite:///{here}/mlruns/mlflow.db"
    assert tracking_store("sqlite:///x.db", None) == "sqlite:///x.db"


@pytest.mark.parametrize("uri", ["foo", "file:mlruns", "http://", "sqlite://", "http://ann:secret@"])
def test_a_store_that_could_never_be_written_to_is_refused_before_anything_runs(
    uri: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*OWN, "--tracking-uri", uri]) == 2
    assert capsys.readouterr().err.startswith("error: --tracking-uri: must be sqlite:///FILE, http(s)://HOST, ")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert main(OWN) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: MLFLOW_TRACKING_URI: must be ")
    assert "secret" not in error


def test_without_tracking_there_is_no_registry(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*OWN, "--tracking-uri", "none", "--register", "m"]) == 2
    assert "error: --register: there is no registry without tracking" in capsys.readouterr().err


def test_a_container_has_the_cores_of_its_share_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable_cores() >= 1
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    monkeypatch.setattr("loky.backend.context._cpu_count_affinity_set", lambda: set(range(48)))
    assert usable_cores() <= 48
    monkeypatch.setattr("loky.backend.context._cpu_count_cgroup", lambda cores: 3)
    assert usable_cores() == 3


def test_a_second_target_is_no_study(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", "my.csv", "--target", "heating", "cooling"]) == 2
    said = capsys.readouterr().err
    assert "STUDY is 'cooling'" in said
    assert said.endswith(" --target takes one column, as a study predicts one; quote its spaces.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--data", "my.csv", "--set", "trials=2", "epochs=3"],
            "STUDY: --data makes a study of its own, but got 'epochs=3'; --set is given for each KEY=VALUE: --set ",
        ),
        (["one", "--data", "my.csv"], "--data makes a study of its own, but STUDY is 'one'"),
        (["one", "--target", "y"], "--target goes with --data"),
        (["--target", "y"], "--target goes with --data"),
        (["--data", "my.csv", "--set", "data.test=3"], "data.test: "),
        (["--data", "my.csv", "--test-rows", "split"], "data.test_rows: it must be COLUMN=VALUE, as in "),
        (["one", "--list"], "--list shows all studies; leave out which, or take --status"),
        ([""], "STUDY: must be a study's name "),
        (["\x1b[2J\udcff.toml"], r"\x1b[2J\udcff.toml: No such file"),
    ],
)
def test_a_study_and_data_of_its_own_are_not_taken_at_once(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")


def test_data_of_its_own_is_a_study(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[StudySpec, study.Options]] = []

    def run(spec: StudySpec, options: study.Options, _: object) -> None:
        seen.append((spec, options))
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "run_study", run)
    assert main(["--data", "my.csv", "--target", "-1", "--trials", "3", "--workers", "1"]) == 130
    assert main(["--data", "my.csv", "--target", "-1", "--workers", "1", "--out", "there"]) == 130
    (spec, options), (whole, elsewhere) = seen
    assert (spec.study.name, spec.data.source, spec.data.target, spec.search.trials) == ("my", "my.csv", -1, 3)
    assert (options.look, options.planned, elsewhere.look, elsewhere.planned) == ("leave", 40, "take", None)
    assert (options.folder, elsewhere.folder) == (Path("studies/my"), Path("there"))
    assert options.document is not None
    text = study_text(options.document, options.folder)
    assert 'source = "../../my.csv"\ntarget = -1\n' in text
    (here / "studies" / "my").mkdir()
    (here / "studies" / "my" / "study.toml").write_text(text)
    assert main(["studies/my/study.toml", "--workers", "1"]) == 130
    again, later = seen[-1]
    assert again.to_document() == whole.to_document()  # a try does not change the study
    assert (later.folder, later.document) == (Path("studies/my"), None)


@pytest.mark.parametrize(
    ("arguments", "at_terminal", "ci", "wait"),
    [
        ([], True, "", False),
        ([], True, "true", None),
        ([], False, "", None),
        (["--wait"], True, "", True),
        (["--register", "model"], True, "", True),
    ],
)
def test_mlflow_is_waited_for_but_not_at_a_terminal_unless_asked(
    arguments: list[str], at_terminal: bool, ci: str, wait: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: at_terminal))
    monkeypatch.setenv("CI", ci)
    assert _wait(parser().parse_args(arguments)) is wait
