"""One name for all commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from importlib import import_module, resources
from pathlib import Path

import pytest

from experiments.__main__ import COMMANDS, main
from experiments.config.study_file import read_spec
from experiments.study.folders.lookup import SHIPPED
from experiments.version import VERSION


def test_without_a_command_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--help"]):
        with pytest.raises(SystemExit, match="0"):
            main(words)
        listed = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
        assert listed >= COMMANDS.keys()


def test_the_version_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"nnet-experiments {VERSION}\n"


def test_a_command_gets_the_words_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["tune", "--list"]) == 0
    assert "no study here" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["tuna"])
    assert (
        "there is no command 'tuna' (did you mean tune?); the commands are tune, predict, " in capsys.readouterr().err
    )


def test_every_command_is_listed() -> None:
    package = resources.files("experiments")
    modules = {path.name.removesuffix(".py") for path in package.iterdir() if path.name.endswith(".py")}
    assert COMMANDS.keys() == modules - {"__init__", "__main__", "errors", "version"} | {"benchmark"}
    assert all(hasattr(import_module(f"experiments.{name}"), "main") for name in COMMANDS.keys() - {"benchmark"})


def test_the_study_files_come_with_the_package() -> None:
    names = {read_spec(file).study.name for file in SHIPPED.glob("*.toml")}
    assert names == {"breast_cancer", "diabetes", "digits", "mnist", "wine", "xor"}


@pytest.mark.slow
@pytest.mark.parametrize("module", ["experiments", "experiments.ui"])
def test_an_interruption_before_a_command_can_say_so_just_ends_it(tmp_path: Path, module: str) -> None:
    (tmp_path / "argparse.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    command = [sys.executable, "-P", "-m", module, "--help"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


@pytest.mark.slow
def test_another_programs_module_that_imports_the_package_keeps_its_interruptions(tmp_path: Path) -> None:
    (tmp_path / "laboratory").mkdir()
    own = "import signal\nimport experiments\nprint(signal.getsignal(signal.SIGINT) is signal.default_int_handler)\n"
    (tmp_path / "laboratory" / "__init__.py").write_text(own)
    (tmp_path / "laboratory" / "__main__.py").touch()
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "laboratory", "experiments"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        check=False,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
