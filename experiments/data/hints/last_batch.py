"""A hint about the few rows that are left over at the end of an epoch, where batches are normalised."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.config.spec import StudySpec
from nnet.batches import even_batch_size

FEW = 0.25  # share of a batch, up to which the rows that are left over cost accuracy


def last_batch_hint(spec: StudySpec, rows: Sequence[int]) -> tuple[str, ...]:
    """Name a batch size that leaves no few rows over, where batch normalisation would normalise these by themselves.

    A single row that is left over makes no step.

    Args:
        rows: number of training rows of each fold, and of the final model.
    """
    size = spec.training.batch_size
    if not (spec.training.batch_norm or "batch_norm" in spec.space) or "batch_size" in spec.space:
        return ()
    left = [count % size for count in rows if count > size and 1 < count % size <= FEW * size]
    if not left:
        return ()
    return (
        f"training.batch_size = {size} leaves {min(left)} rows for the last step of an epoch, and batch normalisation "
        f"by so few costs accuracy; training.batch_size = {even_batch_size(size, rows)} makes no step of so few.",
    )
