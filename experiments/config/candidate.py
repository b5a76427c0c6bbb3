"""Candidate: one configuration, as it goes to a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from experiments.config.target import Target
from nnet.errors import SettingError
from nnet.losses import loss_of
from nnet.network import Architecture
from nnet.settings import TrainingSettings

Parameters = dict[str, float | int | str]

NUMBERS = ("none", "quantile", "standard")


@dataclass(frozen=True)
class Preprocessing:
    """How rows become inputs; what it needs to know of them it learns from training rows.

    numbers: standard (mean 0 and variance 1), quantile (to a normal distribution, by rank) or none.
    rare:    categories that make up less than this share of the rows are pooled into one.
    """

    numbers: str = "standard"
    rare: float = 0.01

    def __post_init__(self) -> None:
        if self.numbers not in NUMBERS:
            raise SettingError(f"numbers must be one of {', '.join(NUMBERS)}, but got {self.numbers!r}.")
        if not 0 <= self.rare < 1:
            raise SettingError(f"`0 <= rare < 1` must hold, but got rare={self.rare}.")


@dataclass(frozen=True)
class Candidate:
    """A network, how it is trained and on what inputs, for data whose width and target are not known yet.

    shape:        the architecture, but for its inputs and outputs.
    class_weight: none, or balanced: every class weighs as much as the others in a fold's training.
    """

    shape: Architecture
    training: TrainingSettings
    class_weight: str = "none"
    preprocessing: Preprocessing = Preprocessing()

    def architecture(self, inputs: int, target: Target) -> Architecture:
        """The network for data of this width and target.

        Raises:
            SettingError: it cannot predict such a target.
        """
        loss = loss_of(self.training.loss)
        if not target.classes and (loss.classifies or self.class_weight != "none"):
            what = f"loss {self.training.loss}" if loss.classifies else f"class_weight {self.class_weight}"
            raise SettingError(f"{what} is for classes, but the target is a number.")
        return replace(self.shape, inputs=inputs, outputs=loss.outputs(target.outputs))


def parameter_count(candidate: Candidate, inputs: int, target: Target) -> int:
    """Weights and biases of the network, without batch normalisation's.

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
