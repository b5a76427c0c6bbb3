"""Studies of one table compared: with other columns, by groups, and in time order."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest

from support.compare import SMALL, document, reasons
from support.desk import CommandRunner


@pytest.fixture(scope="module")
def of_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of studies of one table: with all columns, without one, by groups, and in time order."""
    folder = tmp_path_factory.mktemp("table")
    (folder / "studies").mkdir()
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 3))
    y = np.where(x[:, 0] + 0.5 * random.normal(size=200) > 0, "up", "down")
    lines = [
        f"{a:.3f},{b:.3f},{c:.3f},{at // 4},{at},{label}"
        for at, ((a, b, c), label) in enumerate(zip(x, y, strict=True))
    ]
    (folder / "rows.csv").write_text("\n".join(["a,b,c,person,day,y", *lines]) + "\n")
    text = SMALL.replace('source = "moons"', 'source = "../rows.csv"\ntarget = "y"').replace("trials = 6", "trials = 3")
    (folder / "studies" / "moons.toml").write_text(text)
    desk = CommandRunner(folder)
    with chdir(folder):
        desk.studied("studies/all", "study.name=all", 'data.drop=["person", "day"]', look="leave")
        desk.studied("studies/fewer", "study.name=fewer", 'data.drop=["person", "day", "c"]', look="leave")
        for name, column in (("groups", "person"), ("time", "day")):
            other = "day" if name == "groups" else "person"
            kept = [f"data.{name}={column}", f'data.drop=["{other}"]']
            desk.studied(f"studies/{name}", f"study.name={name}", *kept, look="leave")
            desk.studied(f"studies/{name}_more", f"study.name={name}_more", "study.seed=1", *kept, look="leave")
    return folder


def test_studies_with_other_columns_of_the_same_rows_are_tested(
    of_table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(of_table)
    found = document("studies/all", "studies/fewer", "--data", "rows.csv")
    assert [study["sharing"] for study in found["studies"]] == ["a", "a"]
    assert found["pairs"][0]["no_test"] == []
    assert found["pairs"][0]["difference"]["units"] == found["studies"][0]["development"] == 160
    assert "data.drop" in {setting["key"] for setting in found["settings"]}


def test_whole_groups_are_the_units(of_table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(of_table)
    found = document("studies/groups", "studies/groups_more", "--data", "rows.csv")
    difference = found["pairs"][0]["difference"]
    assert (difference["method"], difference["units"]) == ("bbc_cv_groups", 40)


def test_rows_in_time_order_are_not_tested(of_table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(of_table)
    found = document("studies/time", "studies/time_more", "--data", "rows.csv")
    assert reasons(found) == ["time_order"]
    assert found["pairs"][0]["errors"] is not None
    assert all(study["corrected"] is None for study in found["studies"])
    assert "it has no corrected score: rows in time order (" in "".join(found["studies"][0]["notes"])
