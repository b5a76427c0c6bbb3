"""A masked value is a missing one, whatever stands below the mask."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.readers.masked_arrays import has_masked, without_mask, without_masked_names

WHOLE = np.ma.array([[1, 2], [3, 4]], mask=[[True, False], [False, False]])


def test_a_masked_number_is_nan() -> None:
    for values in (WHOLE, list(WHOLE), WHOLE.astype(np.float32)):
        assert has_masked(values)
        np.testing.assert_array_equal(without_mask(values), [[np.nan, 2], [3, 4]])
    assert without_mask(WHOLE.astype(np.float32)).dtype == np.float32
    np.testing.assert_array_equal(WHOLE.data, [[1, 2], [3, 4]])


def test_a_masked_name_is_none_and_whole_numbers_stay_whole() -> None:
    for values in ([7, 8], ["a", "b"], [True, False]):
        found = without_masked_names(np.ma.array(values, mask=[False, True])).tolist()
        assert (found, type(found[0])) == ([values[0], None], type(values[0]))


def test_values_without_a_masked_one_keep_their_type() -> None:
    for values in ([1, 2], np.array([1, 2], np.uint8), np.ma.array([1, 2]), np.ma.array([1, 2], mask=[False, False])):
        assert not has_masked(values)
        for plain in (without_mask, without_masked_names):
            found = plain(values)
            assert (type(found), found.dtype, found.tolist()) == (np.ndarray, np.asarray(values).dtype, [1, 2])
    with pytest.raises(ValueError, match="inhomogeneous"):
        without_mask([[1, 2], [3]])
