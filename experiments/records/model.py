"""The model folder: a trained network with the preprocessing that was fitted with it. No pickle anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.errors import StudyStateError
from nnet.network import Network
from nnet.saving import save


@dataclass(frozen=True)
class Model:
    """What a study found.

    network:       one fold.
    offset, scale: (inputs,) of the preprocessing x -> (x - offset) / scale.
    classes:       names, in the order of the network's labels.
    trial:         whose configuration it is.
    """

    network: Network
    offset: NDArray[np.float64]
    scale: NDArray[np.float64]
    classes: tuple[str, ...]
    trial: int


def write_model(model: Model, folder: Path) -> None:
    """Write weights.npz and then model.json, with the checksum of the former.

    Raises:
        StudyStateError: it could not be written; what stood there before still does.
    """
    preprocessing = {"offset": model.offset, "scale": model.scale}
    try:
        folder.mkdir(exist_ok=True)
        save(folder, model.network, extra=preprocessing, about={"classes": list(model.classes), "trial": model.trial})
    except OSError as error:
        raise StudyStateError(f"{folder}: cannot be written: {error.strerror}.") from None
