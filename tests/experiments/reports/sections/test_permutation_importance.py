from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.analysis_record import PermutedColumn
from experiments.evaluation.records.reasons import TooManyColumns
from experiments.reports.blocks import Table, plain
from experiments.reports.sections.permutation_importance import permutation_importance
from support.results import replaced
from support.svg import words


def _bars(result, **changes):
    """Return the picture of a study without pictures of rows."""
    result = replaced(replaced(result, "analysis.out_of_fold", mistakes=()), "analysis.permutation", **changes)
    return permutation_importance(result).blocks[0].pictures[0]


def _columns(number):
    return tuple(
        PermutedColumn(name=f"column {at}", position=at, drop=at / 100, deviation=0.001) for at in range(number)
    )


def test_pixels_are_a_picture_with_the_strongest_named(full):
    section = permutation_importance(full[0])
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [plain(cell) for cell in table.rows[0].cells] == ["pixel_2_0", "0.0200", "0.0020"]
    assert section.blocks[0].layout == "square"
    assert "The strongest colour is a change of accuracy by 0.0200." in plain(section.blocks[0].pictures[0].caption)
    assert "orange where it gets better, which is chance" in plain(section.blocks[0].pictures[0].caption)


def test_columns_are_bars_the_longest_first_and_not_all_of_many(full):
    picture = _bars(full[0], columns=_columns(30))
    assert "Of 30 columns, the 20 that matter most." in plain(picture.caption)
    assert "of no use, about one in five lies above zero by more than its whisker" in plain(picture.caption)
    first = " Most important: column 29, column 28, column 27, column 26, column 25."
    assert plain(picture.caption).endswith(first)  # for a reader who does not see the picture
    assert picture.svg.index("column 29") < picture.svg.index("column 10")
    assert "column 9<" not in picture.svg


def test_columns_of_which_none_changes_the_score_are_no_picture(full):
    same = tuple(replace(column, drop=0.0) for column in _columns(3))
    result = replaced(replaced(full[0], "analysis.out_of_fold", mistakes=()), "analysis.permutation", columns=same)
    assert plain(permutation_importance(result).blocks[0].parts) == (
        "The score stays the same whichever single column is shuffled."
    )
    worse = tuple(replace(column, drop=-column.drop) for column in _columns(3))
    assert "Most important" not in plain(_bars(full[0], columns=worse).caption)


def test_without_it_there_is_the_reason_or_nothing(full, study):
    assert permutation_importance(study[0]) is None
    missing = {"permutation": TooManyColumns(columns=1200, limit=1000)}
    section = permutation_importance(replaced(full[0], "analysis", permutation=None, left_out=missing))
    assert plain(section.blocks[0].parts) == (
        "Permutation importance: left out. Reason: too many columns (1,200 columns; at most 1,000 are shuffled)."
    )


def test_a_single_shuffle_has_no_whisker_and_an_error_rises(full):
    picture = _bars(full[0], columns=_columns(3), repeats=1, metric="neg_log_loss")
    assert plain(picture.caption) == (
        "How much worse the score gets when a column is shuffled. Most important: column 2, column 1."
    )
    assert "rise of log loss when shuffled" in words(picture.svg)
    assert "fall of accuracy when shuffled" in words(_bars(full[0], columns=_columns(3)).svg)


def test_the_method_says_how_many_networks_predicted(full):
    def method(result):
        return plain(permutation_importance(result).blocks[-1].parts)

    assert "by the mean of" not in method(full[0])
    said = method(replaced(full[0], "analysis.permutation", members=5))
    assert " predictions by the mean of 5 networks, " in said
