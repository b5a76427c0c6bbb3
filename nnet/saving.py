"""A network saved in a folder: weights.npz, and model.json with its architecture and the weights' checksum. No pickle.

Files are not trusted when they are read. Arrays are stored uncompressed, so that a file holds no more than its own
size. Every declared shape is compared with the architecture and with the bytes of the file before it is allocated.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import reprlib
import struct
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import prod
from os import fsync
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array
from nnet.errors import NNetError, ShapeError
from nnet.network import Architecture, Network

WEIGHTS, MODEL = "weights.npz", "model.json"
FORMAT = 1
LARGEST_MODEL = 1 << 20  # bytes of model.json
DTYPES = ("float32", "float64")
LATER = {"noise": 0.0, "input_noise": 0.0, "input_scale": False}  # keys that an architecture of version 0.1 lacks
EXTRA = "extra_"
NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
NUMBERS = re.compile(r"<f[248]|<[iu][248]|\|[iu]1|\|b1")  # the element types that an extra array may have
LONGEST_HEADER = 1024
HEADER = re.compile(
    rb"\{'descr': '([^']{1,16})', 'fortran_order': False, 'shape': \(((?:[0-9]{1,19}, ?)*[0-9]{0,19})\), \} *\n"
)
DAMAGED = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, OverflowError, struct.error)


class SavingError(NNetError):
    """A folder without a network as `save` writes it, or an object that cannot be saved."""


@dataclass(frozen=True)
class Saved:
    """The content of a folder.

    network: a network of one fold.
    extra:   arrays that were saved with it; read-only.
    about:   notes that were saved with it.
    """

    network: Network
    extra: Mapping[str, NDArray[Any]]
    about: Mapping[str, Any]


@dataclass(frozen=True)
class _Member:
    """An array in the zip file, with the type and shape of its header, which agree with its number of bytes."""

    info: zipfile.ZipInfo
    dtype: str
    shape: tuple[int, ...]


def save(
    folder: Path, network: Network, fold: int = 0, extra: Mapping[str, NDArray[Any]] = {}, about: Mapping[str, Any] = {}
) -> None:
    """Write a fold of a network to weights.npz and then model.json; equal content gives equal bytes.

    Both files are complete on the disk under temporary names before either takes its name.

    Args:
        folder: a folder that exists.
        extra:  arrays of numbers or truth values to save with it, by names of letters, digits and underscores.
        about:  notes to save with it, of types that JSON has.

    Raises:
        SavingError: extra or about cannot be saved.
        ShapeError:  there is no such fold.
        OSError:     the files cannot be written.
    """
    if not 0 <= fold < network.folds:
        raise ShapeError(f"`0 <= fold < {network.folds}` must hold, but got fold={fold}.")
    for name, array in extra.items():
        if not NAME.fullmatch(name):
            raise SavingError(f"the name of an extra array must match {NAME.pattern}, but got {_shown(name)}.")
        if not NUMBERS.fullmatch(_little(array).dtype.str):
            raise SavingError(f"the extra array {name} must hold numbers, but its type is {array.dtype}.")
    weights = _npz({**_arrays(network, fold), **{EXTRA + name: array for name, array in extra.items()}})
    model = {
        "format": FORMAT,
        "architecture": asdict(network.architecture),
        "dtype": network.dtype.name,
        "about": dict(about),
        "sha256": hashlib.sha256(weights).hexdigest(),
    }
    try:
        text = (json.dumps(model, indent=2, sort_keys=True, allow_nan=False) + "\n").encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise SavingError(f"about must be of types that JSON has, but: {_clipped(str(error))}.") from None
    if len(text) > LARGEST_MODEL:
        raise SavingError(f"`bytes of {MODEL} <= {LARGEST_MODEL}` must hold, but about makes them {len(text)}.")
    _write(folder, {WEIGHTS: weights, MODEL: text})


def load(folder: Path) -> Saved:
    """Read a folder that `save` wrote; the network predicts the same bits.

    Raises:
        SavingError: a file is missing, damaged, or of another format.
    """
    architecture, dtype, about, checksum = _read_model(folder / MODEL)
    path = folder / WEIGHTS
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != checksum:
                raise SavingError(f"{path}: its sha256 must be {checksum}, as {MODEL} says, but it is {digest}.")
            network, extra = _read_weights(path, file, architecture, dtype)
    except OSError as error:
        raise SavingError(f"{path}: cannot be read: {error.strerror or error}.") from None
    return Saved(network, extra, about)


def blank_network(architecture: Architecture, dtype: np.dtype[Any]) -> Network:
    """Make a network of one fold, without random numbers, whose parameters the caller fills in."""
    network = Network(replace(architecture, initializer="zeros"), [np.random.SeedSequence(0)], dtype)
    network.architecture = architecture
    return network


def _arrays(network: Network, fold: int) -> dict[str, Array]:
    """Return views of all arrays that a fold predicts with, by name; weights are (in, out), all others (out,)."""
    arrays: dict[str, Array] = {}
    parameters, here = network.parameters, slice(fold, fold + 1)
    for layer, normalised in enumerate(parameters.normalised):
        dense = parameters.dense(layer, here)
        arrays[f"weights_{layer + 1}"] = dense.weights[0]
        if dense.bias is not None:
            arrays[f"bias_{layer + 1}"] = dense.bias[0, 0]
        if normalised:
            norm = parameters.batch_norm(layer, here)
            for name in ("scale", "shift", "mean", "variance"):
                arrays[f"{name}_{layer + 1}"] = getattr(norm, name)[0, 0]
    if parameters.input_scaled:
        arrays["input_scale"] = parameters.input_scale(here).factors[0, 0]
    return arrays


def _shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """Return the shapes of `_arrays` without allocating the arrays."""
    shapes: dict[str, tuple[int, ...]] = {}
    sizes = architecture.sizes
    for layer in range(1, len(sizes)):
        shapes[f"weights_{layer}"] = (sizes[layer - 1], sizes[layer])
        normalised = architecture.batch_norm and layer < len(sizes) - 1
        for name in ("scale", "shift", "mean", "variance") if normalised else ("bias",):
            shapes[f"{name}_{layer}"] = (sizes[layer],)
    if architecture.input_scale:
        shapes["input_scale"] = (architecture.inputs,)
    return shapes


def _npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, _little(arrays[name]), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def _little(array: NDArray[Any]) -> NDArray[Any]:
    """Return the same numbers, row by row and little-endian."""
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    temporary = {name: folder / f".{name}.part" for name in contents}
    try:
        for name, content in contents.items():
            with temporary[name].open("wb") as file:
                file.write(content)
                file.flush()
                fsync(file.fileno())
        for name, path in temporary.items():
            path.replace(folder / name)
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)


def _read_model(path: Path) -> tuple[Architecture, np.dtype[Any], dict[str, Any], str]:
    """Read the architecture, the type of the weights, the notes and the checksum of the weights."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_MODEL + 1)
    except OSError as error:
        raise SavingError(f"{path}: cannot be read: {error.strerror}.") from None
    if len(text) > LARGEST_MODEL:
        raise SavingError(f"{path}: must have at most {LARGEST_MODEL} bytes, but has more.")
    try:
        model = json.loads(text.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise SavingError(f"{path}: must be JSON, but: {' '.join(str(error).split())}.") from None
    if not isinstance(model, dict) or type(model.get("format")) is not int or model["format"] != FORMAT:
        raise SavingError(f"{path}: must be an object with format {FORMAT}, but is {_shown(model)}.")
    _check_types(path, "", model, {"format": int, "architecture": dict, "dtype": str, "about": dict, "sha256": str})
    if model["dtype"] not in DTYPES:
        raise SavingError(f"{path}: dtype must be one of {', '.join(DTYPES)}, but got {_shown(model['dtype'])}.")
    if not re.fullmatch("[0-9a-f]{64}", model["sha256"]):
        raise SavingError(f"{path}: sha256 must be 64 hexadecimal digits, but got {_shown(model['sha256'])}.")
    return _architecture(path, model["architecture"]), np.dtype(model["dtype"]), model["about"], model["sha256"]


def _architecture(path: Path, spec: dict[str, Any]) -> Architecture:
    spec = LATER | spec
    types = {"bool": bool, "float": (int, float), "int": int, "str": str, "tuple[int, ...]": list}
    _check_types(path, "architecture.", spec, {field.name: types[str(field.type)] for field in fields(Architecture)})
    if not all(type(units) is int for units in spec["hidden"]):
        raise SavingError(f"{path}: architecture.hidden must hold integers, but got {_shown(spec['hidden'])}.")
    try:
        return Architecture(**{**spec, "hidden": tuple(spec["hidden"])})
    except (NNetError, OverflowError) as error:
        raise SavingError(f"{path}: architecture: {_clipped(str(error))}") from None


def _check_types(path: Path, place: str, document: Mapping[str, Any], types: Mapping[str, Any]) -> None:
    _check_names(path, f"{place or 'the top '}keys", document, types)
    for name, wanted in types.items():
        value = document[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            expected = " or ".join(kind.__name__ for kind in (wanted if isinstance(wanted, tuple) else (wanted,)))
            raise SavingError(f"{path}: {place}{name} must be of type {expected}, but got {_shown(value)}.")


def _check_names(path: Path, what: str, names: Iterable[str], wanted: Iterable[str]) -> None:
    missing, superfluous = sorted(set(wanted) - set(names)), sorted(set(names) - set(wanted))
    if missing or superfluous:
        raise SavingError(f"{path}: {what}: {_shown(missing)} are missing, {_shown(superfluous)} are unknown.")


def _read_weights(
    path: Path, file: IO[bytes], architecture: Architecture, dtype: np.dtype[Any]
) -> tuple[Network, dict[str, NDArray[Any]]]:
    size = file.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(file) as archive:
            members = _members(path, archive, size)
            extras = {name: member for name, member in members.items() if name.startswith(EXTRA)}
            if len(members) < len(architecture.sizes) - 1:
                raise SavingError(f"{path}: {len(architecture.sizes) - 1} layers need more than {len(members)} arrays.")
            shapes = _shapes(architecture)
            _check_names(path, "arrays", members.keys() - extras.keys(), shapes)
            for name, shape in shapes.items():
                claimed = (members[name].dtype, members[name].shape)
                wanted = (_little(np.empty(0, dtype)).dtype.str, shape)
                if claimed != wanted:
                    raise SavingError(
                        f"{path}: {name} must be {_shown(wanted)}, but its header claims {_shown(claimed)}."
                    )
            network = blank_network(architecture, dtype)
            for name, view in _arrays(network, 0).items():
                view[...] = _content(archive, members[name])
            return network, {name.removeprefix(EXTRA): _content(archive, member) for name, member in extras.items()}
    except SavingError:
        raise
    except DAMAGED as error:
        raise SavingError(f"{path}: must be an npz file, but: {_clipped(str(error))}.") from None


def _members(path: Path, archive: zipfile.ZipFile, size: int) -> dict[str, _Member]:
    """List the arrays of an archive by name, from its directory and their headers, which are checked."""
    infos = archive.infolist()
    if sum(info.file_size for info in infos) > size:
        raise SavingError(f"{path}: must declare at most the {size} bytes that it has, but declares more.")
    members: dict[str, _Member] = {}
    for info in infos:
        name = info.filename.removesuffix(".npy")
        if not NAME.fullmatch(name) or info.filename == name or name in members:
            raise SavingError(f"{path}: {_shown(info.filename)} must be the name of an array, and unique.")
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size or info.flag_bits & 1:
            raise SavingError(f"{path}: {name} must be stored as it is, but is compressed or encrypted.")
        with archive.open(info) as stream:
            members[name] = _Member(info, *_header(path, name, stream, info.file_size))
    return members


def _header(path: Path, name: str, stream: IO[bytes], size: int) -> tuple[str, tuple[int, ...]]:
    """Read the type and shape of an array in npy format 1.0, and check the number of bytes. Nothing is evaluated.

    Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    start = stream.read(10)
    length = int.from_bytes(start[8:], "little")
    if start[:8] != b"\x93NUMPY\x01\x00" or not 0 < length <= LONGEST_HEADER:
        raise SavingError(f"{path}: {name} must begin with a header of npy format 1.0, but begins {_shown(start)}.")
    text = stream.read(length)
    match = HEADER.fullmatch(text)
    if match is None:
        raise SavingError(f"{path}: {name} must have the header of an array of numbers, but has {_shown(text)}.")
    descr = match[1].decode("latin-1")
    shape = tuple(int(number) for number in match[2].decode().replace(",", " ").split())
    if not NUMBERS.fullmatch(descr):
        raise SavingError(f"{path}: {name} must hold numbers, but its type is {_shown(descr)}.")
    claimed, held = prod(shape) * np.dtype(descr).itemsize, size - 10 - length
    if claimed != held:
        raise SavingError(
            f"{path}: {name} of shape {_shown(shape)} and type {descr} must have {claimed} bytes, but has {held}."
        )
    return descr, shape


def _content(archive: zipfile.ZipFile, member: _Member) -> NDArray[Any]:
    """Read an array, which is read-only; the archive verifies its checksum."""
    data = archive.read(member.info)
    count = prod(member.shape)
    dtype = np.dtype(member.dtype)
    array = np.frombuffer(data, dtype, count, offset=len(data) - count * dtype.itemsize)
    return array.reshape(member.shape)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise ValueError(f"a key stands twice among {_shown([name for name, _ in pairs])}")
    return unique


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _shown(value: object) -> str:
    return _clipped(reprlib.repr(value))


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:197]}..."
