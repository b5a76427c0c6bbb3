"""Candidate: one configuration, as it goes to a worker."""

from __future__ import annotations

from dataclasses import dataclass

from nnet.network import Architecture
from nnet.training import TrainingSettings


@dataclass(frozen=True)
class Candidate:
    """Hidden layers and how they are trained. The data gives the number of inputs and outputs."""

    hidden: tuple[int, ...]
    activation: str
    initializer: str
    dropout: float
    training: TrainingSettings

    def architecture(self, inputs: int, outputs: int) -> Architecture:
        """The network for data of this width and number of classes."""
        return Architecture(inputs, self.hidden, outputs, self.activation, self.initializer, self.dropout)
