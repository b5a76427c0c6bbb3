from __future__ import annotations

from experiments.reports.comparison.latex import comparison_latex
from support.comparisons import comparison, difference


def test_the_answer_and_the_tables_of_a_comparison_are_written_for_a_paper() -> None:
    text = comparison_latex(comparison(difference(0.02, 0.01, 0.03)))
    assert "one is better than two: accuracy 0.0200 better on new rows, 95\\% interval [0.0100 better" in text
    captions = ["Scores", "Searches", "Best configurations", "Differences", "Test scores"]
    assert [line[9:-1] for line in text.splitlines() if line.startswith("\\caption{")] == captions
    assert "one over two & 0.0200 better & [0.0100 better, 0.0300 better] & 95\\% & yes \\\\" in text
    assert "The test allows for the luck of selection, and not for that of training" in text
