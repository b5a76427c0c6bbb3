from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.evaluation.reasons import NetworkDiverged
from experiments.evaluation.records import MistakeValues
from experiments.evaluation.results import ColumnRecord, ReadingRecord
from experiments.reports.blocks import Figures, Gallery, Heading, Table, plain
from experiments.reports.sections.errors import errors
from support.results import replaced
from support.sections import texts

pytestmark = pytest.mark.slow


def _with(result, **changes):
    return replaced(replaced(result, "test", confusion=None), "analysis.out_of_fold", **changes)


def _names(section):
    return [one.name for block in section.blocks if isinstance(block, Figures) for one in block.pictures]


def test_what_is_known_is_shown(full):
    section = errors(full[0])
    assert _names(section) == ["confusion", "test_confusion", "calibration"]
    gallery = next(block for block in section.blocks if isinstance(block, Gallery))
    lines = ["true 0, predicted 1", "probability 0.910", "row 40, fold 0"]
    assert [plain(line) for line in gallery.thumbnails[0].lines] == lines
    assert [plain(cell) for cell in gallery.instead.rows[0].cells] == ["40", "0", "1", "0.910", "4.2500", "0"]


def test_mistakes_without_pictures_are_a_table(full):
    mistakes = tuple(replace(one, picture=None) for one in full[0].analysis.out_of_fold.mistakes)
    section = errors(_with(full[0], mistakes=mistakes))
    assert not [block for block in section.blocks if isinstance(block, Gallery)]
    titles = [block.title for block in section.blocks if isinstance(block, Table)]
    assert titles == ["Scores of each class", "Worst predictions"]


def test_a_loss_that_is_no_log_probability_has_no_nats(full):
    spec = {**full[0].spec, "training": {"loss": "mean_squared_error"}}
    titles = ("loss, nats", "excess of the predicted class's output")
    for result, title in zip((full[0], replace(full[0], spec=spec)), titles, strict=True):
        gallery = next(block for block in errors(result).blocks if isinstance(block, Gallery))
        assert title in [plain(column.title) for column in gallery.instead.columns]


def test_mistakes_have_the_values_of_their_rows(full):
    mistakes = tuple(replace(one, picture=None) for one in full[0].analysis.out_of_fold.mistakes[:2])
    values = MistakeValues(columns=("area", "<town>"), rows=(("1.5", "Ulm"), ("missing", "Jena")))
    result = replaced(_with(full[0], mistakes=mistakes), "analysis", mistake_values=values)
    table = [block for block in errors(result).blocks if isinstance(block, Table)][-1]
    assert [plain(column.title) for column in table.columns][-3:] == ["fold", "area", "<town>"]
    assert [[plain(cell) for cell in row.cells][-3:] for row in table.rows] == [
        *(["0", "1.5", "Ulm"], ["1", "missing", "Jena"]),
    ]
    assert table.rows[1].cells[-1].key == "analysis.mistake_values.rows[1][1]"


def test_numbers_are_drawn_against_the_truth(full):
    result = _with(full[0], confusion=None, calibration=None, mistakes=(), points=((1.0, 2.0), (2.0, 2.5)))
    assert _names(errors(result)) == ["predictions", "residuals"]


def test_the_most_frequent_confusions_of_many_classes_are_listed(full):
    size = 30
    counts = tuple(
        tuple(90 if here == there else 7 - here // 4 if there == here + 1 else 0 for there in range(size))
        for here in range(size)
    )
    result = replaced(full[0], "data", classes=tuple(f"class {at}" for at in range(size)))
    section = errors(_with(result, confusion=counts, mistakes=()))
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert len(table.rows) == 10
    assert [plain(cell) for cell in table.rows[0].cells] == ["class 0", "class 1", "7", "97"]
    assert any(isinstance(block, Heading) and "Most frequent" in block.text for block in section.blocks)


def test_what_is_unknown_is_left_out(full, study):
    assert errors(study[0]) is None
    section = errors(replaced(full[0], "", analysis=None))
    assert _names(section) == ["test_confusion"]
    assert section.blocks[0].layout == "square"


def test_what_predicted_is_said_where_it_is_not_a_single_network(full):
    result = replaced(full[0], "analysis.out_of_fold", members=5, score=0.98125, default_score=0.975)
    said = plain(errors(result).blocks[0].parts)
    assert said.startswith("Like the final model, the models that predict development rows here are the mean of 5 ")
    single = f"{result.best.cv_mean:.4f}"
    assert said.endswith(
        f" of such models is 0.9812 (that of the default 0.9750); single networks of this configuration have {single}."
    )
    without = replaced(result, "analysis.out_of_fold", default_score=None)
    assert "of such models is 0.9812; single networks" in plain(errors(without).blocks[0].parts)


def test_a_network_that_diverged_is_the_reason_for_what_is_missing(full):
    left_out = {"out_of_fold": NetworkDiverged()}
    result = replaced(replaced(full[0], "test", confusion=None), "analysis", out_of_fold=None, left_out=left_out)
    assert plain(errors(result).blocks[0].parts) == (
        "Out-of-fold predictions: left out. Reason: network diverged (a network of the final model diverged on a fold)."
    )


def _note(result):
    notes = texts(errors(result).blocks)
    return next(one for one in notes if "numbered" in one)


def test_it_is_said_among_which_rows_the_numbers_count(full):
    plainly = replace(full[0], reading=ReadingRecord(columns=(ColumnRecord(name="a", kind="number"),), dropped=0))
    assert "Rows are numbered as in the data, from 0, and so are folds." in _note(plainly)
    left_out = replace(plainly, reading=replace(plainly.reading, no_target=3))
    assert "Rows are numbered as in the data, from 0, and so are folds." in _note(left_out)
    earlier = replace(plainly, reading=replace(plainly.reading, no_target=3, dropped=None))
    assert "Rows are numbered among the rows that were kept, from 0, and so are folds." in _note(earlier)
    pixels = replace(plainly, reading=ReadingRecord(columns=(ColumnRecord(name="0", kind="pixel"),), dropped=0))
    assert (
        "Rows are numbered among the pictures that were read, by class and then by path, from 0, and so are folds."
        in _note(pixels)
    )


def test_pictures_have_the_names_of_their_files(full):
    mistakes = full[0].analysis.out_of_fold.mistakes
    values = MistakeValues(columns=("file",), rows=tuple((f"cat/{at}.png",) for at in range(len(mistakes))))
    result = replaced(full[0], "analysis", mistake_values=values)
    gallery = next(block for block in errors(result).blocks if isinstance(block, Gallery))
    assert plain(gallery.thumbnails[1].lines[-1]) == "file cat/1.png"
    assert plain(gallery.instead.columns[-1].title) == "file"
    assert plain(gallery.instead.rows[1].cells[-1]) == "cat/1.png"
    assert "The last columns" not in _note(result)
