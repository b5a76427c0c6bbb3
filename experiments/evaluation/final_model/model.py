"""The model folder: trained networks with all that makes their inputs and names their outputs. No pickle anywhere.

A model of two configurations has a folder for each: that of the default lies in the winner's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from experiments.config.data_options import Encoding
from experiments.config.target import Target
from experiments.data.inputs.preprocessing import Categories, Preprocessor
from experiments.data.new_data.row_format import LAYOUT, Ranges, RowFormat, are_truths, known_categories, pooled_columns
from experiments.data.table import LARGEST, Kind
from experiments.errors import DataError, StudyStateError
from experiments.evaluation.final_model.mean_outputs import joined, model_outputs
from experiments.evaluation.final_model.saved_preprocessor import array_of, read_preprocessor, rules_of
from experiments.evaluation.records.results import STRICT
from experiments.evaluation.uncertainty.levels import Uncertainty, interval_columns, set_column
from experiments.evaluation.uncertainty.temperature import scaled
from experiments.search.target_scaling import TargetScaler
from nnet.arrays import Array
from nnet.durable import make_folder, write_together
from nnet.errors import SavingError
from nnet.network import CHUNK, Network
from nnet.saving import MODEL, Saved, files_of, load

if TYPE_CHECKING:
    import pandas as pd

BESIDE = "default"  # folder of the model that is averaged with that of the folder around it
LAST_DAY = 100_000  # days from 1970 to a date, at most: pandas holds no more
ROWS = 4096  # rows that are predicted at a time, at most
# keys of model.json that are left out where there is nothing to say
LATER = ("beside", "ranges", "numbered", "zoned", "fill_down", *LAYOUT)


@dataclass(frozen=True)
class Model:
    """The model of a study: trained networks, and all that they need from rows to predictions.

    network:  a network whose folds are the members, whose mean is the model.
    units:    scale of its predictions, where they are numbers.
    rows:     the form in which it takes rows; its inputs are the columns that the preprocessor takes.
    trial:    number of the trial whose configuration it has.
    probabilities: whether the networks' outputs are logits, whose probabilities are averaged.
    uncertainty: the temperature of its logits, and the quantiles of its kind's errors; None of a model without them.
    beside:   a model of the same inputs and target, whose outputs are averaged with those of this one's network; None
              of a model of one configuration.
    """

    network: Network
    preprocessor: Preprocessor
    target: Target
    units: TargetScaler
    rows: RowFormat
    trial: int
    probabilities: bool = False
    uncertainty: Uncertainty | None = None
    beside: Model | None = None

    @property
    def networks(self) -> int:
        """Count the networks whose mean predicts."""
        return self.network.folds + (0 if self.beside is None else self.beside.networks)


@dataclass(frozen=True, kw_only=True)
class About:
    """The part of model.json beside the network."""

    __pydantic_config__ = STRICT

    classes: tuple[str, ...]
    predicts: str
    inputs: tuple[tuple[str, Kind], ...]
    categories: tuple[Categories, ...]
    trial: int
    present: tuple[str, ...] = ()
    formats: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    log: bool = False
    picture: tuple[int, ...] | None = None
    probabilities: bool = False
    uncertainty: Uncertainty | None = None  # None in a model of version 0.1
    beside: str | None = None  # sha256 of model.json of the model beside it
    encoding: Encoding | None = None
    sheet: str | None = None
    fill_down: tuple[str, ...] | None = None
    ranges: dict[str, tuple[float, float]] | None = None
    numbered: Literal[True] | None = None  # whether the classes are numbers or truth values
    zoned: tuple[str, ...] | None = None

    @property
    def rows(self) -> RowFormat:
        """Return the form in which the model takes rows."""
        return RowFormat(
            inputs=self.inputs,
            present=self.present,
            formats=self.formats,
            missing=self.missing,
            identifiers=self.identifiers,
            target=self.predicts,
            picture=self.picture,
            fill_down=self.fill_down or (),
            layout={key: value for key in LAYOUT if (value := getattr(self, key)) is not None},
            categories=known_categories(self.inputs, self.categories),
            pooled=pooled_columns(self.inputs, self.categories),
            ranges=self.ranges or {},
            numbered=self.numbered or False,
            zoned=self.zoned,
        )


def write_model(model: Model, folder: Path) -> None:
    """Write weights.npz and model.json, with the checksum of the former, and those of the model beside it.

    Raises:
        StudyStateError: it could not be written; an earlier model is still there.
    """
    try:
        contents = _contents(model)
        make_folder(folder)
        if model.beside is not None:
            if (folder / BESIDE).is_symlink():  # a write would follow it
                (folder / BESIDE).unlink()
            make_folder(folder / BESIDE)
        write_together(folder, contents)
    except SavingError as error:
        raise StudyStateError(f"{folder}: the model cannot be saved: {error}") from None
    except OSError as error:
        raise StudyStateError(f"{folder}: cannot be written: {error.strerror}.") from None


def _contents(model: Model) -> dict[str, bytes]:
    """Return the contents of the files by their names, those of the model beside it first."""
    fitted, rows = model.preprocessor, model.rows
    beside = {} if model.beside is None else _contents(model.beside)
    about = About(
        classes=model.target.classes,
        predicts=rows.target,
        inputs=tuple(rows.inputs),
        categories=fitted.categories,
        trial=model.trial,
        present=tuple(rows.present),
        formats=dict(rows.formats),
        missing=tuple(rows.missing),
        identifiers=tuple(rows.identifiers),
        log=model.units.log,
        picture=rows.picture,
        probabilities=model.probabilities,
        uncertainty=model.uncertainty,
        beside=hashlib.sha256(beside[MODEL]).hexdigest() if beside else None,
        encoding=rows.layout.get("encoding"),
        sheet=rows.layout.get("sheet"),
        fill_down=rows.fill_down or None,
        ranges=dict(rows.ranges) or None,
        numbered=rows.numbered or None,
        zoned=rows.zoned,
    )
    notes = {key: value for key, value in asdict(about).items() if key not in LATER or value is not None}
    extra = {**fitted.arrays, "units": np.array([model.units.centre, model.units.scale])}
    named = {f"{BESIDE}/{name}": content for name, content in beside.items()}
    return named | files_of(model.network, extra=extra, about=notes)


def read_model(folder: Path, is_beside: bool = False) -> Model:
    """Read a model that `write_model` wrote. The folder is not trusted, and nothing in it is executed.

    Args:
        is_beside: True for a model in the folder of another, which has none in its own.

    Raises:
        DataError: a file is missing, damaged, or not of a model.
    """
    saved, about = _loaded(folder)
    units = array_of(folder, saved.extra, "units", np.float64, (2,))
    fitted = read_preprocessor(folder, saved.extra, about.categories)
    outputs = len(about.classes) or 1
    architecture = saved.network.architecture
    rules = {
        **rules_of(fitted, [kind for _, kind in about.inputs]),
        "makes as many inputs as the network takes": fitted.width == architecture.inputs,
        "has an output for each class": architecture.outputs == outputs or (architecture.outputs, outputs) == (1, 2),
        "scales by finite numbers, not by 0": bool((fitted.scale != 0).all() and units[1] != 0),
        "of pictures takes their pixels": about.picture is None or _are_pixels(about.picture, about.inputs),
        "has a temperature above 0 and errors of known levels": about.uncertainty is None or about.uncertainty.is_sound,
        "has numbers for classes that are numbers": not about.numbered or _are_numbers(about.classes),
        "has ranges of its own numbers and dates": _are_ranges(about.ranges or {}, about.inputs),
        "in the folder of another has none in its own": about.beside is None or not is_beside,
    }
    beside = None if about.beside is None or is_beside else _beside(folder / BESIDE, about.beside)
    if beside is not None:
        theirs = (beside.rows.inputs, beside.target.classes, beside.rows.target, beside.probabilities, beside.units.log)
        ours = (about.inputs, about.classes, about.predicts, about.probabilities, about.log)
        rules["has beside it one of the same inputs and target"] = theirs == ours
    for rule, holds in rules.items():
        if not holds:
            raise DataError(f"{folder}: not a model that a study wrote: a model {rule}, and this one does not.")
    return Model(
        saved.network,
        fitted,
        Target(about.classes),
        TargetScaler(float(units[0]), float(units[1]), about.log),
        about.rows,
        about.trial,
        about.probabilities,
        about.uncertainty,
        beside,
    )


def _loaded(folder: Path) -> tuple[Saved, About]:
    """Load the network of a folder, with its arrays and notes, and parse the notes."""
    try:
        saved = load(folder)
        return saved, TypeAdapter(About).validate_json(json.dumps(dict(saved.about)))
    except SavingError as error:
        raise DataError(str(error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"{folder}: model.json: about.{place}: {first['msg']}.") from None


def _beside(folder: Path, checksum: str) -> Model:
    """Read the model of a folder whose model.json has that checksum.

    Raises:
        DataError: a file is missing, damaged, or another one.
    """
    model = read_model(folder, is_beside=True)
    found = hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()
    if found != checksum:
        place = folder / MODEL
        raise DataError(f"{place}: its sha256 must be {checksum}, as the model around it says, but it is {found}.")
    return model


def _are_pixels(picture: tuple[int, ...], inputs: tuple[tuple[str, Kind], ...]) -> bool:
    """Tell whether inputs are the pixels of pictures of a shape."""
    has_shape = (len(picture) == 2 or picture[2:] == (3,)) and min(picture) > 0
    return has_shape and prod(picture) == len(inputs) and all(kind == "pixel" for _, kind in inputs)


def _are_numbers(classes: tuple[str, ...]) -> bool:
    """Tell whether classes are numbers or truth values."""
    try:
        return are_truths(classes) or all(isfinite(float(name)) for name in classes)
    except ValueError:
        return False


def _are_ranges(ranges: Ranges, inputs: tuple[tuple[str, Kind], ...]) -> bool:
    """Tell whether ranges are of columns of numbers and dates, and hold values that these can have."""
    most = {name: LAST_DAY if kind == "date" else LARGEST for name, kind in inputs if kind in ("number", "date")}
    return all(name in most and -most[name] <= low <= high <= most[name] for name, (low, high) in ranges.items())


def outputs_of(model: Model, rows: pd.DataFrame) -> Array:
    """Compute the outputs (N, outputs) of at most ROWS rows: logits, or numbers in the target's own units."""
    whole = -(-len(rows) // CHUNK) * CHUNK  # last bits depend on the number of rows that are computed together
    x = np.zeros((whole, model.preprocessor.width), np.float32)
    x[: len(rows)] = model.preprocessor.transform(rows)
    z = model_outputs(model.network, slice(0, model.network.folds), x, model.probabilities)[: len(rows)]
    if not model.target.classes:
        z = model.units.restored(z)
    return z if model.beside is None else joined(z, outputs_of(model.beside, rows), model.probabilities)


def predicted(
    model: Model, rows: pd.DataFrame, level: str | None = None, threshold: float | None = None
) -> pd.DataFrame:
    """Predict at most ROWS rows: a column `prediction`, and for classes a column `probability_NAME` of each.

    A row's prediction does not depend on the number of other rows.

    Args:
        level:     level of `interval_low` and `interval_high`, or for classes of `prediction_set`, which the model has;
                   None for none of them.
        threshold: probability from which on the second of two classes is predicted; None predicts the more probable.
    """
    import pandas as pd

    from nnet.metrics import class_probabilities, predicted_labels

    z, known, classes = outputs_of(model, rows), model.uncertainty or Uncertainty(), model.target.classes
    if not classes:
        numbers = z[:, 0].astype(np.float64)
        beside = {} if level is None else interval_columns(numbers, known.quantiles[level], model.units.log)
        return pd.DataFrame({"prediction": numbers, **beside})
    shares = class_probabilities(scaled(z, known.temperature))
    beside = {} if level is None else set_column(shares, known.quantiles[level], classes)
    columns = {f"probability_{name}": column for name, column in zip(classes, shares.T, strict=True)}
    labels = predicted_labels(z) if threshold is None else (shares[:, 1] >= threshold).astype(np.intp)
    return pd.DataFrame({"prediction": np.array(classes, object)[labels], **beside, **columns})


def predict_frame(
    model: Model, frame: pd.DataFrame, level: str | None, threshold: float | None
) -> tuple[pd.DataFrame, list[str]]:
    """Predict the rows of a DataFrame of any size; return the predictions, and lines about cells that do not fit.

    Args:
        frame:            at least one row.
        level, threshold: as of `predicted`.

    Raises:
        DataError: a column is missing, or has cells of which none can be read.
    """
    import pandas as pd

    from experiments.data.new_data.cell_notes import CellNotes
    from experiments.data.new_data.new_rows import frame_rows

    cells = CellNotes(model.rows)
    chunks = frame_rows(frame, model.rows, ROWS, cells)
    predictions = pd.concat([predicted(model, chunk, level, threshold) for chunk in chunks], ignore_index=True)
    return predictions, cells.lines()
