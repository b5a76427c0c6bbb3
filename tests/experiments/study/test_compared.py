"""Studies of one name are told apart in a comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.errors import SpecError
from experiments.study.compared import read_studies
from support.study_folders import SPEC, fill


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three studies named one: studies/one, studies/two and elsewhere/two."""
    monkeypatch.chdir(tmp_path)
    for parent, name in (("studies", "one"), ("studies", "two"), ("elsewhere", "two")):
        (tmp_path / parent).mkdir(exist_ok=True)
        fill(tmp_path / parent / name, told=4, spec={**SPEC, "study": {"name": "one"}})


def test_studies_of_one_name_have_the_names_of_their_folders() -> None:
    assert [study.name for study in read_studies(["studies/one", "studies/two"])] == ["one", "two"]


def test_folders_of_one_name_have_their_paths() -> None:
    names = [study.name for study in read_studies(["studies/one", "studies/two", "elsewhere/two"])]
    assert names == ["studies/one", "studies/two", "elsewhere/two"]


def test_the_same_study_twice_is_refused() -> None:
    with pytest.raises(SpecError, match=r"'one' is named twice; name different studies"):
        read_studies(["studies/one", "studies/../studies/one"])
