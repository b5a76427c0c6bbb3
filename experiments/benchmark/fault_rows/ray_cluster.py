"""The row about a Ray cluster that loses its head or a node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import psutil

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.intact import check_intact
from experiments.benchmark.fault_rows.outcome import NotMade, demand
from experiments.benchmark.fault_rows.refusals import check_refusal
from experiments.benchmark.fault_rows.studies import LONGER, NAME

ON_RAY = ("--executor", "ray", "--workers", "2")
PARTS = {"gcs_server": "the head", "raylet": "the only node"}  # process of a cluster of its own -> what it is


def lost_nodes(desk: Desk) -> Iterator[str]:
    """Kill head and node of a command's own cluster, and resume; kill one of two nodes of another cluster."""
    if find_spec("ray") is None:
        raise NotMade("the extra `ray` is not installed")
    longer = desk.another(LONGER)
    for name, part in PARTS.items():
        command = longer.start(NAME, *ON_RAY)
        longer.wait_for_trials(longer.told() + 1, command)
        ray = psutil.Process(command.process.pid).children(recursive=True)
        next(one for one in ray if one.name() == name).kill()
        check_refusal(command.done(), "the same command resumes the study")
        demand(not psutil.wait_procs(ray, 60.0)[1], "processes of Ray stay behind")
        yield f"{part} killed after {longer.told()} trials: exit code 2, one line says how to resume"
    before = longer.trials()
    longer.tuned(*ON_RAY)
    yield from check_intact(longer, before)
    two = desk.another(LONGER)
    with cluster_of_two() as (cluster, node):
        command = two.start(NAME, *ON_RAY, "--ray-address", cluster.address)
        two.wait_for_trials(2, command)
        told = two.told()
        cluster.remove_node(node, allow_graceful=False)
        command.succeeded()
    list(check_intact(two, two.trials()))
    yield f"one of two nodes killed after {told} trials: the study goes on, intact"


@contextmanager
def cluster_of_two() -> Iterator[tuple[Any, Any]]:
    """Run a cluster of two nodes; give it and its second node."""
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        yield cluster, cluster.add_node(num_cpus=1)
    finally:
        cluster.shutdown()
