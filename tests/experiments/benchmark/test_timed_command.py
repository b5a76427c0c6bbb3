"""Seconds are those of whole processes, stages are read from the command's own profile, and failures are one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.benchmark import timed_command
from experiments.benchmark.timed_command import ENDS, WHOLE, time_module, time_study
from experiments.errors import SearchError

PROFILE = """where 9.0 s went
  imports and study file                 0.50 s   5.6%
  search                                 6.00 s  66.7%
    waiting for results                  5.50 s  61.1%
    the rest of it                       0.50 s   5.6%
  left to tell MLflow                    2.50 s  27.8%
workers: 2, busy 5.0 of 6.0 s, 83% of the search; unfinished trials count as idle
MLflow's writer, beside all this: 3.00 s
"""


def test_stages_come_from_the_profile_and_the_rest_is_the_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def run(module: str, arguments: list[str], folder: Path, terminal: bool) -> float:
        asked.append((module, arguments, folder, terminal))
        (folder / "study").mkdir()
        (folder / "study" / "profile.txt").write_text(PROFILE)
        return 10.0

    monkeypatch.setattr(timed_command, "time_module", run)
    seconds = time_study(["digits"], tmp_path / "empty", terminal=True)
    assert asked == [("experiments.tune", ["digits", "--out", "study", "--profile"], tmp_path / "empty", True)]
    assert seconds == {
        WHOLE: 10.0,
        "imports and study file": 0.5,
        "search": 6.0,
        "  waiting for results": 5.5,
        "  the rest of it": 0.5,
        "left to tell MLflow": 2.5,
        ENDS: 1.0,
    }
    assert not (tmp_path / "empty").exists()


def module_in(folder: Path, text: str) -> None:
    (folder / "said.py").write_text(text)


@pytest.mark.parametrize("terminal", [False, True])
def test_a_process_is_at_a_terminal_only_where_that_is_wanted(tmp_path: Path, terminal: bool) -> None:
    module_in(tmp_path, "import sys; open('seen', 'w').write(str([sys.stdin.isatty(), sys.stdout.isatty()]))")
    assert 0 < time_module("said", [], tmp_path, terminal) < 60
    assert (tmp_path / "seen").read_text() == str([terminal, terminal])


@pytest.mark.parametrize("terminal", [False, True])
def test_a_failure_is_one_line_with_its_last_one(tmp_path: Path, terminal: bool) -> None:
    module_in(tmp_path, "import sys; print('a note', file=sys.stderr); sys.exit('error: no such column')")
    with pytest.raises(SearchError, match=r"^said ended with exit code 1: error: no such column$"):
        time_module("said", [], tmp_path, terminal)


@pytest.mark.slow
def test_a_process_that_stays_in_the_folder_is_waited_for(tmp_path: Path) -> None:
    stays = "import subprocess, sys\n"
    stays += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1); open(\"late\", \"w\")'])"
    module_in(tmp_path, stays)
    assert time_module("said", [], tmp_path) < 60
    assert (tmp_path / "late").exists()
