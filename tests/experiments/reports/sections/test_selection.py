from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.analysis_record import FinalRecord
from experiments.evaluation.records.outer_record import OuterRecord
from experiments.evaluation.records.reasons import RowsInTimeOrder
from experiments.reports.blocks import Table, plain
from experiments.reports.sections.selection import MORE, selection
from support.results import replaced
from support.sections import paragraph


def _changed(result, **changes):
    return replaced(result, "analysis.selection", **changes)


def test_the_corrected_score_and_its_optimism(full):
    said = paragraph(selection(full[0]))
    assert "Corrected for selection: 0.9701, 95% interval [0.9611, 0.9789]" in said
    assert "Being the best of 31 complete configurations seems to make that about 0.0037 too good" in said
    said = paragraph(selection(_changed(full[0], optimism=0.00001)))
    assert "best of 31 complete configurations does not seem to make that too good." in said


def test_one_configuration_was_not_chosen(full):
    said = paragraph(selection(_changed(full[0], configurations=1, optimism=0.0005)))
    assert "Only one configuration is complete, so that none was chosen" in said
    assert "too good" not in said
    assert "luck" not in said


def test_of_a_single_trial_its_epoch_was_chosen(full):
    section = selection(replace(full[0], trials=full[0].trials[:1]))
    (row,) = next(block for block in section.blocks if isinstance(block, Table)).rows
    assert plain(row.cells[0]) == "default"
    said = paragraph(section)
    assert "That epoch is the best of the only trial on the same folds, and being chosen for that makes it" in said


def test_the_score_over_all_rows_is_called_optimistic_where_it_seems_so(full):
    def named(**changes):
        (figures,) = [block for block in selection(_changed(full[0], **changes)).blocks if hasattr(block, "pictures")]
        return figures.pictures[0].alt

    assert "all rows (optimistic), corrected" in named()
    assert "all rows, corrected" in named(optimism=-0.3)
    assert "all rows, corrected" in named(configurations=1)


def test_a_corrected_score_above_the_winners_has_its_reason(full):
    spec = full[0].spec | {"cv": full[0].spec["cv"] | {"metric": "average_precision"}}
    why = "does not seem to make that too good; the corrected score is higher, as its draws choose by the score over"
    assert why in paragraph(selection(_changed(replace(full[0], spec=spec), optimism=-0.3)))
    assert why not in paragraph(selection(_changed(full[0], optimism=-0.0005)))  # of a mean over rows it may be chance


def test_the_gain_is_compared_with_the_gain_by_luck(full):
    for floor95, words in ((0.001, MORE.format("the test score")), (0.5, "luck alone can give as much")):
        said = paragraph(selection(_changed(full[0], floor95=floor95)))
        assert "a search of 31 configurations would on average still seem to gain 0.0042 on rows like these" in said
        assert f"This search seems to gain 0.0067: {words}." in said
    assert "luck" not in paragraph(selection(_changed(full[0], gain=None, floor=None, floor95=None)))


def test_without_the_analysis_the_score_stays_optimistic(study):
    said = paragraph(selection(study[0]))
    assert "being chosen for that makes it optimistic" in said
    assert "Corrected" not in said


def test_the_choice_of_the_smallest_is_said_with_the_correction(full):
    kept = replaced(full[0], "", spec=full[0].spec | {"final": {"choice": "smallest"}})
    said = paragraph(selection(kept))
    assert "The winner’s network is the smallest within one standard error of the best of 40 trials on the same" in said
    assert "in each, the smallest network within one standard error of the best on the drawn rows is scored" in said
    assert "Being chosen from 31 complete configurations seems" in said
    usual = paragraph(selection(full[0]))
    assert "The winner’s is the best of 40 trials on the same folds" in usual
    assert "in each, the best configuration on the drawn rows is scored on the others" in usual


def test_a_missing_correction_has_its_reason(full):
    said = paragraph(
        selection(replaced(full[0], "analysis", selection=None, left_out={"selection": RowsInTimeOrder()}))
    )
    assert "Corrected selection score: left out. Reason: rows in time order (they depend" in said


def test_a_test_score_by_another_metric_is_not_drawn_beside_it(full):
    section = selection(replaced(full[0], "test", metric="f1_macro"))
    svgs = [block.pictures[0].svg for block in section.blocks if hasattr(block, "pictures")]
    assert "corrected" in svgs[0]
    assert "test score" not in svgs[0]


def test_the_scores_are_of_single_networks_where_the_final_model_has_several(full):
    assert "single networks" not in paragraph(selection(full[0]))
    several = replaced(full[0], "", final=FinalRecord(members=5, epochs=9, default_epochs=9))
    assert (
        "The search compares single networks, and these are their scores; the final model is the mean of several."
    ) in paragraph(selection(several))
    assert paragraph(selection(replace(several, test=None))).count("final model") == 0


def test_a_default_that_won_stands_there_once(full):
    won = replaced(full[0], "best", number=0)
    (table,) = [block for block in selection(won).blocks if isinstance(block, Table)]
    assert [plain(row.cells[0]) for row in table.rows] == ["default"]


def test_only_new_rows_can_confirm_the_gain_of_a_nested_study(full):
    changed = _changed(full[0], floor95=0.001)
    outer = OuterRecord(splitter="StratifiedKFold", folds=(), baselines=())
    assert "which only the test score can confirm" in paragraph(selection(changed))
    assert "which only new rows can confirm" in paragraph(selection(replace(changed, outer=outer)))
