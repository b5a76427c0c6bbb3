"""Of many pairs a page shows those with the best study, and says so."""

from __future__ import annotations

from itertools import combinations

from experiments.evaluation.comparison.comparison_record import Comparison
from experiments.reports.comparison.differences import ALLOWS
from experiments.reports.comparison.many_pairs import MOST
from experiments.reports.comparison.page import render_comparison
from support.comparisons import compared_pair, compared_study, difference


def _markdown(studies: int) -> tuple[str, str]:
    """Return the page of so many studies, and its picture of the differences."""
    pairs = tuple(
        compared_pair(first, second, difference(0.01, -0.02, 0.04)) for first, second in combinations(range(studies), 2)
    )
    named = tuple(compared_study(f"study-{at}") for at in range(studies))
    pages = render_comparison(Comparison(studies=named, pairs=pairs, settings=()))
    return pages.markdown, pages.pictures["differences_accuracy"]


def test_of_many_pairs_those_with_the_best_study_are_drawn_and_their_errors_counted() -> None:
    assert MOST == 15
    for studies, drawn in ((6, 15), (7, 6)):
        page, picture = _markdown(studies)
        assert picture.count(" better →") == drawn
        assert page.count("study-1 over study-2") == 1  # the table of differences has all
        assert page.count("study-0 and study-2") == 1
        assert page.count("study-1 and study-2 |") == (studies == 6)
        said = "Of so many pairs, only those with the first study of the same rows are shown"  # without scores, too
        assert page.count(said) == 2 * (studies == 7)


def test_the_answer_of_several_pairs_says_that_they_are_adjusted_for() -> None:
    page, _ = _markdown(3)
    said = f"3 pairs are tested with Holm's adjustment for their number. The test {ALLOWS}."
    assert page.index(said) < page.index("## Studies")
