"""The array types that the network speaks of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Rows = NDArray[np.integer[Any]]
Labels = NDArray[np.integer[Any]]
Targets = NDArray[Any]  # labels, or numbers to be met
