"""The parameters that act on hidden layers alone, and so have no effect in a network without any."""

from __future__ import annotations

from typing import Final

OF_HIDDEN_LAYERS: Final = frozenset({"activation", "batch_norm", "dropout", "noise"})
