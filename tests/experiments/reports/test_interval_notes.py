from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.evaluation.records.split_record import HoldoutRecord
from experiments.reports.blocks import plain
from experiments.reports.headline import answer
from support.results import replaced


def notes(result):
    return plain(answer(result).notes)


def grouped(result, groups, even):
    holdout = HoldoutRecord(origin="drawn", development_groups=30, test_groups=groups, even_test_groups=even)
    return replace(replaced(result, "test", ci_method="expanded_bootstrap_groups"), holdout=holdout)


def test_an_interval_of_single_rows_has_no_notes(study):
    assert notes(study[0]) == ""
    assert notes(replaced(grouped(study[0], 9, 9), "test", ci_method="wilson")) == ""


def test_an_interval_that_was_widened_says_so_and_by_how_much(study):
    assert "the interval is about 1.7 times as wide as that of independent blocks" in notes(
        replaced(study[0], "test", ci_widened=1.724)
    )


def test_groups_count_by_what_they_say(study):
    counted = "Rows of a group may be alike, so the interval counts groups and not rows"
    assert notes(grouped(study[0], 9, 9)) == notes(grouped(study[0], 9, None)) == f"{counted}."
    assert notes(grouped(study[0], 9, 6)) == f"{counted}; as their sizes differ, they count as 6 of one size."
    one = notes(grouped(study[0], 9, 2))
    assert one.startswith(f"{counted}; as their sizes differ, they count as 2 of one size. One or two groups have most")
    assert one.endswith("narrow (in simulations with one such group it held the truth in 82% of samples).")
    assert notes(grouped(study[0], 2, 2)) == f"{counted}."


@pytest.mark.parametrize(
    ("metric", "rows", "words"),
    [
        ("neg_mean_absolute_error", 49, "So few rows may lack the largest errors"),
        ("neg_mean_absolute_error", 50, ""),
        ("r2", 20, "An interval of R² of so few rows is a little too narrow"),
        ("r2", 299, "An interval of R² of so few rows is a little too narrow"),
        ("r2", 300, ""),
    ],
)
def test_intervals_of_few_errors_are_known_to_be_too_narrow(study, metric, rows, words):
    errors = replaced(study[0], "test", metric=metric, score=-3.0, ci95=(-4.0, -2.0), rows=rows)
    numbers = replaced(errors, "data", task="regression", classes=())
    assert notes(numbers).startswith(words)
    assert bool(notes(numbers)) == bool(words)
    assert notes(replaced(numbers, "test", ci_method="expanded_bootstrap_groups")) == ""
