"""A study as its peer can run it: the same rows, folds and space, as far as scikit-learn's network has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.benchmark.optuna_peer import FOLDS, PIXELS, ROWS, SETTINGS, TARGET, OptunaPeer, PeerSettings
from experiments.config.spec import Choices, Range, StudySpec
from experiments.errors import SpecError
from experiments.search.context import StudyContext
from nnet.arrays import Rows

NETWORK = ("hidden_layers", "hidden_units", "learning_rate", "l2", "batch_size", "activation")
ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic", "identity": "identity"}
SAME = {*NETWORK, "epochs", "optimizer", "loss"}  # keys of [training] that the peer has, or else is refused for


@dataclass(frozen=True)
class PeerStudy:
    """The settings, rows and folds of a peer.

    without: keys of the study that the peer does not have.
    """

    study: StudyContext
    settings: PeerSettings
    without: tuple[str, ...]

    @classmethod
    def of(cls, study: StudyContext, seed: int = 0) -> PeerStudy:
        """Return the peer of a study.

        Args:
            seed: seed of the peer's sampler.

        Raises:
            SpecError: scikit-learn's network cannot do the study.
        """
        spec, table = study.spec, study.data.development.table
        if problems := list(_impossible(study)):
            raise SpecError(f"--study: scikit-learn's network cannot do this study: {'; '.join(problems)}.")
        settings = PeerSettings(
            classifies=bool(study.data.target.classes),
            metric=spec.cv.metric,
            epochs=spec.training.epochs,
            space={key: _axis(key, axis) for key, axis in spec.space.items() if key in NETWORK},
            fixed={key: _value(key, getattr(spec.training, key)) for key in NETWORK if key not in spec.space},
            strings=[name for name, kind in zip(table.columns, table.kinds, strict=True) if kind == "category"],
            pixel_range=table.pixel_range if set(table.kinds) == {"pixel"} else None,
            seed=seed,
        )
        return cls(study, settings, tuple(_without(spec)))

    def search(self) -> OptunaPeer:
        """Return the peer's search in this process; it has not begun."""
        data = self.study.data
        return OptunaPeer(self.settings, self.features, data.development.y, data.folds.pairs)

    def tuned(self, trials: int) -> Any:
        """Search in this process; return the best model, fitted again on all development rows."""
        peer = self.search()
        peer.optimize(trials)
        return peer.best_model()

    @property
    def features(self) -> Any:
        """Return the (N, d) development rows: an array of pixels, or a DataFrame."""
        table = self.study.data.development.table
        if self.settings.pixel_range is not None:
            return table.features
        return pd.DataFrame(table.features, columns=list(table.columns))

    def write(self, folder: Path) -> None:
        """Write what the peer's own process reads."""
        data = self.study.data
        folder.mkdir()
        (folder / SETTINGS).write_text(json.dumps(asdict(self.settings)))
        if self.settings.pixel_range is None:
            self.features.to_csv(folder / ROWS, index=False)
        else:
            np.save(folder / PIXELS, self.features, allow_pickle=False)
        np.save(folder / TARGET, data.development.y, allow_pickle=False)
        folds: dict[str, Rows] = {}
        for fold, (train, validation) in enumerate(data.folds.pairs):
            folds |= {f"train_{fold}": train, f"validation_{fold}": validation}
        np.savez(folder / FOLDS, allow_pickle=False, **folds)


def _impossible(study: StudyContext) -> Iterator[str]:
    """Say what the peer cannot do, and cannot leave out either."""
    training, space = study.spec.training, study.spec.space
    if study.data.development.table.weights is not None:
        yield "it takes no weights of rows (data.weights)"
    named = {
        "activation": set(ACTIVATIONS),
        "optimizer": {"adam"},
        "loss": {"auto", "cross_entropy", "binary_cross_entropy", "mean_squared_error"},
    }
    for key, known in named.items():
        axis = space.get(key)
        used = set(axis.choices) if isinstance(axis, Choices) else {getattr(training, key)}
        if unknown := sorted(map(str, used - known)):
            yield f"it has no {key} {' or '.join(unknown)}, only {', '.join(sorted(known - {'auto'}))}"


def _without(spec: StudySpec) -> Iterator[str]:
    """Yield the keys that the study file or the data sets and the peer does not have."""
    for key in (*spec.training.model_fields_set, *spec.preprocessing.model_fields_set, *spec.space):
        if key not in SAME:
            yield key
    if spec.data.target_transform is not None:
        yield "target_transform"


def _axis(key: str, axis: Range | Choices) -> dict[str, Any]:
    """Return the arguments of Optuna's suggest_int or suggest_float, or choices."""
    if isinstance(axis, Choices):
        return {"choices": [_value(key, choice) for choice in axis.choices]}
    return axis.model_dump(exclude_none=True)


def _value(key: str, value: Any) -> Any:
    return ACTIVATIONS[value] if key == "activation" else value
