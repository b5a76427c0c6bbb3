from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.search.executor import WorkerDied
from experiments.search.processes import Processes


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with Processes(2, {"OPENBLAS_NUM_THREADS": "1", "A_VARIABLE": "seen"}) as pool:
        pool.greetings()
        yield pool


def die_unless(path: Path, deaths: int) -> str:
    """Kill this process, until as many have died."""
    died = len(path.read_text()) if path.exists() else 0
    if died < deaths:
        path.write_text("x" * (died + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_workers_have_their_environment_before_they_load_anything(processes: Processes) -> None:
    assert processes.submit(os.getenv, "A_VARIABLE").result() == "seen"


def test_workers_say_which_kernel_they_have(processes: Processes) -> None:
    greetings = processes.greetings()
    assert len({greeting.pid for greeting in greetings}) == 2
    assert len({greeting.kernel for greeting in greetings}) == 1


def test_the_task_of_a_killed_worker_is_run_again(processes: Processes, tmp_path: Path) -> None:
    assert processes.submit(die_unless, tmp_path / "deaths", 2).result() == "alive"


def test_a_task_that_kills_three_workers_is_given_up_and_the_others_go_on(processes: Processes, tmp_path: Path) -> None:
    doomed = processes.submit(die_unless, tmp_path / "deaths", 99)
    assert processes.submit(die_unless, tmp_path / "none", 0).result() == "alive"
    with pytest.raises(WorkerDied, match="3 times"):
        doomed.result()
    assert processes.submit(os.getenv, "A_VARIABLE").result() == "seen"


def test_an_error_in_a_task_is_the_callers(processes: Processes) -> None:
    with pytest.raises(ZeroDivisionError):
        processes.submit(divmod, 1, 0).result()


def test_close_ends_workers_that_are_busy() -> None:
    pool = Processes(2, {})
    pids = [greeting.pid for greeting in pool.greetings()]
    for _ in range(4):
        pool.submit(time.sleep, 60)
    time.sleep(0.2)
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start < 5
    assert not any(map(alive, pids))


def test_no_worker_outlives_a_killed_coordinator() -> None:
    program = (
        "import time; from experiments.search.processes import Processes\n"
        "pool = Processes(2, {}); print(*[one.pid for one in pool.greetings()], flush=True)\n"
        "pool.submit(time.sleep, 60); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as coordinator:
        assert coordinator.stdout is not None
        pids = [int(pid) for pid in coordinator.stdout.readline().split()]
        assert all(map(alive, pids))
        coordinator.kill()
    deadline = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, pids))
