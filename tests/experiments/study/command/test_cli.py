from __future__ import annotations

import os
import runpy
import signal
import sys
from pathlib import Path

import pytest

import experiments
from experiments import compare, predict, tune
from experiments.errors import DataError, ExecutorError
from experiments.search import stop_signals
from experiments.study.command.cli import add_study_argument, command_parser, run_command

pytestmark = pytest.mark.usefixtures("plain_signals")
NOTHING = command_parser("nothing", "A command without arguments.")


def test_a_command_that_is_done_says_its_own_code() -> None:
    parser = command_parser("tune", "A command.")
    add_study_argument(parser)
    assert [run_command(parser, lambda chosen: int(chosen.study), [code]) for code in ("0", "1")] == [0, 1]


def test_an_error_is_one_printable_line(capsys: pytest.CaptureFixture[str]) -> None:
    def work(_: object) -> int:
        raise DataError("two\nlines and \x1b[31m red")

    assert run_command(NOTHING, work, []) == 2
    assert capsys.readouterr().err == "error: two lines and \\x1b[31m red\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "no more memory; fewer --workers"),
        (MemoryError("Unable to allocate 7 GiB"), "no more memory: Unable to allocate 7 GiB; fewer --workers"),
        (ImportError("lib.so: failed to map segment from shared object"), "shared object; fewer --workers"),
    ],
)
def test_memory_that_the_system_does_not_give_is_one_line(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(_: object) -> int:
        raise error

    assert run_command(NOTHING, work, []) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: the system gives this command no more memory")
    assert said in line
    with pytest.raises(ImportError, match="no such module"):
        run_command(NOTHING, lambda _: (_ for _ in ()).throw(ImportError("no such module")), [])


def test_windows_is_refused_in_a_line_by_commands_and_from_python(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert run_command(NOTHING, lambda _: 0, []) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: studies run on Linux and macOS, and this is Windows; they run in its WSL")
    for name in experiments.__all__:
        with pytest.raises(ExecutorError, match="this is Windows"):
            getattr(experiments, name)


def test_a_python_that_is_too_old_or_lacks_a_package_is_told_in_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_: object) -> int:
        raise ModuleNotFoundError("No module named 'rich'", name="rich.console")

    def broken(_: object) -> int:
        raise ModuleNotFoundError("No module named 'nnet.wrong'", name="nnet.wrong")

    assert run_command(NOTHING, work, []) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {sys.executable} has no module rich.console; start this program by the Python of")
    with pytest.raises(ModuleNotFoundError):
        run_command(NOTHING, broken, [])
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    assert run_command(NOTHING, lambda _: 0, []) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {sys.executable} is Python 3.10, and this program needs 3.11 or newer; start")


def test_it_comes_to_that_line_although_windows_has_no_such_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    assert runpy.run_path(stop_signals.__file__)["STOPPING"] == (signal.SIGINT, signal.SIGTERM)


def test_the_system_and_a_person_end_it_alike(capsys: pytest.CaptureFixture[str]) -> None:
    for end in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        assert run_command(NOTHING, lambda _, end=end: os.kill(os.getpid(), end) or 0, [], "nothing was changed") == 130
        assert capsys.readouterr().err == "\nnothing was changed\n"


def test_the_processes_of_a_command_run_no_module_of_the_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    assert run_command(NOTHING, lambda _: int(os.environ["PYTHONSAFEPATH"] or 7), []) == 1


def test_a_working_folder_that_is_gone_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert run_command(NOTHING, lambda _: 0, []) == 2
    assert capsys.readouterr().err == "error: the working folder was deleted; change to another one.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--nope"], "unrecognized arguments: --nope"),
        (["--sets", "a=1"], "unrecognized arguments: --sets a=1 (did you mean --set?)"),
        (["--epochs", "5"], "unrecognized arguments: --epochs 5 (did you mean --set training.epochs=5?)"),
        (["--n-folds=5"], "unrecognized arguments: --n-folds=5 (did you mean --set cv.n_splits=5?)"),
        (["--target-column=y"], "unrecognized arguments: --target-column=y (did you mean --target?)"),
        (["--seed"], "unrecognized arguments: --seed (did you mean --set study.seed=VALUE?)"),
        (["a=2"], "unrecognized arguments: a=2 (--set takes one KEY=VALUE, and may be given several times)"),
    ],
)
def test_wrong_arguments_are_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = command_parser("some", "A command with keys.")
    parser.add_argument("--set")
    parser.add_argument("--target")
    for it, line in ((parser, said), (NOTHING, said.partition(" (")[0])):
        with pytest.raises(SystemExit) as end:
            run_command(it, lambda _: 0, words)
        assert end.value.code == 2
        assert capsys.readouterr().err == f"error: {line}; {it.prog} --help lists what there is.\n"


def test_an_empty_path_is_refused_as_it_would_be_the_working_folder(capsys: pytest.CaptureFixture[str]) -> None:
    for program, words in ((tune, ["--out", ""]), (compare, ["a", "b", "--out", ""]), (predict, ["a", ""])):
        with pytest.raises(SystemExit) as end:
            program.main(words)
        assert end.value.code == 2
        assert "must be a path, but is empty" in capsys.readouterr().err
