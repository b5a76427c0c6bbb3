"""The joint errors of two winners: on development rows, by networks that did not train on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.evaluation.records.analysis_record import PictureRecord
from experiments.evaluation.validation_rows import ValidationRows
from nnet.arrays import Array
from nnet.metrics import log_likelihood, predicted_labels

EXAMPLES = 5  # rows of each kind
Side = Literal["first", "second"]


@dataclass(frozen=True, kw_only=True)
class RowExample:
    """A row that one winner predicts rightly, or more nearly, and the other does not.

    row:     its number in the data, from 0.
    better:  the winner that has it right.
    values:  names and texts of some of its columns; none where the data is not at hand.
    picture: the row, where it is one.
    """

    row: int
    fold: int
    truth: str
    first: str
    second: str
    better: Side
    values: tuple[tuple[str, str], ...] = ()
    picture: PictureRecord | None = None


@dataclass(frozen=True, kw_only=True)
class JointErrors:
    """The errors of two winners on the same rows.

    rows:        number of predictions; a row of repeated folds counts each time.
    both:        predictions that both have right; of a number, those that are equally near.
    first_only:  those that only the first has right; of a number, those of the first that are nearer.
    second_only: the same of the second.
    neither:     those that both have wrong; None of a number.
    examples:    first those of the first winner, the largest advantage first.
    """

    rows: int
    both: int
    first_only: int
    second_only: int
    neither: int | None
    examples: tuple[RowExample, ...]


def joint_errors(
    first: Array, second: Array, validated: ValidationRows, target: Target, are_probabilities: bool
) -> JointErrors:
    """Count the rows that both, one or none of two winners predict rightly, with examples.

    Args:
        first, second:     (P, outputs) out-of-fold outputs.
        are_probabilities: True if both were trained as logits of probabilities, so that advantages can be compared.
    """
    y = validated.y
    if target.classes:
        labels = predicted_labels(first), predicted_labels(second)
        right = labels[0] == y, labels[1] == y
        one, other = right[0] & ~right[1], right[1] & ~right[0]
        advantage = log_likelihood(first, y) - log_likelihood(second, y) if are_probabilities else np.zeros(len(y))
        texts = tuple([target.classes[label] for label in of] for of in (y, *labels))
        both, neither = int((right[0] & right[1]).sum()), int((~right[0] & ~right[1]).sum())
    else:
        advantage = np.abs(second[:, 0] - y) - np.abs(first[:, 0] - y)
        one, other = advantage > 0, advantage < 0
        texts = tuple([f"{number:.6g}" for number in of] for of in (y, first[:, 0], second[:, 0]))
        both, neither = int((advantage == 0).sum()), None

    def examples(better: Side, where: NDArray[np.bool_], gain: Array) -> Iterator[RowExample]:
        for at in validated.largest(gain, where, EXAMPLES):
            truth, ours, theirs = (of[at] for of in texts)
            row, fold = int(validated.rows[at]), int(validated.folds[at])
            yield RowExample(row=row, fold=fold, truth=truth, first=ours, second=theirs, better=better)

    return JointErrors(
        rows=len(y),
        both=both,
        first_only=int(one.sum()),
        second_only=int(other.sum()),
        neither=neither,
        examples=(*examples("first", one, advantage), *examples("second", other, -advantage)),
    )
