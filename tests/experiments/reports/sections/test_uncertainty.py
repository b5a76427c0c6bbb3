from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.outer_record import OuterRecord
from experiments.evaluation.records.reasons import NetworkDiverged
from experiments.reports.blocks import Listing, Table, Text, plain
from experiments.reports.sections.uncertainty import uncertainty
from support.results import replaced


def _said(section):
    return [plain(block.parts) for block in section.blocks if isinstance(block, Text)]


def _rows(section):
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    return [[plain(cell) for cell in row.cells] for row in table.rows]


def _changed(result, **changes):
    return replaced(result, "analysis.uncertainty", **changes)


def test_sets_have_a_level_a_coverage_and_a_number_of_classes(full):
    section = uncertainty(full[0])
    assert _rows(section) == [["80%", "81.2%", "1.80"], ["90%", "91.2%", "1.90"], ["95%", "96.2%", "1.95"]]
    said = _said(section)
    assert said[0].startswith("Sets of classes of new rows, by predict --set-coverage, hold the classes that are ")
    assert "from the errors of 1,437 rows, predicted by networks that had not trained on them" in said[0]
    assert said[1].startswith("A level is meant for new rows like these, and is no guarantee")
    assert said[1].endswith(" It is of all rows together: those of a rare class may be inside much less often.")


def test_levels_that_are_left_out_are_said_to_need_more_rows_or_groups(full):
    record = full[0].analysis.uncertainty
    assert "Higher levels" not in _said(uncertainty(full[0]))[1]
    for by, unit in (("rows", "rows"), ("groups", "groups of rows")):
        fewer = uncertainty(_changed(full[0], checks=record.checks[:2], by=by))
        assert [row[0] for row in _rows(fewer)] == ["80%", "90%"]
        assert _said(fewer)[1].endswith(f" Higher levels need more {unit}.")


def test_outputs_that_are_no_probabilities_are_not_called_probable(full):
    squared = full[0].spec | {"training": full[0].spec["training"] | {"loss": "mean_squared_error"}}
    assert "hold the classes that are probable enough" in _said(uncertainty(full[0]))[0]
    assert "hold the classes whose output is high enough" in _said(uncertainty(replace(full[0], spec=squared)))[0]


def test_a_temperature_that_is_kept_has_its_log_loss_before_and_after(full):
    _, _, winner = _said(uncertainty(full[0]))
    assert "divides its logits by a temperature of 1.234, which changes no prediction. The test score is at" in winner
    assert (
        "from 0.1234 to 0.1111, for each fold fitted on the others: by 0.0123, with a standard error of 0.0045."
        in winner
    )


def test_a_temperature_is_said_to_be_that_of_scored_rows_only_where_it_is(full):
    nested = _said(uncertainty(replace(full[0], outer=OuterRecord(splitter="KFold", folds=(), baselines=()))))
    assert "The models of the outer folds were scored at temperatures of their own. It lowers" in nested[2]
    untested = _said(uncertainty(replace(full[0], test=None)))
    assert "which changes no prediction. It lowers the log loss" in untested[2]


def test_a_temperature_that_is_not_kept_says_why(full):
    other = full[0].analysis.uncertainty.default_temperature
    _, _, winner = _said(uncertainty(_changed(full[0], temperature=other, default_temperature=None)))
    assert winner == (
        "Probabilities are those of the networks. A temperature, by which logits are divided, would change the log "
        "loss out of fold from 0.2000 to 0.2100, for each fold fitted on the others: a gain of −0.0100 with a standard "
        "error of 0.0020. It is kept only where the gain is larger than that."
    )


def test_intervals_have_a_half_width_or_a_factor(full):
    numbers = {"temperature": None, "default_temperature": None, "quantiles": {"0.8": 1234.5, "0.9": 2.0, "0.95": 3.25}}
    plain_ones = _changed(full[0], score="error", **numbers)
    assert [row[2] for row in _rows(uncertainty(plain_ones))] == ["1,234.5", "2.0000", "3.2500"]
    assert "by predict --interval, reach from the prediction by the half width" in _said(uncertainty(plain_ones))[0]
    factors = _changed(
        full[0], score="error_of_logarithm", **numbers | {"quantiles": {"0.8": 0.0953, "0.9": 0.6931, "0.95": 1.0986}}
    )
    assert [row[2] for row in _rows(uncertainty(factors))] == ["1.1", "2", "3"]
    assert "divided by the factor to the prediction times the factor" in _said(uncertainty(factors))[0]


def test_groups_and_time_are_said(full):
    grouped = _said(uncertainty(_changed(full[0], by="groups", units=24)))
    assert "from the errors of 24 groups of rows, predicted" in grouped[0]
    assert grouped[1].endswith(" A group counts as one row.")
    timed = _said(uncertainty(_changed(full[0], by="rows_in_time_order")))
    assert timed[1].endswith(" Rows are in a time order, and later rows may differ.")


def test_a_study_with_a_final_model_has_the_command_that_predicts(full):
    first = uncertainty(full[0]).blocks[0]
    assert isinstance(first, Listing)
    assert first.text == "python -m experiments.predict digits new_rows.csv"
    untested = uncertainty(replace(full[0], test=None)).blocks
    assert not [block for block in untested if isinstance(block, Listing)]


def test_too_few_rows_are_said(full):
    said = _said(uncertainty(_changed(full[0], checks=(), units=3)))
    assert said[0] == "There are too few rows for intervals or sets: 3 rows."


def test_what_is_missing_has_its_reason_or_no_section(full, study):
    assert uncertainty(replace(study[0], test=None)) is None
    analysis = replace(full[0].analysis, uncertainty=None, left_out={"uncertainty": NetworkDiverged()})
    (said,) = _said(uncertainty(replace(full[0], analysis=analysis)))
    assert said.startswith("Uncertainty of predictions: left out. Reason: network diverged (")
