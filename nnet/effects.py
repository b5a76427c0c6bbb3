"""Settings that would learn nothing or do nothing beside others, which a training refuses before its first step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnet.batches import FoldData
from nnet.errors import SettingError
from nnet.losses import loss_of
from nnet.network import Architecture
from nnet.schedules import MULTIPLYING
from nnet.settings import TrainingSettings


def check_effects(architecture: Architecture, settings: TrainingSettings, folds: Sequence[FoldData]) -> None:
    """Refuse settings without the effect that their name promises.

    Raises:
        SettingError: there is such a setting; the message names it.
    """
    _check_batch_norm(architecture, settings.batch_size, min(len(data.train) for data in folds))
    for data in folds:
        _check_weights(data)
    if settings.schedule in MULTIPLYING and settings.decay == 0:
        raise SettingError(
            f"`0 < decay <= 1` must hold with schedule={settings.schedule!r}, but got decay=0, a learning rate of 0; "
            "set decay=0.01, or schedule='cosine', which falls to 0 slowly."
        )
    if settings.label_smoothing and not loss_of(settings.loss).classifies:
        raise SettingError(
            f"label_smoothing must be 0 with a loss that is no cross-entropy, as it does nothing with {settings.loss}, "
            f"but got {settings.label_smoothing}; set label_smoothing=0, or loss='cross_entropy' for classes."
        )


def _check_weights(data: FoldData) -> None:
    """Refuse weights of rows that are 0 or infinite in the type of x, in which the network computes.

    Raises:
        SettingError: the largest weight of the training rows is.
    """
    if data.weights is None:
        return
    largest, limits = float(data.weights[data.train].max()), np.finfo(data.x.dtype)
    least, most = float(limits.tiny), float(limits.max)
    if not least <= largest <= most:
        raise SettingError(
            f"the largest weight of a training row must be {least:.2g} to {most:.2g}, as x is of "
            f"{data.x.dtype}, but got {largest:.2g}; give weights / weights.max()."
        )


def _check_batch_norm(architecture: Architecture, batch_size: int, rows: int) -> None:
    """Refuse a batch normalisation over single rows, whose hidden units would all be 0.

    Args:
        rows: number of training rows.

    Raises:
        SettingError: the layers are normalised, and every batch has one row.
    """
    if architecture.batch_norm and architecture.hidden and min(batch_size, rows) == 1:
        given, instead = ("1 training row", "give more rows") if rows == 1 else ("batch_size=1", "set batch_size=2")
        raise SettingError(
            f"batch_norm=True needs 2 rows or more in a batch, but got {given}; {instead}, or batch_norm=False."
        )
