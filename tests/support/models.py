"""Models as studies leave them: of numbers, words and holes, and of pictures."""

from __future__ import annotations

import numpy as np

from experiments.config.candidate import Preprocessing
from experiments.config.target import Target
from experiments.data.inputs.preprocessing import fit_preprocessor
from experiments.data.new_data.row_format import RowFormat, known_categories, pooled_columns
from experiments.data.table import Kind
from experiments.evaluation.final_model.model import Model
from experiments.search.target_scaling import TargetScaler
from nnet.network import Architecture, Network
from support.tables import mixed_frame

KINDS: tuple[Kind, ...] = ("number", "category", "number", "category")


def mixed_model(classes: tuple[str, ...], members: int = 1) -> Model:
    """Return a model of numbers, words and holes, which is the mean of so many networks."""
    frame, target = mixed_frame(100), Target(classes)
    fitted = fit_preprocessor(frame, KINDS, None, Preprocessing())
    outputs = 1 if len(classes) == 2 else target.outputs
    network = Network(Architecture(fitted.width, (6,), outputs), np.random.SeedSequence(4).spawn(members))
    inputs = tuple(zip(frame.columns, KINDS, strict=True))
    units = TargetScaler() if classes else TargetScaler(500.0, 20.0)
    rows = RowFormat(
        inputs,
        target="y",
        categories=known_categories(inputs, fitted.categories),
        pooled=pooled_columns(inputs, fitted.categories),
    )
    return Model(network, fitted, target, units, rows, 0, probabilities=bool(classes))


def picture_model(shape: tuple[int, ...] | None = (2, 3)) -> Model:
    """Return a model of six pixels; None for the shape is a model that does not know that they are of pictures."""
    fitted = fit_preprocessor(np.zeros((1, 6), np.uint8), ("pixel",) * 6, 255.0, Preprocessing())
    network = Network(Architecture(6, (), 2), [np.random.SeedSequence(1)])
    inputs: tuple[tuple[str, Kind], ...] = tuple((str(at), "pixel") for at in range(6))
    return Model(
        network, fitted, Target(("a", "b")), TargetScaler(), RowFormat(inputs, target="class", picture=shape), 0
    )
