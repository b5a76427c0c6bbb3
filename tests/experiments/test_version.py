from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from experiments.errors import StudyStateError
from experiments.version import SCHEMA, VERSION, check_same_version


def test_the_package_has_the_version_that_its_records_name() -> None:
    assert version("nnet-experiments") == VERSION


def test_every_package_has_an_oldest_version_and_the_pinned_one_is_no_older() -> None:
    root = Path(__file__).parents[2]
    needed = tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"]
    lines = [line for line in (root / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pinned = {name.lower(): number for name, _, number in (line.partition("==") for line in lines)}
    for one in map(Requirement, needed):
        assert [part.operator for part in one.specifier] == [">="], one.name
        assert one.specifier.contains(pinned[one.name]), one.name


def test_a_record_of_this_version_is_computed_with() -> None:
    check_same_version(SCHEMA, "results.json cannot be reproduced", "")


@pytest.mark.parametrize(("schema", "by"), [(1, "version 0.1.0"), (3, "another version"), (None, "another version")])
def test_another_versions_record_is_refused_by_name(schema: object, by: str) -> None:
    with pytest.raises(StudyStateError, match=f"it was made by {by} of this program, this is version {VERSION}; wait"):
        check_same_version(schema, "results.json cannot be reproduced", "wait.")
