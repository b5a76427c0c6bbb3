from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.analysis_record import NetworkSize, SmallestRecord
from experiments.reports.blocks import Figures, Table, plain
from experiments.reports.sections.sizes import LISTED, sizes
from support.results import replaced
from support.sections import paragraph

NETWORKS = (
    NetworkSize(trial=5, parameters=1_000, products=900, behind=0.0213, error=0.004),
    NetworkSize(trial=8, parameters=2_000, products=1_900, behind=0.0312, error=0.005),
    NetworkSize(trial=9, parameters=3_000, products=2_900, behind=0.0021, error=0.0036),
    NetworkSize(trial=1, parameters=4_000, products=3_900, behind=0.0, error=0.0),
    NetworkSize(trial=2, parameters=9_000, products=8_900, behind=0.001, error=0.002),
)
RECORD = SmallestRecord(best=1, trial=9, networks=NETWORKS, method="paired_bootstrap_rows", draws=1000)


def _section(study, choice="best", **changes):
    result = study[0]
    spec = result.spec | {"final": {"members": 1} | ({} if choice == "best" else {"choice": choice})}
    return sizes(replace(replaced(result, "analysis", smallest=replace(RECORD, **changes)), spec=spec))


def test_the_smallest_is_named_beside_the_best(full):
    value = full[0].trials[9].value
    said = paragraph(_section(full))
    assert said.startswith(
        "The smallest network within one standard error of the best: trial 9 with 3,000 parameters, 75% of the 4,000 "
        f"of the best, trial 1. Its selection score is {value:.4f}, 0.0021 behind; the standard error of that "
        'difference is 0.0036. The best is kept; [final] choice = "smallest" keeps the smallest instead.'
    )
    assert "by 1,000 bootstrap draws of rows that both predicted" in said
    assert LISTED in said


def test_a_study_that_keeps_the_smallest_says_so(full):
    assert 'It is kept instead of the best, by [final] choice = "smallest".' in paragraph(_section(full, "smallest"))


def test_the_best_may_be_the_smallest(full):
    said = paragraph(_section(full, trial=1))
    expected = "No smaller network is within one standard error of the best: trial 1 with 4,000 parameters."
    assert said.startswith(expected)


def test_the_table_has_the_networks_that_no_smaller_one_equals(full):
    table = next(block for block in _section(full).blocks if isinstance(block, Table))
    rows = [tuple(map(plain, row.cells)) for row in table.rows]
    assert [(row[0], row[2], *row[4:]) for row in rows] == [
        ("5", "1,000", "0.0213", "0.0040"),
        ("9", "3,000", "0.0021", "0.0036"),
        ("1", "4,000", "0.0000", "0.0000"),
    ]


def test_networks_of_one_size_have_no_picture(full):
    alike = tuple(replace(one, parameters=7) for one in NETWORKS)
    blocks = _section(full, trial=1, networks=alike).blocks
    assert not [block for block in blocks if isinstance(block, Figures | Table)]
    assert LISTED not in plain(blocks[-1].parts)


def test_the_smallest_of_all_needs_no_table(full):
    worse = tuple(replace(one, behind=0.1) for one in NETWORKS[1:])
    blocks = _section(full, trial=5, best=5, networks=(replace(NETWORKS[0], behind=0.0), *worse)).blocks
    assert [type(block) for block in blocks if isinstance(block, Figures | Table)] == [Figures]


def test_folds_and_groups_are_said(full):
    folds = paragraph(_section(full, method="corrected_folds", draws=None))
    assert "by the folds, widened because their training rows overlap (Nadeau and Bengio)" in folds
    assert "draws of groups of rows that both predicted" in paragraph(_section(full, method="paired_bootstrap_groups"))


def test_a_result_without_it_has_no_section(study, full):
    assert sizes(study[0]) is None
    assert sizes(replaced(full[0], "analysis", smallest=None)) is None


def test_of_a_single_trial_no_network_is_the_smallest(full):
    assert _section((replace(full[0], trials=full[0].trials[:1]),)) is None
