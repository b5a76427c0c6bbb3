"""Losses from logits, with their gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnet.arrays import Array


class SoftmaxCrossEntropy:
    """Cross-entropy of softmax(logits) against target probabilities, for a fixed number of folds and rows.

    loss = -sum_c t_c log p_c with p = softmax(logits); its gradient with respect to the logits is p - t when the
    targets sum to one. The largest logit is subtracted first, so nothing overflows.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4.

    >>> loss = SoftmaxCrossEntropy(folds=1, rows=1, classes=2, dtype=np.dtype(float))
    >>> logits, total = np.zeros((1, 1, 2)), np.zeros(1)
    >>> gradient = loss.step(logits, np.array([[[1.0, 0.0]]]), total)
    >>> total.round(4), gradient
    (array([0.6931]), array([[[-0.5,  0.5]]]))
    """

    def __init__(self, folds: int, rows: int, classes: int, dtype: np.dtype[Any]):
        self._column: Array = np.empty((folds, rows, 1), dtype)
        self._true: Array = np.empty((folds, 1, 1), dtype)
        self._ones: Array = np.ones((folds, 1, rows), dtype)
        self._log_sum: Array = np.empty((folds, 1, 1), dtype)
        self._flat = (folds, 1, rows * classes), (folds, rows * classes, 1)
        self._one_row = dtype.type(1 / rows)

    def step(self, logits: Array, targets: Array, total: Array) -> Array:
        """Add each fold's loss to a total, and turn the logits into the gradient of the mean over rows.

        Args:
            logits:  (F, B, C) unnormalised log-probabilities, overwritten.
            targets: (F, B, C) probabilities that sum to one over the classes.
            total:   (F,) to which the sum over the rows, in nats, is added.

        Returns:
            (F, B, C) the gradient of each fold's mean loss: the buffer that held the logits.
        """
        column = self._column
        np.maximum.reduce(logits, axis=-1, keepdims=True, out=column)
        np.subtract(logits, column, out=logits)
        left, right = self._flat
        np.matmul(targets.reshape(left), logits.reshape(right), out=self._true)
        np.exp(logits, out=logits)
        np.add.reduce(logits, axis=-1, keepdims=True, out=column)
        np.divide(logits, column, out=logits)
        np.log(column, out=column)
        np.matmul(self._ones, column, out=self._log_sum)
        np.subtract(self._log_sum, self._true, out=self._log_sum)
        np.add(total, self._log_sum[:, 0, 0], out=total)
        np.subtract(logits, targets, out=logits)
        np.multiply(logits, self._one_row, out=logits)
        return logits
