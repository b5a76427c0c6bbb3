"""Candidate: a configuration, as it goes to a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args

from experiments.config.target import Target
from nnet.errors import SettingError
from nnet.losses import loss_of
from nnet.network import Architecture
from nnet.settings import TrainingSettings

Hyperparameters = dict[str, float | int | str]

Scaling = Literal["none", "piecewise", "quantile", "robust", "standard"]
NUMBERS = get_args(Scaling)
RARE = 5  # rows, too few to learn what a category does
MOST_BINS = 256  # of a column of numbers
RARE_RULE = "a number of rows, 1 or more, or a share of the rows such as 0.01, below 1"


@dataclass(frozen=True)
class Preprocessing:
    """Settings by which rows become inputs; anything fitted is fitted to training rows alone.

    numbers: scaling of number columns: standard (mean 0 and variance 1), robust (by median and quartiles, with far
             values smoothly clipped), quantile (to a normal distribution, by rank), piecewise (an input for each bin
             that holds equally many rows) or none.
    rare:    number of rows, or as a float below 1 the share of the rows, below which categories are pooled into one.
    bins:    largest number of bins of a piecewise number.
    """

    numbers: Scaling = "standard"
    rare: int | float = RARE
    bins: int = 16

    def __post_init__(self) -> None:
        if self.numbers not in NUMBERS:
            raise SettingError(f"numbers must be one of {', '.join(NUMBERS)}, but got {self.numbers!r}.")
        if not (0 <= self.rare < 1 or (isinstance(self.rare, int) and self.rare >= 1)):
            raise SettingError(f"rare must be {RARE_RULE}, but got {self.rare!r}.")
        if not 2 <= self.bins <= MOST_BINS:
            raise SettingError(f"`2 <= bins <= {MOST_BINS}` must hold, but got bins={self.bins!r}.")


@dataclass(frozen=True)
class Candidate:
    """A network, its training and its inputs, for data of any width and target.

    shape:        the architecture; its numbers of inputs and outputs mean nothing.
    class_weight: none, or balanced for classes of equal weight in a fold's training.
    """

    shape: Architecture
    training: TrainingSettings
    class_weight: str = "none"
    preprocessing: Preprocessing = Preprocessing()

    def architecture(self, inputs: int, target: Target) -> Architecture:
        """Return the architecture for data of this width and target.

        Raises:
            SettingError: the network cannot predict such a target.
        """
        loss = loss_of(self.training.loss)
        if not target.classes and (loss.classifies or self.class_weight != "none"):
            what = f"loss {self.training.loss}" if loss.classifies else f"class_weight {self.class_weight}"
            raise SettingError(f"{what} is for classes, but the target is a number.")
        return replace(self.shape, inputs=inputs, outputs=loss.outputs(target.outputs))


def parameter_count(candidate: Candidate, inputs: int, target: Target) -> int:
    """Count the weights and biases of the network, without those of batch normalisation and of an input scale.

    >>> from experiments.config.candidate import Candidate
    >>> from experiments.config.target import Target
    >>> from nnet.network import Architecture
    >>> from nnet.settings import TrainingSettings
    >>> candidate = Candidate(Architecture(1, (64,), 1), TrainingSettings())
    >>> parameter_count(candidate, inputs=64, target=Target(tuple("0123456789")))
    4810
    """
    sizes = candidate.architecture(inputs, target).sizes
    return sum((before + 1) * after for before, after in pairwise(sizes))
