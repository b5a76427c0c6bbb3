"""A seal opens with a look for its own rows; rows are known again in any order."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.sealed import Look, SealedTestSet
from experiments.errors import LookError

FEATURES = np.random.default_rng(0).normal(size=(6, 3))
LABELS = np.array([0, 1, 2, 0, 1, 2], np.intp)


def sealed(rows: list[int]) -> SealedTestSet:
    return SealedTestSet(FEATURES[rows], LABELS[rows])


def test_a_look_for_these_rows_opens_them() -> None:
    test = sealed([4, 0, 2])
    features, labels = test.open(Look(test.fingerprint, "models", "study"), lambda _: True)
    np.testing.assert_array_equal(features, FEATURES[[4, 0, 2]])
    np.testing.assert_array_equal(labels, LABELS[[4, 0, 2]])
    assert len(test) == 3
    assert not features.flags.writeable
    assert not labels.flags.writeable


@pytest.mark.parametrize("rows", [[0, 1], [0, 1, 3], [2, 1, 0]])
def test_a_look_for_other_rows_does_not(rows: list[int]) -> None:
    other = sealed(rows)
    with pytest.raises(LookError, match="other test rows"):
        sealed([0, 1, 2]).open(Look(other.fingerprint, "models", "study"), lambda _: True)


def test_a_look_is_the_pair_of_rows_and_models() -> None:
    assert Look("rows", "models", "a").id == Look("rows", "models", "b").id
    assert len(Look("rows", "models", "a").id) == 32
    assert len({Look(rows, models, "a").id for rows in "rs" for models in "mn"}) == 4


def test_rows_in_another_order_have_the_same_hashes() -> None:
    one, other = sealed([0, 1, 2, 3]), sealed([3, 1, 0, 2])
    assert one.fingerprint != other.fingerprint
    assert one.row_hashes() == other.row_hashes()
    assert len(one.row_hashes()) == 4
    assert {len(one_hash) for one_hash in one.row_hashes()} == {SealedTestSet.HASH_BYTES}


def test_hashes_are_those_of_single_rows() -> None:
    assert sealed([0, 1, 2]).row_hashes() & sealed([2, 3]).row_hashes() == sealed([2]).row_hashes()
    assert not sealed([0, 1]).row_hashes() & sealed([2, 3]).row_hashes()


def test_a_label_and_the_last_bit_of_a_feature_are_in_the_hash() -> None:
    one = sealed([0])
    relabelled = SealedTestSet(FEATURES[[0]], LABELS[[1]])
    nudged = SealedTestSet(np.nextafter(FEATURES[[0]], 9), LABELS[[0]])
    assert len(one.row_hashes() | relabelled.row_hashes() | nudged.row_hashes()) == 3
    assert len({one.fingerprint, relabelled.fingerprint, nudged.fingerprint}) == 3


def test_the_hashes_do_not_depend_on_the_machines_integers() -> None:
    assert SealedTestSet(FEATURES[:3], LABELS[:3].astype(np.int32)).row_hashes() == sealed([0, 1, 2]).row_hashes()


def test_without_a_reservation_the_seal_stays_closed() -> None:
    test = sealed([0, 1, 2])
    with pytest.raises(LookError, match="sealed"):
        test.open(Look(test.fingerprint, "models", "study"), lambda _: False)
