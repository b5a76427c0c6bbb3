from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.reasons import TooManyColumns
from experiments.evaluation.records import PermutedColumn
from experiments.reports.blocks import Figures, Table, plain
from experiments.reports.sections.permutation_importance import reliance


def _with(result, columns):
    found = replace(result.analysis.permutation, columns=columns)
    return replace(result, analysis=replace(result.analysis, permutation=found))


def _table(result):
    """The same with mistakes that have no pictures."""
    found = replace(result.analysis.out_of_fold, mistakes=())
    return replace(result, analysis=replace(result.analysis, out_of_fold=found))


def _columns(number):
    return tuple(
        PermutedColumn(name=f"column {one}", position=one, drop=one / 100, deviation=0.001) for one in range(number)
    )


def test_pixels_are_a_picture_with_the_strongest_named(full):
    section = reliance(full[0])
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [plain(cell) for cell in table.rows[0].cells] == ["pixel_2_0", "0.0200", "0.0020"]
    assert section.blocks[0].layout == "square"
    assert "The darkest is worth 0.0200." in plain(section.blocks[0].pictures[0].caption)


def test_columns_are_bars_the_longest_first_and_not_all_of_many(full):
    section = reliance(_table(_with(full[0], _columns(30))))
    picture = next(block for block in section.blocks if isinstance(block, Figures)).pictures[0]
    assert "The 20 columns of 30 with the largest falls." in plain(picture.caption)
    assert picture.svg.index("column 29") < picture.svg.index("column 10")
    assert "column 9<" not in picture.svg


def test_without_it_there_is_the_reason_or_nothing(full, study):
    assert reliance(study[0]) is None
    analysis = replace(
        full[0].analysis, permutation=None, left_out={"permutation": TooManyColumns(columns=1200, limit=1000)}
    )
    section = reliance(replace(full[0], analysis=analysis))
    assert plain(section.blocks[0].parts) == (
        "The importance of each column: left out. Reason: too many columns (1,200 columns; at most 1,000 are shuffled)."
    )


def test_a_single_shuffle_has_no_whisker(full):
    found = full[0].analysis.permutation
    columns = tuple(replace(one, deviation=None, name=f"c{one.position}") for one in found.columns)
    once = replace(found, columns=columns, repeats=1)
    result = _table(full[0])
    result = replace(result, analysis=replace(result.analysis, permutation=once))
    assert reliance(result).blocks[0].pictures[0].caption == ()
