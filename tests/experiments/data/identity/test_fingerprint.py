"""Rows are known again by what they hold, not by how a library holds it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.data.identity.fingerprint import content_fingerprint, row_bytes, words_of
from experiments.data.identity.hashes import fingerprint
from experiments.data.splits.holdout import SealedTestSet
from support.tables import mixed_frame

FRAME = mixed_frame(40)
Y = np.arange(40) % 2


def test_numeric_arrays_have_the_fingerprint_of_their_bytes() -> None:
    x = np.random.default_rng(0).normal(size=(5, 3))
    assert content_fingerprint(x, Y[:5], None) == fingerprint(x, Y[:5])


def test_how_words_and_holes_are_held_does_not_matter() -> None:
    strings = FRAME.astype({"city": "str", "colour": "category"})
    assert content_fingerprint(strings, Y) == content_fingerprint(FRAME, Y)
    nan = FRAME.assign(city=FRAME["city"].where(FRAME["city"].notna(), np.nan))
    assert content_fingerprint(nan, Y) == content_fingerprint(FRAME, Y)


@pytest.mark.parametrize("column", range(4))
def test_every_cell_is_in_it(column: int) -> None:
    changed = FRAME.copy()
    changed.iloc[7, column] = "x" if column % 2 else 0.125
    assert content_fingerprint(changed, Y) != content_fingerprint(FRAME, Y)
    assert (words_of(changed) != words_of(FRAME)).sum() == 1
    assert len(set(row_bytes(changed, Y)) ^ set(row_bytes(FRAME, Y))) == 2


def test_groups_weights_and_dates_are_in_it() -> None:
    days = np.arange(40).astype("datetime64[D]")
    words = np.array(["a", "b"] * 20, object)
    assert len({content_fingerprint(FRAME, Y, extra) for extra in (None, days, words, words[::-1], days[::-1])}) == 5


def test_a_frames_sealed_rows_are_known_again_in_another_order() -> None:
    order = np.random.default_rng(0).permutation(40)
    ours, theirs = SealedTestSet(FRAME, Y), SealedTestSet(FRAME.iloc[order], Y[order])
    assert set(ours.known_by.read) == set(theirs.known_by.read)
    assert ours.fingerprint != theirs.fingerprint
    twice = SealedTestSet(pd.concat([FRAME, FRAME]), np.r_[Y, Y])
    assert twice.known_by.read == ours.known_by.read * 2


def test_a_number_to_predict_is_in_the_hash() -> None:
    numbers = np.linspace(0.1, 0.9, 40)
    nudged = np.r_[np.nextafter(numbers[0], 1), numbers[1:]]
    ours, theirs = (set(SealedTestSet(FRAME, one).known_by.read) for one in (numbers, nudged))
    assert len(ours ^ theirs) == 2
