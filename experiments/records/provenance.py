"""Provenance: what computed the study. An allow-list; nothing else of the environment is recorded."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "optuna", "scikit-learn", "scipy", "mlflow", "pydantic", "loky", "matplotlib")
VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "PYTHONHASHSEED")


def provenance(
    kernel: str,
    seeds: Mapping[str, int],
    workers: int,
    tracking: str,
    environment: Mapping[str, str],
    executor: str,
) -> dict[str, Any]:
    """Versions, commit, BLAS kernel, seeds and environment, as results.json has them.

    Args:
        kernel:      of the processes that computed.
        tracking:    the MLflow URI, masked.
        environment: of those processes.
        executor:    what ran them.
    """
    return {
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "commit": commit(),
        "blas": {"kernel": kernel, "threads": 1},
        "seeds": dict(seeds),
        "environment": {
            "system": platform.system(),
            "machine": platform.machine(),
            "processor": processor(),
            "cores": os.cpu_count(),
            "workers": workers,
            "executor": executor,
            "tracking": tracking,
            "variables": {name: environment[name] for name in VARIABLES if name in environment},
        },
    }


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name, as its maker calls the model; empty where the system does not say."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def commit(folder: Path = Path(__file__).parent) -> str | None:
    """The git commit of the program, with "+changes" when its files differ from it; None outside a checkout."""
    head = _git(folder, "rev-parse", "HEAD")
    if head is None or _git(folder, "ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None  # not a checkout of this program, though it may lie inside another one
    return head + ("+changes" if _git(folder, "status", "--porcelain", "--untracked-files=no", ".") else "")


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
