"""A seal opens with a look for its own rows; rows are known again in any order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.data.identity.cells import SourceCells
from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.errors import LedgerError

FEATURES = np.random.default_rng(0).normal(size=(6, 3))
LABELS = np.array([0, 1, 2, 0, 1, 2], np.intp)
OLD_NUMBERS = ["391d8f7ae9b63aec", "036a7333ca64df26"]
OLD_FRAME = ["36aaa047075efee2", "311f2bb29f88da55"]


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
    with pytest.raises(LedgerError, match="other test rows"):
        sealed([0, 1, 2]).open(Look(other.fingerprint, "models", "study"), lambda _: True)


def test_a_look_is_the_pair_of_rows_and_models() -> None:
    assert Look("rows", "models", "a").id == Look("rows", "models", "b").id
    assert len(Look("rows", "models", "a").id) == 32
    assert len({Look(rows, models, "a").id for rows in "rs" for models in "mn"}) == 4


def test_rows_are_known_one_by_one_and_in_order() -> None:
    one, other = sealed([0, 1, 2, 3]).known_by, sealed([3, 1, 0, 2]).known_by
    assert one.fingerprint != other.fingerprint == sealed([3, 1, 0, 2]).fingerprint
    for ours, theirs in ((one.cells, other.cells), (one.read, other.read)):
        assert theirs == tuple(ours[at] for at in (3, 1, 0, 2))
        assert len(set(ours)) == 4
        assert {len(one_hash) for one_hash in ours} == {8}


def test_a_label_and_the_last_bit_of_a_feature_are_in_the_hash() -> None:
    relabelled = SealedTestSet(FEATURES[[0]], LABELS[[1]])
    nudged = SealedTestSet(np.nextafter(FEATURES[[0]], 9), LABELS[[0]])
    known = [one.known_by for one in (sealed([0]), relabelled, nudged)]
    for of_row in ({one.cells for one in known}, {one.read for one in known}, {one.fingerprint for one in known}):
        assert len(of_row) == 3


def test_the_hashes_do_not_depend_on_the_machines_integers() -> None:
    small = SealedTestSet(FEATURES[:3], LABELS[:3].astype(np.int32)).known_by
    assert (small.cells, small.read) == (sealed([0, 1, 2]).known_by.cells, sealed([0, 1, 2]).known_by.read)


def test_rows_as_read_have_the_hashes_that_version_0_1_0_gave_them() -> None:
    numbers = SealedTestSet(np.array([[0.5, -0.0], [1.0, 2.0]]), np.array([0, 1]))
    assert [one.hex() for one in numbers.known_by.read] == OLD_NUMBERS
    frame = pd.DataFrame({"age": [31.0, np.nan], "colour": ["red", None]})
    assert [one.hex() for one in SealedTestSet(frame, np.array([1.5, 2.5])).known_by.read] == OLD_FRAME


def test_the_cells_of_the_source_are_hashed_instead_where_they_are_given() -> None:
    source = SourceCells.of(np.array([["a", "7"], ["b", "8"]]))
    known = SealedTestSet(FEATURES[:2], LABELS[:2], cells=source).known_by
    assert known.cells == source.hashes()
    assert known.read == sealed([0, 1]).known_by.read


def test_without_a_reservation_the_seal_stays_closed() -> None:
    test = sealed([0, 1, 2])
    with pytest.raises(LedgerError, match="sealed"):
        test.open(Look(test.fingerprint, "models", "study"), lambda _: False)
