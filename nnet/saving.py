"""A network saved in a folder: weights.npz, and model.json with its architecture and both files' checksums. No pickle.

The arrays of several folds (format 2) have an axis more, the first: that of the folds.

Files are not trusted when they are read. Every declared shape is compared with the architecture and with the bytes of
the file before it is allocated.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from os import PathLike
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array
from nnet.durable import write_together
from nnet.errors import NNetError, SavingError, ShapeError
from nnet.network import Architecture, Network
from nnet.npz import NAME, NUMBERS, clipped, content_of, little, members_of, npz, shown

WEIGHTS, MODEL = "weights.npz", "model.json"
ONE_FOLD, FOLDS = 1, 2  # the formats
MOST_FOLDS = 1024
LARGEST_MODEL = 1 << 20  # bytes of model.json
DTYPES = ("float32", "float64")
LATER = {"noise": 0.0, "input_noise": 0.0, "input_scale": False}  # keys that an architecture of version 0.1 lacks
EXTRA = "extra_"
OWN = "own_sha256"  # key of model.json's checksum of its other keys, which models of before 0.2.0 lack
DAMAGED = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, OverflowError, struct.error)


@dataclass(frozen=True)
class Saved:
    """The content of a folder.

    network: a network of the folds that were saved.
    extra:   arrays that were saved with it; read-only.
    about:   notes that were saved with it.
    """

    network: Network
    extra: Mapping[str, NDArray[Any]]
    about: Mapping[str, Any]


def save(
    folder: str | PathLike[str],
    network: Network,
    fold: int | None = None,
    extra: Mapping[str, NDArray[Any]] = {},
    about: Mapping[str, Any] = {},
) -> None:
    """Write a network to weights.npz and then model.json; equal content gives equal bytes.

    Both files are complete on the disk under temporary names before either takes its name.

    Args:
        folder: a folder that exists.
        fold:   the only fold to write; None for all of them.
        extra:  arrays of numbers or truth values to save with it, by names of letters, digits and underscores.
        about:  notes to save with it, of types that JSON has.

    Raises:
        SavingError: there is no such folder, it is no network, extra or about cannot be saved, or there are too many
                     folds.
        ShapeError:  there is no such fold.
        OSError:     the files cannot be written.
    """
    place = Path(folder)
    if not place.is_dir():
        raise SavingError(f"{place}: must be a folder that exists; make it first with os.makedirs({str(place)!r}).")
    write_together(place, files_of(network, fold, extra, about))


def files_of(
    network: Network, fold: int | None = None, extra: Mapping[str, NDArray[Any]] = {}, about: Mapping[str, Any] = {}
) -> dict[str, bytes]:
    """Return the contents of weights.npz and model.json by their names, for the arguments of `save`.

    Raises:
        SavingError: it is no network, extra or about cannot be saved, or there are too many folds.
        ShapeError:  there is no such fold.
    """
    if not isinstance(network, Network):
        given = type(network).__name__
        raise SavingError(f"network must be a Network, but got {given}; of a fitted estimator, give its network_.")
    if fold is not None and not 0 <= fold < network.folds:
        raise ShapeError(f"`0 <= fold < {network.folds}` must hold, but got fold={fold}.")
    folds = slice(0, network.folds) if fold is None else slice(fold, fold + 1)
    count = folds.stop - folds.start
    if count > MOST_FOLDS:
        raise SavingError(f"`folds <= {MOST_FOLDS}` must hold, but got {count}.")
    for name, array in extra.items():
        if not NAME.fullmatch(name):
            raise SavingError(f"the name of an extra array must match {NAME.pattern}, but got {shown(name)}.")
        if not NUMBERS.fullmatch(little(array).dtype.str):
            raise SavingError(f"the extra array {name} must hold numbers, but its type is {array.dtype}.")
    arrays: dict[str, NDArray[Any]] = _arrays(network, folds)
    if count == 1:
        arrays = {name: array[0] for name, array in arrays.items()}
    weights = npz(arrays | {EXTRA + name: array for name, array in extra.items()})
    model = {
        **({"format": ONE_FOLD} if count == 1 else {"format": FOLDS, "folds": count}),
        "architecture": asdict(network.architecture),
        "dtype": network.dtype.name,
        "about": dict(about),
        "sha256": hashlib.sha256(weights).hexdigest(),
    }
    try:
        model[OWN] = _own_checksum(model)
        text = (json.dumps(model, indent=2, sort_keys=True, allow_nan=False) + "\n").encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise SavingError(f"about must be of types that JSON has, but: {clipped(str(error))}.") from None
    if len(text) > LARGEST_MODEL:
        raise SavingError(f"`bytes of {MODEL} <= {LARGEST_MODEL}` must hold, but about makes them {len(text)}.")
    return {WEIGHTS: weights, MODEL: text}


def load(folder: str | PathLike[str]) -> Saved:
    """Read a folder that `save` wrote; the network predicts the same bits.

    Raises:
        SavingError: a file is missing, damaged, or of another format.
    """
    folder = Path(folder)
    architecture, dtype, folds, about, checksum = _read_model(folder / MODEL)
    path = folder / WEIGHTS
    _check_regular(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != checksum:
                raise SavingError(f"{path}: its sha256 must be {checksum}, as {MODEL} says, but it is {digest}.")
            network, extra = _read_weights(path, file, architecture, dtype, folds)
    except OSError as error:
        raise SavingError(f"{path}: cannot be read: {error.strerror or error}.") from None
    return Saved(network, extra, about)


def blank_network(architecture: Architecture, dtype: np.dtype[Any], folds: int = 1) -> Network:
    """Make a network without random numbers, whose parameters the caller fills in."""
    network = Network(replace(architecture, initializer="zeros"), [np.random.SeedSequence(0)] * folds, dtype)
    network.architecture = architecture
    return network


def _arrays(network: Network, folds: slice) -> dict[str, Array]:
    """Return views of all arrays that folds predict with, by name; weights are (F, in, out), all others (F, out)."""
    arrays: dict[str, Array] = {}
    parameters = network.parameters
    for layer, normalised in enumerate(parameters.normalised):
        dense = parameters.dense(layer, folds)
        arrays[f"weights_{layer + 1}"] = dense.weights
        if dense.bias is not None:
            arrays[f"bias_{layer + 1}"] = dense.bias[:, 0]
        if normalised:
            norm = parameters.batch_norm(layer, folds)
            for name in ("scale", "shift", "mean", "variance"):
                arrays[f"{name}_{layer + 1}"] = getattr(norm, name)[:, 0]
    if parameters.input_scaled:
        arrays["input_scale"] = parameters.input_scale(folds).factors[:, 0]
    return arrays


def _shapes(architecture: Architecture, folds: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the arrays in a file without allocating the arrays."""
    shapes: dict[str, tuple[int, ...]] = {}
    first = () if folds == 1 else (folds,)
    sizes = architecture.sizes
    for layer in range(1, len(sizes)):
        shapes[f"weights_{layer}"] = (*first, sizes[layer - 1], sizes[layer])
        normalised = architecture.batch_norm and layer < len(sizes) - 1
        for name in ("scale", "shift", "mean", "variance") if normalised else ("bias",):
            shapes[f"{name}_{layer}"] = (*first, sizes[layer])
    if architecture.input_scale:
        shapes["input_scale"] = (*first, architecture.inputs)
    return shapes


