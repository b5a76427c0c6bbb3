"""Files that are not as the program writes them are refused before they cost memory, and nothing is executed."""

import io
import os
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from nnet.errors import SavingError
from nnet.saving import WEIGHTS, load
from support.saved_networks import ARCHITECTURES, arrays_of, forge, refusal


def npz(arrays: dict[str, np.ndarray], compressed: bool = False) -> bytes:
    (np.savez_compressed if compressed else np.savez)(file := io.BytesIO(), **arrays)
    return file.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


WEIGHT_CHANGES = {
    "missing": lambda arrays: arrays.pop("weights_2"),
    "superfluous": lambda arrays: arrays.update(weights_9=np.zeros(2, np.float32)),
    "a bias under batch norm": lambda arrays: arrays.update(bias_1=np.zeros(5, np.float32)),
    "transposed": lambda arrays: arrays.update(weights_1=np.zeros((5, 6), np.float32)),
    "float64": lambda arrays: arrays.update(weights_1=arrays["weights_1"].astype(float)),
    "big-endian": lambda arrays: arrays.update(weights_1=arrays["weights_1"].astype(">f4")),
    "column by column": lambda arrays: arrays.update(weights_1=np.asfortranarray(arrays["weights_1"])),
    "extra text": lambda arrays: arrays.update(extra_a=np.array(["a"])),
    "extra complex": lambda arrays: arrays.update(extra_a=np.zeros(2, complex)),
    "extra structure": lambda arrays: arrays.update(extra_a=np.zeros(2, [("a", "f4")])),
    "path": lambda arrays: arrays.update({"../evil": np.zeros(2)}),
}


def test_other_arrays(folder):
    right = arrays_of(folder)
    for change in WEIGHT_CHANGES.values():
        arrays = dict(right)
        change(arrays)
        forge(folder, npz(arrays))
        refusal(folder)


class Bomb:
    """An object whose pickle would make a folder."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", ["weights_1", "extra_offset"])
def test_objects_are_refused_and_nothing_is_executed(name, folder):
    arrays = arrays_of(folder)
    arrays[name] = np.array([Bomb(folder / "executed")])
    forge(folder, npz(arrays))
    assert "numbers" in refusal(folder)
    (folder / WEIGHTS).write_bytes(pickle.dumps(Bomb(folder / "executed")))
    refusal(folder)
    forge(folder, (folder / WEIGHTS).read_bytes())
    refusal(folder)
    assert not (folder / "executed").exists()


def test_a_compressed_bomb(folder):
    bomb = npz({**arrays_of(folder), "extra_zeros": np.zeros(50_000_000, np.uint8)}, compressed=True)
    assert len(bomb) < 100_000
    forge(folder, bomb)
    refusal(folder)


HEADERS = {
    "73 TiB": "{'descr': '<f4', 'fortran_order': False, 'shape': (20000000000000,), }",
    "beyond 64 bits": "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999, 9999999999999999999), }",
    "nothing, but large": "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9999999999999999999), }",
    "negative": "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "an expression": "{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os').abort(),), }",
    "objects": "{'descr': '|O', 'fortran_order': False, 'shape': (), }",
    "no such float": "{'descr': '<f1', 'fortran_order': False, 'shape': (), }",
    "no header": "",
    "digits": "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1" * 60 + "), }",
}


@pytest.mark.parametrize("name", ["weights_1", "extra_offset"])
def test_headers_that_lie(name, folder):
    with zipfile.ZipFile(folder / WEIGHTS) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    for header in HEADERS.values():
        forge(folder, zip_of({**members, f"{name}.npy": npy(header, b"\0" * 64)}))
        refusal(folder)
    forge(folder, zip_of({**members, f"{name}.npy": members[f"{name}.npy"].replace(b"NUMPY\x01", b"NUMPY\x02")}))
    assert "must begin with a header of npy format 1.0" in refusal(folder)


def test_a_directory_that_lies(folder):
    weights = bytearray((folder / WEIGHTS).read_bytes())
    entry = weights.index(b"PK\x01\x02")
    for size in ((2**31).to_bytes(4, "little") * 2, (2**20).to_bytes(4, "little") * 2, b"\xff" * 8):
        weights[entry + 20 : entry + 28] = size
        forge(folder, bytes(weights))
        refusal(folder)


def test_a_member_that_is_there_twice(folder):
    file = io.BytesIO((folder / WEIGHTS).read_bytes())
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("bias_3.npy", archive.read("bias_3.npy"))
    forge(folder, file.getvalue())
    refusal(folder)


def test_every_cut_is_refused(folder):
    weights = (folder / WEIGHTS).read_bytes()
    for end in (0, 1, 10, 50, len(weights) // 2, len(weights) - 30, len(weights) - 1):
        forge(folder, weights[:end])
        refusal(folder)


def test_random_damage_is_refused_or_harmless(folder):
    weights, rng = (folder / WEIGHTS).read_bytes(), np.random.default_rng(0)
    for _ in range(50):
        damaged = bytearray(weights)
        for at in rng.integers(0, len(weights), rng.integers(1, 4)):
            damaged[at] = rng.integers(0, 256)
        forge(folder, bytes(damaged))
        with suppress(SavingError):
            assert load(folder).network.architecture == ARCHITECTURES["batch norm"]
