"""Operating points of two classes, against what scikit-learn says of each threshold."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from experiments.evaluation.analysis.operating_points import GOALS, THRESHOLDS, operating_points
from experiments.evaluation.records.roc_record import OperatingPoint
from nnet.arrays import Array, Targets
from nnet.metrics import class_probabilities


def drawn(share: float, rows: int = 400, seed: int = 0) -> tuple[Array, Targets]:
    """Return logits (N, 2) and labels, of which the second class has a share."""
    chance = np.random.default_rng(seed)
    y = (chance.random(rows) < share).astype(np.intp)
    logits = chance.normal(1.5 * y + np.log(share / (1 - share)), 1.0)
    return np.stack([np.zeros(rows), logits], axis=1), y


def by_rule(z: Array, y: Targets) -> dict[tuple[str, float | None], OperatingPoint]:
    return {(point.rule, point.goal): point for point in operating_points(z, y)}


@pytest.mark.parametrize("share", [0.05, 0.5, 0.93])
def test_the_shares_of_a_point_are_those_of_its_threshold_as_it_is_written(share: float) -> None:
    z, y = drawn(share)
    p = class_probabilities(z)[:, 1]
    for point in operating_points(z, y):
        named = p >= float(f"{point.threshold:.9g}")
        assert point.named == pytest.approx(named.mean())
        assert point.recall == pytest.approx(recall_score(y, named))
        assert point.specificity == pytest.approx(recall_score(y, named, pos_label=0))
        assert (point.precision is None) == (not named.any())
        if point.precision is not None:
            assert point.precision == pytest.approx(precision_score(y, named))


def test_no_other_threshold_has_a_larger_f1_or_youden_index() -> None:
    z, y = drawn(0.1)
    p, points = class_probabilities(z)[:, 1], by_rule(z, y)
    positive, named, hits = y.sum(), np.arange(len(y), 0, -1), y[np.argsort(p)][::-1].cumsum()[::-1]
    f1 = 2 * hits / (named + positive)  # at the threshold of each row, which no other row has
    youden = hits / positive + 1 - (named - hits) / (len(y) - positive)
    best, most = points["f1", None], points["youden", None]
    assert best.precision is not None
    assert 2 * best.precision * best.recall / (best.precision + best.recall) == pytest.approx(f1.max())
    assert most.recall + most.specificity == pytest.approx(youden.max())
    assert best.threshold != most.threshold


def test_a_recall_has_the_highest_threshold_that_reaches_it() -> None:
    z, y = drawn(0.1)
    p, points = class_probabilities(z)[:, 1], by_rule(z, y)
    for goal in GOALS:
        limit = points["recall", goal].threshold
        higher = THRESHOLDS[limit < THRESHOLDS][0]
        assert recall_score(y, p >= higher) < goal <= recall_score(y, p >= limit)


def test_where_the_first_class_is_the_rarer_one_the_goals_are_of_its_recall() -> None:
    z, y = drawn(0.93)
    p, points = class_probabilities(z)[:, 1], by_rule(z, y)
    for goal in GOALS:
        limit = points["specificity", goal].threshold
        lower = THRESHOLDS[limit > THRESHOLDS][-1]
        assert recall_score(y, p >= lower, pos_label=0) < goal <= recall_score(y, p >= limit, pos_label=0)


def test_of_equally_good_thresholds_the_usual_one_is_kept() -> None:
    points = operating_points(np.array([[-3.0], [-2.0], [2.0], [3.0]]), np.array([0, 0, 1, 1]))
    assert [point.threshold for point in points[:3]] == [0.5, 0.5, 0.5]


def test_a_share_that_no_threshold_finds_has_no_point() -> None:
    """The second class has a probability below every threshold."""
    points = operating_points(np.array([[-30.0], [-2.0], [-3.0]]), np.array([1, 0, 0]))
    assert [point.rule for point in points] == ["half", "f1", "youden"]
    assert (points[0].named, points[0].recall, points[0].precision) == (0.0, 0.0, None)


def test_thresholds_are_what_their_digits_say() -> None:
    assert [float(f"{one:.9g}") for one in THRESHOLDS] == THRESHOLDS.tolist()
    assert ((THRESHOLDS > 0) & (THRESHOLDS < 1) & (np.diff(THRESHOLDS, prepend=0) > 0)).all()
    assert {0.5, 0.000123, 0.0755, 0.9877, 0.999877} <= set(THRESHOLDS.tolist())
