from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import numpy as np
import psutil
import pytest
from loky import ProcessPoolExecutor

from experiments.config.target import Target
from experiments.errors import ExecutorError
from experiments.search.executors import local
from experiments.search.executors.base import WorkerDied, WorkerTimeout, map_future
from experiments.search.executors.local import LocalExecutor, usable_cores
from experiments.search.executors.shared_data import open_folds, share_folds
from experiments.search.stop_signals import STOPPING
from experiments.search.trial import Shared
from nnet.batches import FoldData
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def processes() -> Iterator[LocalExecutor]:
    with LocalExecutor(2, {"OPENBLAS_NUM_THREADS": "1", "A_VARIABLE": "seen"}) as pool:
        pool.wait_for_workers()
        yield pool


def die_unless(path: Path, deaths: int) -> str:
    """Kill this process until so many have died."""
    died = len(path.read_text()) if path.exists() else 0
    if died < deaths:
        path.write_text("x" * (died + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def stop_unless(path: Path, stops: int) -> str:
    """Stop this process until so many have stopped."""
    stopped = len(path.read_text()) if path.exists() else 0
    if stopped < stops:
        path.write_text("x" * (stopped + 1))
        os.kill(os.getpid(), signal.SIGSTOP)
    return "alive"


def compute(seconds: float) -> str:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return "alive"


def first_and_last(shared: Shared) -> tuple[int, int, bool]:
    content = shared.open()
    return content[0], content[-1], content.readonly


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_workers_are_those_of_loky_also_where_joblib_has_its_own(processes: LocalExecutor) -> None:
    import joblib.externals.loky  # noqa: F401 - scikit-learn imports it; it takes the name "loky" for its own

    with LocalExecutor(1, {}) as late:
        for executor in (processes, late):
            command = psutil.Process(executor.wait_for_workers()[0].pid).cmdline()
            assert "loky.backend.popen_loky_posix" in command


def test_workers_have_their_environment_and_report_their_kernel(processes: LocalExecutor) -> None:
    assert processes.submit(os.getenv, "A_VARIABLE").result() == "seen"
    greetings = processes.wait_for_workers()
    assert len({greeting.pid for greeting in greetings}) == 2
    assert len({(greeting.kernel, greeting.node) for greeting in greetings}) == 1


def test_no_worker_and_no_tracker_looks_for_modules_in_the_working_folder(
    processes: LocalExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert processes.submit(os.getenv, "PYTHONSAFEPATH").result() == "1"
    started: list[str | None] = []
    for tracker in (local.resource_tracker, local.loky_tracker):
        monkeypatch.setattr(tracker, "ensure_running", lambda: started.append(os.environ.get("PYTHONSAFEPATH")))
    for before in (None, "yes"):
        monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
        if before is not None:
            monkeypatch.setenv("PYTHONSAFEPATH", before)
        local._start_trackers()
        assert os.environ.get("PYTHONSAFEPATH") == before  # the program's own
    assert started == ["1"] * 4


def test_what_a_finished_task_leads_to_holds_up_no_worker() -> None:
    kept = Event()
    with LocalExecutor(1, {}) as pool:
        map_future(pool.submit(time.sleep, 0.5), lambda _: kept.wait(2 * PATIENCE))
        assert pool.submit(os.getpid).result(PATIENCE) > 0
        assert not kept.is_set()
        kept.set()


def test_a_worker_takes_tasks_in_their_order() -> None:
    with LocalExecutor(1, {}) as pool:
        pool.wait_for_workers()
        started = [pool.submit(time.monotonic) for _ in range(40)]
        times = [future.result() for future in started]
    assert times == sorted(times)


def test_the_task_of_a_killed_worker_is_run_again_and_given_up_after_three_deaths(
    processes: LocalExecutor, tmp_path: Path
) -> None:
    assert processes.submit(die_unless, tmp_path / "two", 2).result() == "alive"
    doomed = processes.submit(die_unless, tmp_path / "deaths", 99)
    assert processes.submit(die_unless, tmp_path / "none", 0).result() == "alive"
    with pytest.raises(WorkerDied, match="3 times"):
        doomed.result()
    assert processes.submit(os.getenv, "A_VARIABLE").result() == "seen"


def test_an_error_in_a_task_is_the_callers(processes: LocalExecutor) -> None:
    with pytest.raises(ZeroDivisionError):
        processes.submit(divmod, 1, 0).result()


def want_memory_unless(path: Path, fails: int) -> int:
    """Ask for more memory than the machine has, so many times."""
    failed = len(path.read_text()) if path.exists() else 0
    if failed < fails:
        path.write_text("x" * (failed + 1))
        return len(bytearray(1 << 62))
    return os.getpid()


def test_a_worker_that_gets_no_memory_has_died(processes: LocalExecutor, tmp_path: Path) -> None:
    assert processes.submit(want_memory_unless, tmp_path / "some", 1).result() > 0
    with pytest.raises(WorkerDied, match="3 times and given up: worker died"):
        processes.submit(want_memory_unless, tmp_path / "all", 99).result()


def deaf_to_ctrl_c() -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_no_worker_hears_ctrl_c_even_while_it_starts() -> None:
    with LocalExecutor(2, {}) as pool:
        assert all(future.result() for future in [pool.submit(deaf_to_ctrl_c) for _ in range(4)])


def test_ctrl_c_while_the_workers_start_ends_them(processes: LocalExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Interrupted(ThreadPoolExecutor):
        def submit(self, *task: Any) -> Any:  # type: ignore[override]
            future = super().submit(*task)
            wait([future])
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)  # pytest's other threads may take it
            started.append(future)
            return future

    monkeypatch.setattr(local, "ThreadPoolExecutor", Interrupted)
    before = {child.pid for child in psutil.Process().children()}
    with pytest.raises(KeyboardInterrupt):
        LocalExecutor(2, {})
    assert {child.pid for child in psutil.Process().children()} <= before
    assert len(started) == 2  # the interruption waits until every thread is known
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(STOPPING)


def test_workers_let_through_the_other_signals_that_end_them(processes: LocalExecutor) -> None:
    blocked = processes.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
    assert blocked & set(STOPPING) == {signal.SIGINT}


def test_a_worker_that_cannot_be_started_is_an_error_of_one_line(processes: LocalExecutor) -> None:
    no_room = OSError(24, "Too many open files")
    with (
        patch.object(ProcessPoolExecutor, "submit", side_effect=no_room),
        pytest.raises(ExecutorError, match="a worker cannot be started: Too many open files; try fewer --workers"),
    ):
        processes.submit(divmod, 1, 1).result()
    assert processes.submit(divmod, 1, 1).result() == (1, 0)


def test_a_container_without_room_for_locks_is_an_error_of_one_line() -> None:
    with (
        patch.object(local, "ProcessPoolExecutor", side_effect=OSError(30, "Read-only file system")),
        pytest.raises(ExecutorError, match=r"a worker cannot be started: Read-only file system; .* /dev/shm"),
    ):
        LocalExecutor(1, {})


def test_more_files_are_allowed_where_the_system_allows_few_unless_asked() -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = len(os.listdir("/dev/fd")) + 20  # noqa: PTH208
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, limits[1]))
        with LocalExecutor(3, {}) as pool:
            assert len(pool.wait_for_workers()) == 3
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (286, limits[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize("deaths", [1, 9])
def test_the_only_worker_may_be_killed_while_it_starts_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaths: int
) -> None:
    monkeypatch.setattr(local, "hello", partial(die_unless, tmp_path / "deaths", deaths))
    with LocalExecutor(1, {}) as pool:
        assert pool.wait_for_workers() == (["alive"] if deaths == 1 else [])
        if deaths == 1:
            assert pool.submit(divmod, 1, 1).result() == (1, 0)


@pytest.mark.parametrize("error", [psutil.NoSuchProcess(1), psutil.ZombieProcess(1), psutil.AccessDenied(1)])
def test_a_worker_that_ends_while_its_time_is_read_is_left_to_its_pool(
    processes: LocalExecutor, error: psutil.Error
) -> None:
    with patch.object(psutil.Process, "cpu_times", side_effect=error):
        assert processes.submit(divmod, 1, 1).result() == (1, 0)


def test_close_ends_workers_that_are_busy() -> None:
    pool = LocalExecutor(2, {})
    pids = [greeting.pid for greeting in pool.wait_for_workers()]
    start = time.monotonic()
    for _ in range(4):
        pool.submit(time.sleep, PATIENCE)
    time.sleep(0.2)
    pool.close()
    assert time.monotonic() - start < PATIENCE
    assert not any(map(alive, pids))


def test_no_worker_outlives_a_killed_coordinator() -> None:
    program = (
        "import time; from experiments.search.executors.local import LocalExecutor\n"
        "pool = LocalExecutor(2, {}); print(*[worker.pid for worker in pool.wait_for_workers()], flush=True)\n"
        "pool.submit(time.sleep, 3600); time.sleep(3600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as coordinator:
        assert coordinator.stdout is not None
        pids = [int(pid) for pid in coordinator.stdout.readline().split()]
        assert all(map(alive, pids))
        coordinator.kill()
    wait_until(lambda: not any(map(alive, pids)))


def test_a_worker_that_timed_out_is_restarted_and_its_task_run_again(tmp_path: Path) -> None:
    with LocalExecutor(1, {}, worker_timeout=2.0) as pool:
        (greeting,) = pool.wait_for_workers()
        assert pool.submit(stop_unless, tmp_path / "stops", 2).result() == "alive"
        assert not alive(greeting.pid)


@pytest.mark.long
def test_a_task_whose_workers_time_out_three_times_is_given_up(tmp_path: Path) -> None:
    with LocalExecutor(1, {}, worker_timeout=2.0) as pool:
        with pytest.raises(WorkerTimeout, match="3 times and given up: worker silent"):
            pool.submit(stop_unless, tmp_path / "stops", 99).result()
        assert len((tmp_path / "stops").read_text()) == 3
        assert pool.submit(os.getenv, "NOTHING").result() is None


def test_a_worker_that_computes_never_times_out() -> None:
    with LocalExecutor(1, {}, worker_timeout=2.0) as pool:
        (greeting,) = pool.wait_for_workers()
        assert pool.submit(compute, 2.5).result() == "alive"
        assert pool.submit(os.getpid).result() == greeting.pid


def test_shared_content_is_mapped_by_the_workers_and_read_only(tmp_path: Path) -> None:
    with LocalExecutor(1, {}, tmp_path / "work") as pool:
        shared, other = pool.share(b"abc"), pool.share(memoryview(b"d"))
        assert pool.submit(first_and_last, shared).result() == (97, 99, True)
        assert bytes(other.open()) == b"d"
        assert shared != other
        assert {shared: 1}[shared] == 1


def test_forgotten_content_leaves_no_file_and_stays_with_who_has_opened_it(tmp_path: Path) -> None:
    with LocalExecutor(1, {}, tmp_path / "work") as pool:
        shared, other = pool.share(b"abc"), pool.share(b"d")
        opened = shared.open()
        pool.forget(shared)
        pool.forget(shared)
        assert list((tmp_path / "work").iterdir()) == [other.path]
        assert bytes(opened) == b"abc"


def test_a_later_executor_of_the_same_folder_shares_under_names_of_its_own(tmp_path: Path) -> None:
    references = []
    for content in (b"abc", b"xyz"):
        with LocalExecutor(1, {}, tmp_path) as pool:
            references.append(pool.share(content))
    assert references[0] != references[1]
    assert [bytes(reference.open()) for reference in references] == [b"abc", b"xyz"]


def test_a_closed_executor_lets_go_of_the_folds_that_this_process_has_opened(tmp_path: Path) -> None:
    x, rows = np.zeros((4, 2), np.float32), np.arange(2)
    folds = [FoldData(x, np.array([0, 1, 0, 1]), rows, rows + 2)]
    with LocalExecutor(1, {}, tmp_path) as pool:
        open_folds(share_folds(folds, Target(("a", "b")), pool.share))
        assert open_folds.cache_info().currsize
    assert not open_folds.cache_info().currsize


def test_content_that_finds_no_room_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "work").touch()
    with (
        LocalExecutor(1, {}, tmp_path / "work") as pool,
        pytest.raises(ExecutorError, match=r"work/shared_\w+: cannot be written"),
    ):
        pool.share(b"abc")


def test_a_limit_of_cores_that_is_no_number_is_refused_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "x")
    with pytest.raises(ExecutorError, match="LOKY_MAX_CPU_COUNT: must be a whole number, but got 'x'"):
        usable_cores()
