"""The file that was meant where one is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.config.near_files import near_files


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tables").mkdir()
    for name in ("patients.csv", "new.csv", ".patient.csv", "tables/march.xlsx", "tables/march.csv"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("patient.csv", " (did you mean patients.csv?)"),
        ("Patients.CSV", " (did you mean patients.csv?)"),
        ("patients.xlsx", " (did you mean patients.csv?)"),
        ("tables/mach.csv", " (did you mean tables/march.csv or tables/march.xlsx?)"),
        ("table", " (did you mean tables?)"),
        ("nov.csv", ""),  # new.csv has the same ending, and another name
        ("nowhere/patients.csv", ""),
    ],
)
def test_the_file_of_a_near_name_is_asked_for(typed: str, asked: str) -> None:
    assert near_files(Path(typed)) == asked
