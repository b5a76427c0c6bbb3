"""A comparison tells studies of one name apart, and says which networks a final model has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.errors import SpecError
from experiments.study.comparing.compared import networks_of, read_studies
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


def test_a_study_named_in_another_case_is_the_same_where_the_disk_ignores_case(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("studies/One").symlink_to("one")
    monkeypatch.setattr(Path, "resolve", Path.absolute)  # the two names are no link on such a disk
    with pytest.raises(SpecError, match=r"'One' is named twice; name different studies"):
        read_studies(["studies/one", "studies/One"])


def test_final_models_are_told_apart_by_what_was_asked_whichever_trial_won() -> None:
    recorded = Path(__file__).parents[3] / "support" / "version_0_2_0" / "studies"
    looked, joined = read_studies([str(recorded / "looked"), str(recorded / "joined")])
    assert (networks_of(looked), networks_of(joined)) == ("2", "2 with the default's")
    assert joined.recorded is not None
    result = joined.recorded.result
    better = tuple(score + 1 for score in result.trials[0].fold_scores)
    alone = replace(joined.recorded, result=replace(result, best=replace(result.best, fold_scores=better)))
    assert networks_of(replace(joined, recorded=alone)) == "2 with the default's"