def _read_model(path: Path) -> tuple[Architecture, np.dtype[Any], int, dict[str, Any], str]:
    """Read the architecture, the type of the weights, the number of folds, the notes and the weights' checksum."""
    _check_regular(path)
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_MODEL + 1)
    except OSError as error:
        raise SavingError(f"{path}: cannot be read: {error.strerror}.") from None
    if len(text) > LARGEST_MODEL:
        raise SavingError(f"{path}: must have at most {LARGEST_MODEL} bytes, but has more.")
    try:
        model = json.loads(text.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
        own = _own_checksum(model) if isinstance(model, dict) else ""
    except (ValueError, RecursionError) as error:
        raise SavingError(f"{path}: must be JSON, but: {' '.join(str(error).split())}.") from None
    known = (ONE_FOLD, FOLDS)
    if not isinstance(model, dict) or type(model.get("format")) is not int or model["format"] not in known:
        raise SavingError(f"{path}: must be an object with format {ONE_FOLD} or {FOLDS}, but is {shown(model)}.")
    types = {"format": int, "architecture": dict, "dtype": str, "about": dict, "sha256": str}
    types |= {"folds": int} if model["format"] == FOLDS else {}
    types |= {OWN: str} if OWN in model else {}
    _check_types(path, "", model, types)
    if model["dtype"] not in DTYPES:
        raise SavingError(f"{path}: dtype must be one of {', '.join(DTYPES)}, but got {shown(model['dtype'])}.")
    if not re.fullmatch("[0-9a-f]{64}", model["sha256"]):
        raise SavingError(f"{path}: sha256 must be 64 hexadecimal digits, but got {shown(model['sha256'])}.")
    folds = model.get("folds", 1)
    if model["format"] == FOLDS and not 2 <= folds <= MOST_FOLDS:
        raise SavingError(f"{path}: folds must be 2 to {MOST_FOLDS}, but got {shown(folds)}.")
    architecture = _architecture(path, model["architecture"])
    if model.get(OWN, own) != own:
        raise SavingError(f"{path}: was changed: its other keys do not have the sha256 that {OWN} says.")
    return architecture, np.dtype(model["dtype"]), folds, model["about"], model["sha256"]


def _own_checksum(model: Mapping[str, Any]) -> str:
    """Return the sha256 of all keys of a model.json but its own checksum."""
    others = json.loads(json.dumps({key: value for key, value in model.items() if key != OWN}))  # as it is read
    return hashlib.sha256(json.dumps(others, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _check_regular(path: Path) -> None:
    """Refuse what a read could wait for without an end.

    Raises:
        SavingError: it is a device, a pipe or a folder.
    """
    if path.exists() and not path.is_file():
        raise SavingError(f"{path}: must be a regular file.")


def _architecture(path: Path, spec: dict[str, Any]) -> Architecture:
    spec = LATER | spec
    types = {"bool": bool, "float": (int, float), "int": int, "str": str, "tuple[int, ...]": list}
    _check_types(path, "architecture.", spec, {field.name: types[str(field.type)] for field in fields(Architecture)})
    if not all(type(units) is int for units in spec["hidden"]):
        raise SavingError(f"{path}: architecture.hidden must hold integers, but got {shown(spec['hidden'])}.")
    try:
        return Architecture(**{**spec, "hidden": tuple(spec["hidden"])})
    except (NNetError, OverflowError) as error:
        raise SavingError(f"{path}: architecture: {clipped(str(error))}") from None


def _check_types(path: Path, place: str, document: Mapping[str, Any], types: Mapping[str, Any]) -> None:
    _check_names(path, f"{place or 'the top '}keys", document, types)
    for name, wanted in types.items():
        value = document[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            expected = " or ".join(kind.__name__ for kind in (wanted if isinstance(wanted, tuple) else (wanted,)))
            raise SavingError(f"{path}: {place}{name} must be of type {expected}, but got {shown(value)}.")


def _check_names(path: Path, what: str, names: Iterable[str], wanted: Iterable[str]) -> None:
    missing, superfluous = sorted(set(wanted) - set(names)), sorted(set(names) - set(wanted))
    if missing or superfluous:
        raise SavingError(f"{path}: {what}: {shown(missing)} are missing, {shown(superfluous)} are unknown.")


def _read_weights(
    path: Path, file: IO[bytes], architecture: Architecture, dtype: np.dtype[Any], folds: int
) -> tuple[Network, dict[str, NDArray[Any]]]:
    size = file.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(file) as archive:
            members = members_of(path, archive, size)
            extras = {name: member for name, member in members.items() if name.startswith(EXTRA)}
            if len(members) < len(architecture.sizes) - 1:
                raise SavingError(f"{path}: {len(architecture.sizes) - 1} layers need more than {len(members)} arrays.")
            shapes = _shapes(architecture, folds)
            _check_names(path, "arrays", members.keys() - extras.keys(), shapes)
            for name, shape in shapes.items():
                claimed = (members[name].dtype, members[name].shape)
                wanted = (little(np.empty(0, dtype)).dtype.str, shape)
                if claimed != wanted:
                    raise SavingError(
                        f"{path}: {name} must be {shown(wanted)}, but its header claims {shown(claimed)}."
                    )
            network = blank_network(architecture, dtype, folds)
            for name, view in _arrays(network, slice(0, folds)).items():
                view[...] = content_of(archive, members[name])
            return network, {name.removeprefix(EXTRA): content_of(archive, member) for name, member in extras.items()}
    except SavingError:
        raise
    except DAMAGED as error:
        raise SavingError(f"{path}: must be an npz file, but: {clipped(str(error))}.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise ValueError(f"a key stands twice among {shown([name for name, _ in pairs])}")
    return unique


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")
