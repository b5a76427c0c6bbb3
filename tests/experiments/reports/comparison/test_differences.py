"""What is not tested is said with its reason, at a terminal too."""

from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.comparison.comparison_record import NoTest
from experiments.reports.blocks import plain
from experiments.reports.comparison.differences import answer, untested
from support.comparisons import compared_pair, compared_study, comparison, difference


def test_of_several_pairs_each_that_is_not_tested_has_its_reason() -> None:
    two = comparison(None, NoTest(code="other_metric"))
    assert untested(two) == []  # the answer says it
    pairs = (
        compared_pair(0, 1, difference(0.1, 0.05, 0.15)),
        compared_pair(0, 2, None, NoTest(code="other_metric")),
        compared_pair(1, 2, None, NoTest(code="other_target")),
    )
    three = replace(two, studies=(*two.studies, compared_study("three")), pairs=pairs)
    lines = [plain(words) for words in untested(three)]
    assert len(lines) == 2
    assert lines[0].endswith(": they choose by different metrics (--metric NAME scores both by one).")
    assert {"one", "three"} <= set(lines[0].replace(":", "").split())
    alike = replace(three, pairs=(pairs[0], pairs[1], replace(pairs[2], no_test=pairs[1].no_test)))
    (line,) = [plain(words) for words in untested(alike)]
    assert line.endswith(": they choose by different metrics (--metric NAME scores both by one).")
    assert line.count("three") == 2
    assert "2 of 3 pairs are not tested; the reasons stand below." in [plain(words) for words in answer(three)[0]]
