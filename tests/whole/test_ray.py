"""On a Ray cluster the study is the same, whatever of it is lost. One cluster of two nodes serves all tests."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from experiments.errors import ExecutorError
from experiments.search.executors.base import WorkerDied
from support.desk import CommandRunner
from support.waiting import PATIENCE, wait_until

pytest.importorskip("ray", reason="the extra `ray` is not installed")

LONGER = ("--no-test", "--set", "training.epochs=300", "--set", "training.batch_size=16", "--set", "search.pruner=none")
KNOWN: dict[str, str] = {}
HERE = {"PYTHONPATH": str(Path(__file__).parents[1])}  # of the functions below, for workers


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()


@pytest.fixture
def longer(desk: CommandRunner) -> str:
    """The digest of a study that is long enough for something to happen to it, computed by local processes."""
    if "digest" not in KNOWN:
        KNOWN["digest"] = desk.tuned("moons", *LONGER, "--out", "local")["digest"]
    return KNOWN["digest"]


def on(cluster: Any) -> tuple[str, ...]:
    return "--executor", "ray", "--ray-address", cluster.address


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def started(desk: CommandRunner, *arguments: str, told: int = 1) -> subprocess.Popen[str]:
    """A command that has told so many trials, or has ended."""
    process = desk.start("moons", "--workers", "2", "--executor", "ray", *arguments)
    wait_until(lambda: desk.told() >= told or process.poll() is not None)
    return process


def listening(processes: list[psutil.Process]) -> set[str]:
    return {
        connection.laddr.ip
        for one in processes
        for connection in one.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_whatever_happens_to_a_head_of_its_own_the_study_goes_on_to_the_same_end(
    desk: CommandRunner, longer: str
) -> None:
    """One study, begun four times: the head is killed, then the node, then it is interrupted, then nothing happens."""
    for part in ("gcs_server", "raylet", None):
        process = started(desk, *LONGER, told=desk.told() + 1)
        ray = family(process)
        if part is None:
            os.killpg(process.pid, signal.SIGINT)
        else:
            next(one for one in ray if one.name() == part).kill()
        _, error = process.communicate(timeout=PATIENCE)
        assert not psutil.wait_procs(ray, PATIENCE)[1]
        assert desk.told() < 14
        if part is None:
            assert process.returncode == 130
            assert error.strip() == "interrupted; the same command again resumes the study"
        else:
            assert (process.returncode, error.count("\n")) == (2, 1)
            assert error.startswith("error: the ")
            assert "the same command resumes the study" in error
    process = started(desk, *LONGER, told=desk.told() + 1)
    ray = family(process)
    assert {"127.0.0.1"} <= {one.removeprefix("::ffff:") for one in listening(ray)} <= {"127.0.0.1", "::1"}
    assert {one.removeprefix("::ffff:") for one in listening([psutil.Process(process.pid)])} <= {"127.0.0.1", "::1"}
    out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (0, ""), out
    assert desk.results()["digest"] == longer
    assert desk.results()["provenance"]["environment"]["executor"] == "ray"
    assert not psutil.wait_procs(ray, PATIENCE)[1]


def test_two_nodes_give_the_same_study_and_so_does_one_that_is_killed(
    desk: CommandRunner, cluster: Any, undisturbed: dict[str, Any], longer: str
) -> None:
    assert desk.tuned("moons", *on(cluster), "--out", "two")["digest"] == undisturbed["digest"]
    node = cluster.add_node(num_cpus=1)
    process = started(desk, *LONGER, "--ray-address", cluster.address)
    cluster.remove_node(node, allow_graceful=False)
    assert desk.told() < 14
    out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (0, ""), out
    assert desk.results()["digest"] == longer


def test_a_search_that_ends_early_is_refitted_by_a_second_head(desk: CommandRunner) -> None:
    patience = ("--set", "search.patience=3", "--set", "search.trials=40")
    here = desk.tuned("moons", *patience, "--out", "here")
    there = desk.tuned("moons", *patience, "--executor", "ray", "--workers", "2", "--out", "there")
    assert len(there["trials"]) < 40
    assert there["digest"] == here["digest"]


def test_an_address_where_nobody_is_is_refused(desk: CommandRunner) -> None:
    for address, words in {"127.0.0.1:1": "no Ray cluster answers", "ray://there:1": "must be host:port"}.items():
        done = desk.tune_alone("moons", "--executor", "ray", "--ray-address", address)
        assert (done.code, done.error.count("\n")) == (2, 1)
        assert f"--ray-address: {words}" in done.error


def die(folder: Path, deaths: int) -> int:
    if len(list(folder.iterdir())) < deaths:
        (folder / str(os.getpid())).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return deaths


def node() -> str:
    import ray

    time.sleep(0.5)
    return str(ray.get_runtime_context().get_node_id())


def doubled(shared: Any) -> tuple[list[int], bool]:
    content = np.frombuffer(shared.open(), np.int64)
    return [int(one) * 2 for one in content[:3]], content.flags.writeable


def test_the_executor_keeps_its_promises(cluster: Any, tmp_path: Path) -> None:
    """One connection serves all of them: joining a cluster takes seconds."""
    from experiments.search.executors.ray_cluster import RayExecutor

    with RayExecutor(2, {"A_VARIABLE": "seen", **HERE}, cluster.address) as ray:
        greetings = ray.wait_for_workers()
        assert len({one.kernel for one in greetings}) == 1
        assert ray.submit(os.getenv, "A_VARIABLE").result() == "seen"
        with pytest.raises(ZeroDivisionError, match="division"):
            ray.submit(divmod, 1, 0).result()
        (tmp_path / "two").mkdir()
        (tmp_path / "many").mkdir()
        assert ray.submit(die, tmp_path / "two", 2).result() == 2
        with pytest.raises(WorkerDied, match="3 times"):
            ray.submit(die, tmp_path / "many", 99).result()
        ray._kernel = "Another"
        with pytest.raises(ExecutorError, match=f"BLAS kernel {greetings[0].kernel}, the others with Another"):
            ray.submit(os.getpid).result()
        ray._kernel = greetings[0].kernel
        for size in (3, 100_000):
            shared = ray.share(np.arange(size).data)
            assert ray.submit(doubled, shared).result() == ([0, 2, 4], False)
            assert ray.submit(len, shared.open().tobytes()).result() == size * 8
        assert len({ray_node.result() for ray_node in [ray.submit(node) for _ in range(6)]}) == 2


def broken() -> None:
    raise ModuleNotFoundError("No module named 'experiments'.")


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (os.abort, "a worker died while it started.*lacks AVX2"),
        (broken, " No module named 'experiments'. This package must be installed on every node"),
    ],
)
def test_a_node_that_cannot_compute_is_refused(
    cluster: Any, monkeypatch: pytest.MonkeyPatch, greeting: Callable[[], None], words: str
) -> None:
    from experiments.search.executors import ray_cluster

    monkeypatch.setattr(ray_cluster, "hello", greeting)
    with (
        ray_cluster.RayExecutor(1, HERE, cluster.address) as ray,
        pytest.raises(ExecutorError, match=f"node .*{words}"),
    ):
        ray.wait_for_workers()
