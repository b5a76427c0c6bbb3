"""The record of the program and the machine, and nothing else of the environment."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from experiments.evaluation.records.provenance import OWN, PACKAGES, PROGRAM, VARIABLES, commit, provenance
from experiments.version import VERSION

SECRETS = {"AWS_SECRET_ACCESS_KEY": "s3cret", "MLFLOW_TRACKING_PASSWORD": "s3cret", "HOME": "/home/s3cret"}


@pytest.fixture
def no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no git on the PATH, so that these records have no commit."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_git")
def test_the_record_has_the_schemas_parts() -> None:
    record = provenance("Haswell", {"study": 3, "split": 0}, 2, "sqlite:///x", {}, "local")
    assert list(record) == ["date", "versions", "commit", "blas", "seeds", "environment"]
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["versions"]["numpy"] == np.__version__
    assert record["versions"]["python"] == platform.python_version()
    assert record["versions"].keys() == {OWN, "python", *PACKAGES}
    assert record["versions"][OWN] == VERSION
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d UTC", record["date"])
    assert record["blas"] == {"kernel": "Haswell", "threads": 1}
    assert record["seeds"] == {"study": 3, "split": 0}
    environment = record["environment"]
    assert [environment[key] for key in ("workers", "executor", "tracking", "variables")] == [
        2,
        "local",
        "sqlite:///x",
        {},
    ]


@pytest.mark.usefixtures("no_git")
def test_the_environment_is_an_allow_list() -> None:
    ours = {name: f"value of {name}" for name in VARIABLES}
    record = provenance("", {}, 1, "", SECRETS | ours, "local")
    assert record["environment"]["variables"] == ours
    assert "s3cret" not in json.dumps(record)


@pytest.mark.usefixtures("no_git")
def test_the_environment_is_the_one_given_and_not_this_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Other")
    assert provenance("", {}, 1, "", {}, "local")["environment"]["variables"] == {}


@pytest.mark.usefixtures("no_git")
def test_a_mac_has_the_mathematical_library_of_its_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.4.1", ("", "", ""), "arm64"))
    assert provenance("", {}, 1, "", {}, "local")["environment"]["libc"] == "macOS 15.4.1"


class Checkout:
    """A git repository that holds the two packages of a program.

    path:     its folder.
    packages: the packages' folders.
    """

    def __init__(self, path: Path):
        self.path, self.packages = path, (path / "experiments", path / "nnet")
        for package in self.packages:
            (package / "inner").mkdir(parents=True)
            for name in ("__init__.py", "inner/one.py"):
                (package / name).write_text("one = 1\n")
        self.git("init", "--quiet")
        self.commit()

    def git(self, *arguments: str) -> str:
        """Run git there, and return what it prints."""
        who = ("-c", "user.name=ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(self.path), *who, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", "all of it")

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Checkout(tmp_path / "checkout")


def test_the_program_is_both_packages() -> None:
    assert [path.name for path in PROGRAM] == ["experiments", "nnet"]
    assert all((path / "__init__.py").is_file() for path in PROGRAM)


def test_a_clean_checkout_is_its_commit(checkout: Checkout) -> None:
    assert len(checkout.head) == 40
    assert commit(checkout.packages) == checkout.head


@pytest.mark.parametrize(
    ("how", "package"),
    [
        ("edited", "experiments"),
        ("staged", "nnet"),
        ("deleted", "experiments"),
        ("renamed", "nnet"),
        ("new", "experiments"),
        ("new with a template", "nnet"),
    ],
)
def test_a_change_of_either_package_is_said(checkout: Checkout, how: str, package: str) -> None:
    folder = checkout.path / package / "inner"
    if how in ("edited", "staged"):
        (folder / "one.py").write_text("one = 2\n")
    elif how == "deleted":
        (folder / "one.py").unlink()
    elif how == "renamed":
        checkout.git("mv", f"{package}/inner/one.py", f"{package}/inner/two.py")
    else:
        (folder / ("two.py" if how == "new" else "two ü.jinja")).write_text("two = 2\n")
    if how == "staged":
        checkout.git("add", "--all")
    assert commit(checkout.packages) == f"{checkout.head}+changes"


def test_a_changed_guide_is_no_change_of_the_program(checkout: Checkout) -> None:
    guide = checkout.path / "experiments" / "guide.md"
    guide.write_text("before\n")
    checkout.git("add", "--all")
    assert commit(checkout.packages) == checkout.head
    checkout.commit()
    assert commit(checkout.packages) == checkout.head


def test_what_is_no_source_of_a_package_is_no_change(checkout: Checkout) -> None:
    for path in ("README.md", "tests/test_one.py", "nnet/one.pyc", "nnet/.one.py.swp"):
        (checkout.path / path).parent.mkdir(exist_ok=True)
        (checkout.path / path).write_text("")
    assert commit(checkout.packages) == checkout.head


def test_git_is_asked_from_any_folder_and_whatever_a_hook_says(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, head = Checkout(tmp_path / "other"), checkout.head
    monkeypatch.chdir(other.path)
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    assert commit(checkout.packages) == head


def test_outside_a_checkout_there_is_no_commit(checkout: Checkout, tmp_path: Path) -> None:
    copies = [shutil.copytree(package, tmp_path / package.name) for package in checkout.packages]
    assert commit(copies) is None
    assert commit([checkout.packages[0], copies[1]]) is None
    assert commit([tmp_path / "nowhere"]) is None


def test_inside_another_projects_checkout_there_is_no_commit(checkout: Checkout) -> None:
    """As in a virtual environment that lies in a project of the user's."""
    copies = [shutil.copytree(package, checkout.path / ".venv" / package.name) for package in checkout.packages]
    assert commit(copies) is None
    (checkout.path / ".gitignore").write_text(".venv/\n")
    checkout.commit()
    assert commit(copies) is None


def test_a_package_that_the_checkout_ignores_is_not_of_its_commit(checkout: Checkout) -> None:
    checkout.git("rm", "--quiet", "-r", "--cached", "nnet")
    (checkout.path / ".gitignore").write_text("nnet/\n")
    checkout.commit()
    assert commit(checkout.packages) is None


@pytest.mark.usefixtures("no_git")
def test_without_git_there_is_no_commit() -> None:
    assert commit() is None
