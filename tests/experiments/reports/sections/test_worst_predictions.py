from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.analysis_record import MistakeValues
from experiments.evaluation.records.results import ColumnRecord, ReadingRecord
from experiments.reports.blocks import Gallery, Table, plain
from experiments.reports.sections.worst_predictions import worst_predictions
from support.results import replaced
from support.sections import texts


def _shown(result, mistakes=None):
    return worst_predictions(result, result.analysis.out_of_fold.mistakes if mistakes is None else mistakes)


def test_nothing_wrong_is_nothing_to_show(full):
    assert _shown(full[0], ()) == []


def test_mistakes_without_pictures_are_a_table(full):
    mistakes = tuple(replace(one, picture=None) for one in full[0].analysis.out_of_fold.mistakes)
    blocks = _shown(full[0], mistakes)
    assert not [block for block in blocks if isinstance(block, Gallery)]
    titles = [block.title for block in blocks if isinstance(block, Table)]
    assert titles == ["Worst predictions"]


def test_a_loss_that_is_no_log_probability_has_no_nats(full):
    spec = {**full[0].spec, "training": {"loss": "mean_squared_error"}}
    titles = ("loss, nats", "excess of the predicted class's output")
    for result, title in zip((full[0], replace(full[0], spec=spec)), titles, strict=True):
        gallery = next(block for block in _shown(result) if isinstance(block, Gallery))
        assert title in [plain(column.title) for column in gallery.instead.columns]


def test_mistakes_have_the_values_of_their_rows(full):
    mistakes = tuple(replace(one, picture=None) for one in full[0].analysis.out_of_fold.mistakes[:2])
    values = MistakeValues(columns=("area", "<town>"), rows=(("1.5", "Ulm"), ("missing", "Jena")))
    result = replaced(full[0], "analysis", mistake_values=values)
    (table,) = [block for block in _shown(result, mistakes) if isinstance(block, Table)]
    assert [plain(column.title) for column in table.columns][-3:] == ["fold", "area", "<town>"]
    assert [[plain(cell) for cell in row.cells][-3:] for row in table.rows] == [
        *(["0", "1.5", "Ulm"], ["1", "missing", "Jena"]),
    ]
    assert table.rows[1].cells[-1].key == "analysis.mistake_values.rows[1][1]"


def _note(result):
    notes = texts(_shown(result))
    return next(one for one in notes if "numbered" in one)


def test_it_is_said_among_which_rows_the_numbers_count(full):
    plainly = replace(full[0], reading=ReadingRecord(columns=(ColumnRecord(name="a", kind="number"),), dropped=0))
    assert "Rows are numbered as in the data, from 0, and so are folds." in _note(plainly)
    left_out = replace(plainly, reading=replace(plainly.reading, no_target=3))
    assert "Rows are numbered as in the data, from 0, and so are folds." in _note(left_out)
    earlier = replace(plainly, reading=replace(plainly.reading, no_target=3, dropped=None))
    assert "Rows are numbered among the rows that were kept, from 0, and so are folds." in _note(earlier)
    pixels = replace(plainly, reading=ReadingRecord(columns=(ColumnRecord(name="0", kind="pixel"),), dropped=0))
    assert "Rows are numbered as in the data, from 0" in _note(pixels)  # of an array of pictures
    mistakes = full[0].analysis.out_of_fold.mistakes
    values = MistakeValues(columns=("file",), rows=tuple((f"cat/{at}.png",) for at in range(len(mistakes))))
    assert (
        "Rows are numbered among the pictures that were read, by class and then by path, from 0, and so are folds."
        in _note(replaced(pixels, "analysis", mistake_values=values))
    )


def test_pictures_have_the_names_of_their_files(full):
    mistakes = full[0].analysis.out_of_fold.mistakes
    values = MistakeValues(columns=("file",), rows=tuple((f"cat/{at}.png",) for at in range(len(mistakes))))
    result = replaced(full[0], "analysis", mistake_values=values)
    gallery = next(block for block in _shown(result) if isinstance(block, Gallery))
    assert plain(gallery.thumbnails[1].lines[-1]) == "file cat/1.png"
    assert plain(gallery.instead.columns[-1].title) == "file"
    assert plain(gallery.instead.rows[1].cells[-1]) == "cat/1.png"
    assert "The last columns" not in _note(result)
