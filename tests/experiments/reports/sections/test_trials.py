from __future__ import annotations

from experiments.reports.blocks import Facts, Table, Text, plain
from experiments.reports.sections.trials import trials


def test_those_that_did_not_end_by_themselves_are_named(study):
    section = trials(study[0])
    rows = next(block for block in section.blocks if isinstance(block, Facts)).rows
    facts = {plain(name): plain(fact) for name, fact in rows}
    assert facts["trial 22"] == "failed, worker died after 0 epochs"
    assert facts["trial 7"] == "diverged after 1 epoch"
    said = [plain(block.parts) for block in section.blocks if isinstance(block, Text)]
    assert "Outcomes that a clock or a death caused: trial 22 (worker died)." in said


def test_of_very_many_the_first_are_named(make_study):
    result, _ = make_study(trials=500)
    facts = next(block for block in trials(result).blocks if isinstance(block, Facts)).rows
    assert len(facts) == 31
    assert [plain(one) for one in facts[-1]] == ["and", "19 more, in trials.csv"]


def test_winner_and_unfinished_ones_are_marked(study):
    table = next(block for block in trials(study[0]).blocks if isinstance(block, Table))
    kinds = {plain(row.cells[0]): row.kind for row in table.rows}
    assert (kinds["24"], kinds["7"], kinds["1"]) == ("winner", "partial", "")
