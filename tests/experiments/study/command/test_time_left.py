"""The time left, by a clock that the test moves."""

from __future__ import annotations

import pytest

from experiments.study.command.time_left import AFTER, AS_MANY, FITS, MOST, PRUNED, TimeLeft


class Hand:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_known_before_the_first_trial() -> None:
    assert TimeLeft(10, 1, 1.0, Hand()).seconds is None


def test_equal_trials_and_what_comes_after_the_search_are_foreseen() -> None:
    hand = Hand()
    left = TimeLeft(10, 1, 1.0, hand)
    for _ in range(4):
        hand.now += 3
        left.tell(3.0)
    after = AFTER + FITS * (3 + 3)
    assert left.seconds == pytest.approx(6 * 3 + after)
    hand.now += 2  # in the middle of a trial
    assert left.seconds == pytest.approx(6 * 3 - 2 + after)
    left.end_search()
    assert left.seconds == pytest.approx(after)
    hand.now += 1
    assert left.seconds == pytest.approx(after - 1)
    hand.now += 100
    assert left.seconds == 0


def test_the_newer_half_of_the_trials_tells_the_pace() -> None:
    hand = Hand()
    left = TimeLeft(20, 1, 1.0, hand)
    for seconds in (9, 9, 9, 9, 1, 1, 1, 1):
        hand.now += seconds
        left.tell(float(seconds))
    assert left.seconds == pytest.approx(12 * 1 + AFTER + FITS * (9 + 9))


def test_what_is_usual_with_a_pruner_counts_until_many_trials_are_told() -> None:
    hand = Hand()
    plain, pruned = TimeLeft(101, 2, 0.0, hand), TimeLeft(101, 2, 0.0, hand, pruner=True)
    hand.now += 10
    for left in (plain, pruned):
        left.tell(10.0)
    after = FITS * (10 + 10) / 2
    assert plain.seconds == pytest.approx(100 * 10 + after)
    assert pruned.seconds == pytest.approx(100 * (10 + AS_MANY * PRUNED * 10 / 2) / (1 + AS_MANY) + after)
    for _ in range(79):
        hand.now += 1
        for left in (plain, pruned):
            left.tell(2.0)
    usual = AS_MANY * PRUNED * 10 / 2  # beside the 40 newer trials, which took a second each
    assert plain.seconds == pytest.approx(21 * 1 + after)
    assert pruned.seconds == pytest.approx(21 * (40 + usual) / (40 + AS_MANY) + after)


def test_a_resumed_search_knows_the_trials_of_the_earlier_command() -> None:
    hand = Hand()
    left = TimeLeft(6, 2, 0.0, hand)
    for seconds, best in ((8.0, True), (2.0, True), (4.0, False)):
        left.tell(seconds, best, before=True)
    after = FITS * (8 + 2) / 2
    assert left.seconds == pytest.approx(6 * 3 / 2 + after)  # two of three seconds are the newer half
    hand.now += 1
    assert left.seconds == pytest.approx(6 * 3 / 2 - 1 + after)
    hand.now += 4
    left.tell(10.0)  # now its own pace counts
    assert left.seconds == pytest.approx(5 * 5 + after)


def test_a_search_that_was_done_has_what_comes_after_it_left() -> None:
    left = TimeLeft(0, 1, 0.0, Hand())
    left.tell(8.0, best=True, before=True)
    assert left.seconds == pytest.approx(FITS * (8 + 8))


def test_the_networks_of_the_default_and_of_the_best_are_trained_after_the_search() -> None:
    hand = Hand()
    left = TimeLeft(3, 2, 1.0, hand, members=5)
    for seconds, best in ((4.0, True), (2.0, True), (8.0, False)):
        left.tell(seconds, best)
    assert left.seconds == pytest.approx(AFTER + FITS * 5 * (4 + 2) / 2)


def test_data_that_took_long_to_load_tells_nothing_of_the_machine() -> None:
    hand = Hand()
    of_machine, of_data = TimeLeft(0, 1, MOST, hand), TimeLeft(0, 1, 1000.0, hand)
    for left in (of_machine, of_data):
        left.end_search()
    assert of_machine.seconds == of_data.seconds == pytest.approx(AFTER * MOST)
