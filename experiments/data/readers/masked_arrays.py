"""NumPy's masked arrays as plain arrays: a masked value is a missing one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def without_mask(values: Any) -> NDArray[Any]:
    """Turn values into an array, in which a masked number is NaN, and another masked value None.

    Raises:
        ValueError: the rows have different lengths.

    >>> without_mask(np.ma.array([1, 2], mask=[True, False]))
    array([nan,  2.])
    >>> without_mask(np.ma.array(["a", "b"], mask=[True, False]))
    array([None, 'b'], dtype=object)
    """
    masked = _masked(values)
    if masked is None:
        return np.asarray(values)
    kind = masked.dtype.kind
    wide = masked.data.astype(masked.dtype if kind == "f" else np.float64 if kind in "iub" else object)
    wide[np.ma.getmaskarray(masked)] = np.nan if kind in "iufb" else None
    return wide


def without_masked_names(values: Any) -> NDArray[Any]:
    """Turn values into an array, in which a masked value is None, so that whole numbers and truth values stay such.

    Raises:
        ValueError: the rows have different lengths.

    >>> without_masked_names(np.ma.array([1, 2], mask=[True, False]))
    array([None, 2], dtype=object)
    """
    masked = _masked(values)
    return np.asarray(values) if masked is None else without_mask(masked.astype(object))


def has_masked(values: Any) -> bool:
    """Tell whether a value is masked, in an array or in one of a list of arrays."""
    return _masked(values) is not None


def _masked(values: Any) -> np.ma.MaskedArray[Any, Any] | None:
    """Return the masked array of values of which at least one is masked; None of others."""
    if isinstance(values, list | tuple) and any(isinstance(part, np.ma.MaskedArray) for part in values):
        values = np.ma.array(values)
    # a mask of records has a field for each of theirs, and records are refused anyway
    if not isinstance(values, np.ma.MaskedArray) or values.dtype.names is not None:
        return None
    return values if np.ma.is_masked(values) else None
