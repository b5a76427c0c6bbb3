"""A model of numbers, words and holes, as a study leaves one."""

from __future__ import annotations

import numpy as np

from experiments.config.candidate import Preprocessing
from experiments.config.target import Target
from experiments.data.preprocessing import fit_preprocessor
from experiments.data.table import Kind
from experiments.evaluation.model import Model
from experiments.search.target_scaling import TargetScaler
from nnet.network import Architecture, Network
from support.tables import mixed_frame

KINDS: tuple[Kind, ...] = ("number", "category", "number", "category")


def mixed_model(classes: tuple[str, ...]) -> Model:
    frame, target = mixed_frame(100), Target(classes)
    fitted = fit_preprocessor(frame, KINDS, None, Preprocessing())
    outputs = 1 if len(classes) == 2 else target.outputs
    network = Network(Architecture(fitted.width, (6,), outputs), [np.random.SeedSequence(4)])
    inputs = tuple(zip(frame.columns, KINDS, strict=True))
    return Model(network, fitted, target, TargetScaler() if classes else TargetScaler(500.0, 20.0), inputs, "y", 0)
