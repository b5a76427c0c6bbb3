"""Ray is asked for where it is missing; tests/whole/test_ray.py has studies on it."""

from __future__ import annotations

import sys

import pytest

from experiments.errors import ExecutorError
from experiments.search.executors.ray_cluster import RayExecutor


def test_without_ray_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExecutorError, match=r"--executor ray: .*pip install ray\."):
        RayExecutor(1, {}, None)
