"""What computed the study, and nothing else of the environment."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import numpy as np
import pytest

from experiments.records import provenance as module
from experiments.records.provenance import PACKAGES, VARIABLES, commit, processor, provenance

SECRETS = {"AWS_SECRET_ACCESS_KEY": "s3cret", "MLFLOW_TRACKING_PASSWORD": "s3cret", "HOME": "/home/s3cret"}


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, to put another git in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "git"


def script(git: Path, text: str) -> None:
    git.write_text(f"#!/bin/sh\n{text}\n")
    git.chmod(0o755)


def test_the_record_has_the_schemas_parts(git: Path) -> None:
    record = provenance("Haswell", {"study": 3, "split": 0}, 2, "sqlite:///x", {}, "local")
    assert list(record) == ["versions", "commit", "blas", "seeds", "environment"]
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["versions"]["numpy"] == np.__version__
    assert record["versions"]["python"] == platform.python_version()
    assert record["versions"].keys() == {"python", *PACKAGES}
    assert record["blas"] == {"kernel": "Haswell", "threads": 1}
    assert record["seeds"] == {"study": 3, "split": 0}
    environment = record["environment"]
    assert [environment[key] for key in ("workers", "executor", "tracking", "variables")] == [
        2,
        "local",
        "sqlite:///x",
        {},
    ]


def test_the_environment_is_an_allow_list(git: Path) -> None:
    ours = {name: f"value of {name}" for name in VARIABLES}
    record = provenance("", {}, 1, "", SECRETS | ours, "local")
    assert record["environment"]["variables"] == ours
    assert "s3cret" not in json.dumps(record)


def test_the_environment_is_the_one_given_and_not_this_ones(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Other")
    assert provenance("", {}, 1, "", {}, "local")["environment"]["variables"] == {}


def test_a_package_that_is_not_installed_has_no_version(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGES", ("numpy", "no-such-package"))
    assert provenance("", {}, 1, "", {}, "local")["versions"]["no-such-package"] is None


@pytest.mark.parametrize(
    ("status", "expected"), [("", "0123abc"), ("echo ' M nnet/layers.py'", "0123abc+changes")], ids=["clean", "changed"]
)
def test_the_commit_says_when_files_differ_from_it(git: Path, status: str, expected: str) -> None:
    script(git, f'case "$3" in rev-parse) echo 0123abc;; status) {status or ":"};; esac')
    assert commit(git.parent) == expected


@pytest.mark.parametrize("text", [None, "exit 128", "echo 0123abc; exit 1"], ids=["no git", "no checkout", "failed"])
def test_without_a_checkout_there_is_no_commit(git: Path, text: str | None) -> None:
    if text is not None:
        script(git, text)
    assert commit(git.parent) is None


def test_git_is_asked_about_the_programs_own_folder(git: Path) -> None:
    script(git, 'echo "$2"')
    assert commit() == f"{Path(module.__file__).parent}+changes"
    assert os.environ["PATH"] == str(git.parent)


def test_the_processor_is_named_where_the_system_says(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: A Chip 1\nprocessor\t: 1\nmodel name\t: A Chip 1\n")
    assert processor(cpuinfo) == "A Chip 1"
    cpuinfo.write_text("")
    assert processor(cpuinfo) == ""
    assert processor(tmp_path / "none") == platform.processor()
