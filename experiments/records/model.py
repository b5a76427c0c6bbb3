"""The model folder: weights as an npz without objects, everything else as JSON, with a checksum. No pickle."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.canonical import canonical_json
from experiments.folder import write_atomically
from nnet.network import Architecture, Network

FORMAT = 1


@dataclass(frozen=True)
class Model:
    """A trained network with the preprocessing that was fitted with it.

    parameters:    (P,) in the network's own order.
    offset, scale: (inputs,) of the preprocessing x -> (x - offset) / scale.
    study:         digest of the study that it won; None before the study is complete.
    """

    architecture: Architecture
    parameters: NDArray[np.float32]
    offset: NDArray[np.float64]
    scale: NDArray[np.float64]
    classes: tuple[str, ...]
    trial: int


def write_model(model: Model, folder: Path) -> None:
    """Write weights.npz and model.json; the latter last, with the checksum of the former."""
    network = Network(model.architecture, [np.random.SeedSequence(0)])
    network.parameters.values[0] = model.parameters
    arrays: dict[str, NDArray[np.floating]] = {"offset": model.offset, "scale": model.scale}
    for layer, (weights, bias) in enumerate(network.weights(0), start=1):
        arrays[f"weights_{layer}"], arrays[f"bias_{layer}"] = weights, bias
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    description = {
        "format": FORMAT,
        "architecture": asdict(model.architecture),
        "classes": list(model.classes),
        "trial": model.trial,
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
    }
    write_atomically(folder / "weights.npz", buffer.getvalue())
    write_atomically(folder / "model.json", (json.dumps(json.loads(canonical_json(description)), indent=1)).encode())
