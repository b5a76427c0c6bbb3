"""The lines of a comparison on the terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.study.comparing.compare_files import LONGEST, comparison_folder, print_comparison
from experiments.study.comparing.compared import read_studies
from support.comparisons import comparison, difference
from support.study_folders import fill, shown


def test_the_column_of_letters_is_not_called_a_number_of_rows() -> None:
    titles, first = shown(print_comparison, comparison(difference(0.1, 0.05, 0.15))).splitlines()[1:3]
    at = titles.index("same rows")
    assert first[at : at + len("same rows")].strip() == "a"


def test_no_two_comparisons_of_studies_with_long_names_share_a_folder(tmp_path: Path) -> None:
    fill(tmp_path / "one", told=1)
    (study,) = read_studies([str(tmp_path / "one")], least=1)
    long = [replace(study, folder=Path("studies") / (letter * 60)) for letter in "abcd"]
    folders = [comparison_folder(long, metric) for metric in (None, "f1", "accuracy")]
    folders += [comparison_folder(long[:3]), comparison_folder(long[:2])]
    assert len(set(folders)) == len(folders)
    assert all(len(folder.name) <= LONGEST for folder in folders)
    assert comparison_folder([study, study], "f1") == Path("studies/compare-one-one-by-f1")
