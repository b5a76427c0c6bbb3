from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.results import ColumnCounts, MissingCounts, ReadingRecord
from experiments.evaluation.records.split_record import CopiesRecord
from experiments.reports.blocks import plain
from experiments.reports.sections.transformations import FITTED, transformations


def _said(result, columns, missing, **changes):
    data = replace(result.data, columns=ColumnCounts(**columns), missing=MissingCounts(**missing))
    return plain(transformations(replace(result, **{"data": data, **changes})))


def test_a_table_of_all_kinds(full):
    spec = full[0].spec | {"preprocessing": {"numbers": "standard", "rare": 0.01}}
    said = _said(full[0], {"number": 3, "category": 1, "pixel": 0}, {"number": 1, "category": 1}, spec=spec)
    assert said == (
        "missing numbers in 1 column filled with the median, and an indicator for each; 3 columns of numbers scaled to "
        "mean zero and variance one; 1 column of categories one-hot coded, those in less than 1% of the rows as one; a "
        f"missing category in 1 of these columns as a category of its own; {FITTED}"
    )


def test_nothing_is_named_that_was_not_done(full):
    assert _said(full[0], {"number": 0, "category": 0, "pixel": 64}, {"number": 0, "category": 0}) == (
        f"64 pixels divided by their largest possible value; {FITTED}"
    )
    spec = full[0].spec | {"preprocessing": {"numbers": "none", "rare": 0.0}}
    said = _said(full[0], {"number": 2, "category": 2, "pixel": 0}, {"number": 0, "category": 0}, spec=spec)
    assert said == f"2 columns of numbers left as they are; 2 columns of categories one-hot coded; {FITTED}"


def test_what_the_search_chose_is_the_winners(full):
    best = replace(full[0].best, params={**full[0].best.params, "numbers": "quantile", "rare": 0.05})
    said = _said(full[0], {"number": 2, "category": 2, "pixel": 0}, {"number": 0, "category": 0}, best=best)
    assert "2 columns of numbers mapped to a normal distribution by rank (chosen by the search)" in said
    assert "those in less than 5% of the rows as one" in said


def test_missing_numbers_are_in_no_bin(full):
    spec = full[0].spec | {"preprocessing": {"numbers": "piecewise", "rare": 1, "bins": 8}}
    said = _said(full[0], {"number": 2, "category": 0, "pixel": 0}, {"number": 1, "category": 0}, spec=spec)
    assert said == (
        "missing numbers in 1 column in no bin, and an indicator for each; 2 columns of numbers spread over bins that "
        f"hold equally many rows; {FITTED}"
    )


def test_rare_categories_are_counted_in_rows_or_by_their_share(full):
    for rare, words in [(5, "one-hot coded, those in fewer than 5 rows as one;"), (1, "one-hot coded;")]:
        spec = full[0].spec | {"preprocessing": {"numbers": "none", "rare": rare}}
        columns, missing = {"number": 0, "category": 2, "pixel": 0}, {"number": 0, "category": 0}
        assert words in _said(full[0], columns, missing, spec=spec)


def test_rows_of_dropped_classes_are_told_from_rows_without_a_target(full):
    columns, missing = {"number": 0, "category": 0, "pixel": 0}, {"number": 0, "category": 0}
    said = _said(full[0], columns, missing, reading=ReadingRecord(no_target=2, dropped=9))
    assert said.startswith("2 rows without a target left out; 9 rows of the classes of data.drop_classes left out; ")
    assert "drop_classes" not in _said(full[0], columns, missing, reading=ReadingRecord(no_target=2))


def test_copies_are_counted(full):
    columns, missing = {"number": 0, "category": 0, "pixel": 0}, {"number": 0, "category": 0}
    for copies, words in [
        (None, ""),
        (CopiesRecord(rows=240, split="together"), "240 copies of earlier rows kept on one side of every split; "),
        (CopiesRecord(rows=1, split="free"), "1 copy of an earlier row split like other rows; "),
        (CopiesRecord(rows=2, split="time"), "2 copies of earlier rows split by their time; "),
        (CopiesRecord(rows=0, split="free", test=12), "12 test rows equal to rows to learn from; "),
        (
            CopiesRecord(rows=3, split="groups", test=1),
            "3 copies of earlier rows split by their groups; 1 test row equal to rows to learn from; ",
        ),
    ]:
        assert _said(full[0], columns, missing, copies=copies) == words + FITTED


def test_results_of_version_0_1_do_not_know(full):
    data = replace(full[0].data, columns=None, missing=None)
    assert plain(transformations(replace(full[0], data=data))) == FITTED


def test_what_a_single_trial_has_was_not_chosen_by_the_search(full):
    columns, missing = {"number": 2, "category": 0, "pixel": 0}, {"number": 0, "category": 0}
    best = replace(full[0].best, params=full[0].best.params | {"numbers": "robust"})
    assert "(chosen by the search)" in _said(full[0], columns, missing, best=best)
    assert "chosen" not in _said(full[0], columns, missing, best=best, trials=full[0].trials[:1])
