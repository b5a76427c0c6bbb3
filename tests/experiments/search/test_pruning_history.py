from __future__ import annotations

import math

import pytest

from experiments.search.pruning_history import BLOCK, Histories, Inline, decoded, encoded, lines_of
from experiments.search.trial import History, VisibleTrials


def history(number: int) -> History:
    return History(
        "COMPLETE", number / 7, (3, 6), (math.pi / (number + 1), 1e-300), (("completed_rung_0", number / 3),)
    )


@pytest.mark.parametrize("one", [history(2), History("PRUNED", None), History("FAIL", None, (1,), (-0.0,))])
def test_an_encoded_history_is_the_same_to_the_last_bit(one: History) -> None:
    assert decoded(encoded(one)) == one
    assert str(decoded(encoded(one))) == str(one)
    assert b"\n" not in encoded(one)


def test_blocks_are_shared_once_and_what_travels_with_a_task_is_less_than_a_block() -> None:
    shared: list[bytes] = []

    def share(content: bytes) -> Inline:
        shared.append(content)
        return Inline(content)

    histories, expected = Histories(share), []
    seen: list[VisibleTrials] = []
    for number in range(2000):
        histories.add(history(number))
        expected.append(encoded(history(number)))
        seen.append(histories.visible)
        assert sum(map(len, seen[-1].rest)) < BLOCK
    assert len(shared) == len(seen[-1].blocks) > 3
    for count in (1, 500, 501, 2000):
        assert lines_of(seen[count - 1]) == tuple(expected[:count])
    first = len(lines_of(VisibleTrials(seen[-1].blocks[:1])))
    assert lines_of(seen[-1], after=1) == tuple(expected[first:])
