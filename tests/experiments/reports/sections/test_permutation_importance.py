from __future__ import annotations

from experiments.evaluation.reasons import TooManyColumns
from experiments.evaluation.records import PermutedColumn
from experiments.reports.blocks import Figures, Table, plain
from experiments.reports.sections.permutation_importance import permutation_importance


def _with(result, columns):
    found = result.analysis.permutation.model_copy(update={"columns": columns})
    return result.model_copy(update={"analysis": result.analysis.model_copy(update={"permutation": found})})


def _table(result):
    """The same with mistakes that have no pictures."""
    found = result.analysis.out_of_fold.model_copy(update={"mistakes": ()})
    return result.model_copy(update={"analysis": result.analysis.model_copy(update={"out_of_fold": found})})


def _columns(number):
    return tuple(
        PermutedColumn(name=f"column {one}", position=one, drop=one / 100, deviation=0.001) for one in range(number)
    )


def test_pixels_are_a_picture_with_the_strongest_named(full):
    section = permutation_importance(full[0])
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [plain(cell) for cell in table.rows[0].cells] == ["pixel_2_0", "0.0200", "0.0020"]
    assert section.blocks[0].layout == "square"
    assert "The darkest pixel changes accuracy by 0.0200." in plain(section.blocks[0].pictures[0].caption)


def test_columns_are_bars_the_longest_first_and_not_all_of_many(full):
    section = permutation_importance(_table(_with(full[0], _columns(30))))
    picture = next(block for block in section.blocks if isinstance(block, Figures)).pictures[0]
    assert "The 20 columns of 30 with the largest changes." in plain(picture.caption)
    assert picture.svg.index("column 29") < picture.svg.index("column 10")
    assert "column 9<" not in picture.svg


def test_without_it_there_is_the_reason_or_nothing(full, study):
    assert permutation_importance(study[0]) is None
    analysis = full[0].analysis.model_copy(
        update={"permutation": None, "left_out": {"permutation": TooManyColumns(columns=1200, limit=1000)}}
    )
    section = permutation_importance(full[0].model_copy(update={"analysis": analysis}))
    assert plain(section.blocks[0].parts) == (
        "Permutation importance: left out. Reason: too many columns (1,200 columns; at most 1,000 are shuffled)."
    )


def test_a_single_shuffle_has_no_whisker(full):
    found = full[0].analysis.permutation
    columns = tuple(one.model_copy(update={"deviation": None, "name": f"c{one.position}"}) for one in found.columns)
    once = found.model_copy(update={"columns": columns, "repeats": 1})
    result = _table(full[0])
    result = result.model_copy(update={"analysis": result.analysis.model_copy(update={"permutation": once})})
    assert permutation_importance(result).blocks[0].pictures[0].caption == (
        "Horizontal axis: how much worse the score gets when the column is shuffled.",
    )
