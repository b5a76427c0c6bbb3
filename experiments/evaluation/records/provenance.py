"""Provenance: the program and machine that computed a study. Only listed facts of the environment are recorded."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nnet
from experiments.config.documents import Difference, differences, flat
from experiments.search.arithmetic import processor
from experiments.version import VERSION

OWN = "nnet-experiments"  # the program's name among the versions
PACKAGES = ("numpy", "optuna", "scikit-learn", "scipy", "mlflow", "pydantic", "loky")
VARIABLES = (
    *("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NPY_ENABLE_CPU_FEATURES", "NPY_DISABLE_CPU_FEATURES"),
    *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "PYTHONHASHSEED"),
)
DECIDING = ("python", "numpy", "scipy", "scikit-learn", "optuna")  # the packages whose versions change a study
PROGRAM = (Path(__file__).resolve().parents[2], Path(nnet.__file__).resolve().parent)  # experiments/ and nnet/
COMPARED = (
    "versions",
    "commit",
    "environment.system",
    "environment.machine",
    "environment.libc",
    "environment.processor",
)
SOURCES = (".py", ".jinja")  # endings of the packages' files


def provenance(
    kernel: str,
    seeds: Mapping[str, int],
    workers: int,
    tracking: str,
    environment: Mapping[str, str],
    executor: str,
    planned: int | None = None,
) -> dict[str, Any]:
    """Collect date, versions, commit, BLAS kernel, seeds and environment for results.json.

    Args:
        kernel:      BLAS kernel of the worker processes.
        tracking:    the MLflow URI, masked.
        environment: environment variables of the worker processes.
        executor:    name of the executor.
        planned:     number of trials of the whole study, where this run was a try of fewer.
    """
    packages = {name: version(name) for name in PACKAGES}
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "versions": {OWN: VERSION, "python": platform.python_version(), **packages},
        "commit": commit(),
        "blas": {"kernel": kernel, "threads": 1},
        "seeds": dict(seeds),
        **({} if planned is None else {"planned_trials": planned}),
        "environment": {
            "system": platform.system(),
            "machine": platform.machine(),
            "libc": _libc(),
            "processor": processor().model,
            "cores": os.cpu_count(),
            "workers": workers,
            "executor": executor,
            "tracking": tracking,
            "variables": {name: environment[name] for name in VARIABLES if environment.get(name)},
        },
    }


def _libc() -> str:
    """Return the system's mathematical library; macOS brings it along, and so its BLAS."""
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return " ".join(platform.libc_ver()).strip()


def commit(packages: Sequence[Path] = PROGRAM) -> str | None:
    """Return the git commit of the program, with "+changes" where the packages' sources differ from it.

    Args:
        packages: folders of the program's sources.

    Returns:
        None where the packages are not files of one checkout, even if they lie inside another project's.
    """
    folder = packages[0]
    head = _git(folder, "rev-parse", "HEAD")
    inits = [str(package / "__init__.py") for package in packages]
    if head is None or _git(folder, "ls-files", "--error-unmatch", "--", *inits) is None:
        return None
    status = _git(folder, "status", "--porcelain", "-z", "--untracked-files=all", "--", *map(str, packages))
    if status is None:
        return None
    changed = [entry for entry in status.split("\0") if entry.endswith(SOURCES)]
    return head.strip() + ("+changes" if changed else "")


def _git(folder: Path, *arguments: str) -> str | None:
    """Return git's output for the repository around a folder; None where git fails or is not installed."""
    # a hook's GIT_ variables are of another repository
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            errors="replace",
            env=environment,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def machine_of(record: Mapping[str, Any]) -> str:
    """Describe what decides the last bits of a study: processor, BLAS kernel, mathematical library and versions.

    Args:
        record: a provenance; what it lacks is left out.
    """
    facts = flat(record)
    named = {"environment.processor": "", "blas.kernel": "BLAS ", "environment.libc": ""}
    named |= {f"versions.{name}": f"{name} " for name in DECIDING}
    return ", ".join(f"{words}{facts[key]}" for key, words in named.items() if facts.get(key))


def other_surroundings(recorded: Mapping[str, Any], here: Mapping[str, Any]) -> list[Difference]:
    """List versions and machine facts that differ from the record; facts that the record lacks are skipped.

    >>> other_surroundings({"versions": {"numpy": "2.4.1"}}, {"versions": {"numpy": "2.4.6"}, "commit": "a"})
    [Difference(where='versions.numpy', recorded='"2.4.1"', found='"2.4.6"')]
    """
    before, now = flat(recorded), flat(here)
    compared = [key for key in before if key.startswith(COMPARED)]
    return differences({key: before[key] for key in compared}, {key: now.get(key) for key in compared})
