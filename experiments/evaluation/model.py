"""The model folder: a trained network with all that makes its inputs and names its outputs. No pickle anywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from experiments.config.target import Target
from experiments.data.preprocessing import Categories, Preprocessor
from experiments.data.table import Kind
from experiments.errors import DataError, StudyStateError
from experiments.evaluation.record import Record
from experiments.search.target_scaling import TargetScaler
from nnet.network import Network
from nnet.saving import SavingError, load, save

if TYPE_CHECKING:
    import pandas as pd

ROWS = 4096  # of a chunk, whatever the file has: last bits depend on how many rows are computed together


@dataclass(frozen=True)
class Model:
    """What a study found.

    network:  one fold.
    units:    of what it predicts, where that is a number.
    inputs:   name and kind of each column that the preprocessor takes.
    predicts: name of the target.
    trial:    whose configuration it is.
    """

    network: Network
    preprocessor: Preprocessor
    target: Target
    units: TargetScaler
    inputs: tuple[tuple[str, Kind], ...]
    predicts: str
    trial: int


class CategoriesRecord(Record):
    column: int
    names: tuple[str | None, ...]
    pooled: bool


class About(Record):
    """What model.json says beside the network."""

    classes: tuple[str, ...]
    predicts: str
    inputs: tuple[tuple[str, Kind], ...]
    categories: tuple[CategoriesRecord, ...]
    trial: int


def write_model(model: Model, folder: Path) -> None:
    """Write weights.npz and then model.json, with the checksum of the former.

    Raises:
        StudyStateError: it could not be written; what stood there before still does.
    """
    fitted = model.preprocessor
    about = About(
        classes=model.target.classes,
        predicts=model.predicts,
        inputs=model.inputs,
        categories=tuple(
            CategoriesRecord(column=one.column, names=one.names, pooled=one.pooled) for one in fitted.categories
        ),
        trial=model.trial,
    )
    units = np.array([model.units.centre, model.units.scale])
    try:
        folder.mkdir(exist_ok=True)
        save(folder, model.network, extra={**fitted.arrays, "units": units}, about=about.model_dump(mode="json"))
    except SavingError as error:
        raise StudyStateError(f"{folder}: the model cannot be saved: {error}") from None
    except OSError as error:
        raise StudyStateError(f"{folder}: cannot be written: {error.strerror}.") from None


def read_model(folder: Path) -> Model:
    """Read what `write_model` wrote. Nothing in the folder is trusted, and nothing of it is executed.

    Raises:
        DataError: a file is missing, damaged, or not what it should be.
    """
    try:
        saved = load(folder)
        about = About.model_validate_json(json.dumps(dict(saved.about)))
    except SavingError as error:
        raise DataError(str(error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"{folder}: model.json: about.{place}: {first['msg']}.") from None
    extra = dict(saved.extra)
    units = _array(folder, extra, "units", np.dtype(np.float64), (2,))
    columns, count = len(about.inputs), len(extra.get("numeric", ()))
    numeric = _positions(folder, extra, "numeric", columns)
    ranked = _positions(folder, extra, "ranked", count)
    quantiles = extra.get("quantiles", np.empty(0))
    fitted = Preprocessor(
        numeric=numeric,
        fill=_array(folder, extra, "fill", np.dtype(np.float64), (count,)),
        flagged=_positions(folder, extra, "flagged", count),
        offset=_array(folder, extra, "offset", np.dtype(np.float64), (count,)),
        scale=_array(folder, extra, "scale", np.dtype(np.float64), (count,)),
        ranked=ranked,
        quantiles=_array(folder, extra, "quantiles", np.dtype(np.float64), (len(quantiles), len(ranked))),
        categories=tuple(Categories(one.column, one.names, one.pooled) for one in about.categories),
    )
    words = sorted(one.column for one in fitted.categories)
    kinds = [kind == "category" for _, kind in about.inputs]
    outputs = len(about.classes) or 1
    architecture = saved.network.architecture
    rules = {
        "preprocesses every column once, by its kind": words == np.flatnonzero(kinds).tolist()
        and numeric.tolist() == np.flatnonzero(np.logical_not(kinds)).tolist(),
        "makes as many inputs as the network takes": fitted.width == architecture.inputs,
        "has an output for each class": architecture.outputs == outputs or (architecture.outputs, outputs) == (1, 2),
        "scales by finite numbers, not by 0": bool((fitted.scale != 0).all() and units[1] != 0),
    }
    for rule, holds in rules.items():
        if not holds:
            raise DataError(f"{folder}: not a model that a study wrote: a model {rule}, and this one does not.")
    return Model(
        saved.network,
        fitted,
        Target(about.classes),
        TargetScaler(float(units[0]), float(units[1])),
        about.inputs,
        about.predicts,
        about.trial,
    )


def _array(
    folder: Path, extra: dict[str, NDArray[Any]], name: str, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any]:
    array = extra.get(name)
    if array is None or array.dtype != dtype or array.shape != shape or not np.isfinite(array).all():
        found = "none" if array is None else f"{array.dtype} of shape {array.shape}"
        raise DataError(f"{folder}: {name} must be finite numbers of shape {shape}, but there is {found}.")
    return array


def _positions(folder: Path, extra: dict[str, NDArray[Any]], name: str, end: int) -> NDArray[np.int64]:
    """Positions below an end, increasing."""
    found = extra.get(name, np.empty((0, 0)))
    array = _array(folder, extra, name, np.dtype(np.int64), (found.shape or (0,))[:1])
    if array.size and not (array[0] >= 0 and array[-1] < end and (np.diff(array) > 0).all()):
        raise DataError(f"{folder}: {name} must be increasing positions below {end}, but they are not.")
    return array


def predicted(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """A model's predictions for rows with its columns: `prediction`, and for classes `probability_NAME` of each.

    What a row gets does not depend on how many others there are.
    """
    import numpy as np
    import pandas as pd

    from experiments.search.scorers import probabilities
    from nnet.metrics import predicted_labels

    x = np.zeros((ROWS, model.preprocessor.width), np.float32)
    x[: len(rows)] = model.preprocessor.transform(rows)
    z = model.network.predict(x)[: len(rows)]
    if not model.target.classes:
        return pd.DataFrame({"prediction": model.units.restored(z)[:, 0]})
    classes = model.target.classes
    found = {"prediction": np.array(classes, object)[predicted_labels(z)]}
    return pd.DataFrame(
        found | {f"probability_{name}": column for name, column in zip(classes, probabilities(z).T, strict=True)}
    )
