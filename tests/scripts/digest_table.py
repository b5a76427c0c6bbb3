"""One digest however a study is run: every sampler with every pruner, on 1, 2 and 4 processes and on a Ray cluster.

A script, not a test of every day: python tests/scripts/digest_table.py [--samplers tpe,grid] [--pruners median]. The
cluster has two nodes on this machine; each study runs on it once undisturbed, and once on a third node as well, which
is killed in the middle, of which Ray complains. It ends with exit code 1 when two digests of a line differ.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

import scripts.portable  # noqa: F401
from experiments.config.candidate import Preprocessing
from experiments.config.pruner_options import PRUNERS
from experiments.config.sampler_options import SAMPLERS
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.prepare import StudyData, prepare, preprocessed_folds
from experiments.evaluation.assemble import assemble
from experiments.search.arithmetic import PORTABLE
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor, map_future
from experiments.search.executors.local import LocalExecutor
from experiments.search.executors.ray_cluster import RayExecutor
from experiments.search.executors.shared_data import DataReference, share_folds
from experiments.search.executors.worker import run_trial
from experiments.search.loop import search
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import TrialResult, TrialTask

TRIALS, MIDDLE = 24, 12
LEARNING_RATE = {"low": 1e-3, "high": 1e-1, "log": True}
SPACES: dict[str, dict[str, Any]] = {
    "grid": {
        "learning_rate": {"choices": [1e-3, 1e-2, 1e-1]},
        "hidden_layers": {"low": 1, "high": 2},
        "hidden_units": {"low": 4, "high": 16, "step": 4},
    }
}
SPACE: dict[str, Any] = {
    "learning_rate": LEARNING_RATE,
    "hidden_layers": {"low": 1, "high": 2},
    "hidden_units": {"low": 4, "high": 32, "log": True},
    "l2": {"low": 1e-6, "high": 1e-1, "log": True},
}
OPTIONS: dict[str, dict[str, Any]] = {"threshold": {"lower": 0.7, "n_warmup_steps": 3}}


def study(sampler: str, pruner: str) -> StudySpec:
    document = {
        "study": {"name": "moons", "seed": 1},
        "data": {"source": "moons"},
        "cv": {"n_splits": 3},
        "training": {"epochs": 12, "patience": 0},
        "search": {"trials": TRIALS, "sampler": sampler, "pruner": pruner, "pruner_options": OPTIONS.get(pruner, {})},
        "space": SPACES.get(sampler, SPACE),
    }
    return parse_spec(document, "moons").with_inferred_settings("classification", "StratifiedKFold")


def digest(
    spec: StudySpec, data: StudyData, executor: Executor, reference: DataReference, middle: Callable[[], object]
) -> tuple[str, int]:
    """The digest of the study's results without a look, and how many trials were pruned."""
    told = []

    def evaluated(task: TrialTask) -> Future[TrialResult]:
        return map_future(executor.submit(run_trial, task, reference), lambda found: found.result)

    for one in search(spec, Space(spec), [], evaluated):
        told.append(one)
        if len(told) == MIDDLE:
            middle()
    result = assemble(StudyContext(spec, Space(spec), data), told, None, None, {}, {})
    return result.digest[:12], sum(one.result.reason == "pruned" for one in told)


def main() -> int:
    it = argparse.ArgumentParser(description=__doc__)
    it.add_argument("--samplers", default=",".join(SAMPLERS))
    it.add_argument("--pruners", default=",".join(PRUNERS))
    chosen = it.parse_args()
    quiet_optuna()
    from ray.cluster_utils import Cluster

    data = prepare(study("tpe", "none"), {})
    folds = preprocessed_folds(data.development, data.folds, Preprocessing())
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    start, different = time.monotonic(), 0
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        executors: dict[str, Executor] = {
            f"{workers} workers": stack.enter_context(LocalExecutor(workers, PORTABLE, work / str(workers)))
            for workers in (1, 2, 4)
        }
        executors["ray"] = executors["node killed"] = stack.enter_context(
            RayExecutor(3, PORTABLE, str(cluster.address))
        )
        references = {name: share_folds(folds, data.target, one.share) for name, one in executors.items()}
        for one in executors.values():
            one.wait_for_workers()
        for sampler in chosen.samplers.split(","):
            for pruner in chosen.pruners.split(","):
                spec, found, pruned = study(sampler, pruner), {}, 0
                for name, executor in executors.items():
                    more = [cluster.add_node(num_cpus=1)] if name == "node killed" else []
                    kill = partial(list, map(partial(cluster.remove_node, allow_graceful=False), more))
                    found[name], pruned = digest(spec, data, executor, references[name], kill)
                same = len(set(found.values())) == 1
                different += not same
                answer = f"{next(iter(found.values()))} on all" if same else f"DIFFERENT: {found}"
                print(f"{sampler:8}{pruner:20}{pruned:3} pruned  {answer}", flush=True)
    cluster.shutdown()
    print(f"{', '.join(executors)}: {different} lines differ; {time.monotonic() - start:.0f} s")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
