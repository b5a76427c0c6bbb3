"""Candidate: one configuration, as it goes to a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nnet.losses import loss_of
from nnet.network import Architecture
from nnet.settings import TrainingSettings


@dataclass(frozen=True)
class Candidate:
    """A network and how it is trained, for data whose width and classes are not known yet.

    shape:        the architecture, but for its inputs and outputs.
    class_weight: none, or balanced: every class weighs as much as the others in a fold's training.
    """

    shape: Architecture
    training: TrainingSettings
    class_weight: str = "none"

    def architecture(self, inputs: int, classes: int) -> Architecture:
        """The network for data of this width and number of classes."""
        return replace(self.shape, inputs=inputs, outputs=loss_of(self.training.loss).outputs(classes))
