from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.analysis_record import FinalRecord
from experiments.reports.blocks import Table, plain
from experiments.reports.sections.baselines import baselines
from support.results import replaced


def _rows(section):
    rows = [row for block in section.blocks if isinstance(block, Table) for row in block.rows]
    return [(tuple(map(plain, row.cells)), row.kind) for row in rows]


def test_tuned_default_and_baselines_come_in_this_order(full):
    rows = _rows(baselines(full[0]))
    assert [cells[0] for cells, _ in rows] == [
        "tuned",
        "default",
        "majority class",
        "logistic regression",
        "gradient boosting",
    ]
    assert rows[0][0][1:3] == ("0.9722", "[0.9494, 0.9850]")
    assert rows[1][0][1:3] == ("0.9583", "–")
    cells, kind = rows[-1]
    assert cells == ("gradient boosting", "–", "–", "no score: not fitted (out of trees)")
    assert kind == "partial"
    assert rows[3][0][3] == "L2 with C = 1, L-BFGS, at most 100 iterations, not converged"


def test_the_default_has_its_own_epochs_and_networks(full):
    def described(final):
        return _rows(baselines(replace(full[0], final=final)))[1][0][3]

    final = FinalRecord(members=5, epochs=108, default_epochs=60)
    assert described(None) == "trial 0, fixed before the search"
    assert described(final) == "trial 0, fixed before the search; the mean of 5 networks, trained for 60 epochs"
    assert described(replace(final, members=1)) == "trial 0, fixed before the search; trained for 60 epochs"


def test_a_default_that_won_is_called_so(full):
    won = replace(replaced(full[0], "test", default=None), best=replace(full[0].best, number=0))
    cells, _ = _rows(baselines(won))[0]
    assert (cells[0], cells[3]) == ("default", "trial 0")


def test_of_a_single_trial_nothing_was_tuned(full):
    section = baselines(replace(full[0], trials=full[0].trials[:1]))
    assert _rows(section)[0][0][0] == "default"
    assert "the dotted line marks the default model." in plain(section.blocks[0].pictures[0].caption)


def test_an_arrow_is_explained_where_there_is_one(full):
    def caption(score):
        majority = replace(full[0].test.references[0], score=score, ci95=(score - 0.01, score + 0.01))
        references = (majority, *full[0].test.references[1:])
        (picture,) = baselines(replaced(full[0], "test", references=references)).blocks[0].pictures
        assert ("0.1000" in picture.svg) == (score == 0.1)
        return plain(picture.caption)

    assert caption(0.1).endswith("An arrow on the edge is a score far off the scale.")
    assert caption(0.95).endswith("the dotted line marks the tuned model.")


def test_without_a_test_score_or_baselines_there_is_no_section(make_study):
    sealed, _ = make_study(trials=1, test=None, ledger=None)
    assert baselines(sealed) is None
    assert baselines(make_study(trials=1)[0]) is None


def test_a_default_that_diverged_has_no_row(full):
    rows = _rows(baselines(replaced(full[0], "test", default=None)))
    assert [cells[0] for cells, _ in rows][:2] == ["tuned", "majority class"]


def test_the_default_has_its_interval_where_the_result_has_it(full):
    measured = replace(full[0].test.default, ci95=(0.9331, 0.9744))
    rows = _rows(baselines(replaced(full[0], "test", default=measured)))
    assert rows[1][0][1:3] == ("0.9583", "[0.9331, 0.9744]")
