"""The row about array files that lie: refused before their memory is taken, and nothing in them is executed."""

from __future__ import annotations

import gzip
import io
import math
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from experiments.benchmark.fault_rows.canary import Canary
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import SMALL, refused_within

MUCH = 96.0  # MiB more than for the smallest file that is refused
BLOCK = bytes(1 << 20)
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
Make = Callable[[Path, int], None]  # writes files into an empty folder; with so many MiB, where they unpack to many


def npy(shape: tuple[int, ...], descr: str, content: bytes = b"") -> bytes:
    """Return an array's file, whose header says a shape and a type."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue() + content


def _npz(x: bytes) -> Make:
    """Return the maker of an .npz file with this array of features and a good one of targets."""

    def make(folder: Path, mib: int) -> None:
        with zipfile.ZipFile(folder / "my.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("X.npy", x)
            archive.writestr("y.npy", npy((4,), "<i8", np.array([0, 1, 0, 1]).tobytes()))

    return make


def _objects(folder: Path, mib: int) -> None:
    for_rows = np.array([[Canary(folder.parent, "npz")]] * 4, object)
    np.savez(folder / "my.npz", X=for_rows, y=np.array([Canary(folder.parent, "npz")] * 4, object))


def _pickle(folder: Path, mib: int) -> None:
    (folder / "my.npz").write_bytes(Canary(folder.parent, "npz").pickled())


def _bomb(folder: Path, mib: int) -> None:
    rows = mib << 10
    with zipfile.ZipFile(folder / "my.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("X.npy", "w", force_zip64=True) as member:
            member.write(npy((rows, 32, 32), "|u1"))
            for _ in range(mib):
                member.write(BLOCK)
        archive.writestr("y.npy", npy((rows,), "|u1", bytes(rows)))


def _lying_bomb(folder: Path, mib: int) -> None:
    with zipfile.ZipFile(folder / "my.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("X.npy", "w", force_zip64=True) as member:
            member.write(npy((4, 3), "<f8"))
            for _ in range(mib):
                member.write(BLOCK)
        archive.writestr("y.npy", npy((4,), "<i8", bytes(32)))


def _idx(magic: int = 0x803, shape: tuple[int, int, int] = (4, 2, 2), content: bytes = bytes(range(16))) -> Make:
    """Return the maker of a folder of IDX files whose images are these."""

    def make(folder: Path, mib: int) -> None:
        (folder / IMAGES).write_bytes(struct.pack(">4I", magic, *shape) + content)
        (folder / LABELS).write_bytes(struct.pack(">2I", 0x801, 4) + bytes((0, 1, 0, 1)))

    return make


def _gzip_bomb(is_announced: bool) -> Make:
    """Return the maker of IDX files that unpack to many MiB, which the header announces or not."""

    def make(folder: Path, mib: int) -> None:
        shape = (mib << 10, 32, 32) if is_announced else (4, 2, 2)
        member = gzip.compress(BLOCK, mtime=0)
        header = gzip.compress(struct.pack(">4I", 0x803, *shape), mtime=0)
        (folder / f"{IMAGES}.gz").write_bytes(header + member * mib)
        (folder / LABELS).write_bytes(struct.pack(">2I", 0x801, 4) + bytes((0, 1, 0, 1)))

    return make


HUGE = 2**32 - 1
FILES: dict[str, tuple[Make, str]] = {  # what is wrong: its maker, and what the refusal must say
    "npz with objects": (_objects, "never unpickled"),
    "a pickle named npz": (_pickle, "cannot be read as .npz"),
    "npz whose header says 8 TB": (_npz(npy((10**12,), "<f8")), r"header says \(1000000000000,\)"),
    "npz whose header says 2^62 bytes": (_npz(npy((1 << 31, 1 << 31), "|u1", bytes(64))), "header says"),
    "npz whose header says more than there is": (_npz(npy((4, 3), "<f8", bytes(95))), "the file has 95"),
    "npz whose header says less than there is": (_npz(npy((4, 3), "<f8", bytes(97))), "the file has 97"),
    "npz of a negative shape": (_npz(npy((4, -3), "<f8", bytes(96))), "header says|cannot be read"),
    "npz whose header is a program": (
        _npz(npy((4, 3), "<f8", bytes(96)).replace(b"(4, 3)", b"exit()")),
        "cannot be read as .npz",
    ),
    "npz that is a bomb": (_bomb, r"at most \d+ (bytes|cells)"),
    "npz that is a bomb and lies": (_lying_bomb, "header says"),
    "IDX with a bad magic number": (_idx(0x12345678), "must be an IDX file"),
    "IDX of floats": (_idx(0xD03), "must be an IDX file"),
    "IDX that is short": (_idx(content=bytes(15)), "16 bytes of its header, but has 15"),
    "IDX of giant dimensions": (_idx(shape=(HUGE, HUGE, HUGE)), "header announces"),
    "IDX of 1 GiB that is short": (_idx(shape=(1 << 20, 32, 32)), "a label for each, but the shapes are"),
    "IDX that is a gzip bomb": (_gzip_bomb(True), "a label for each, but the shapes are"),
    "IDX that is a gzip bomb and lies": (_gzip_bomb(False), "16 bytes of its header, but has more"),
}


def lying_arrays(desk: Desk) -> Iterator[str]:
    """Give the command array files that lie, and measure the memory of each refusal."""
    usual = 0.0
    for number, (what, (make, words)) in enumerate(FILES.items()):
        folder = desk.folder / f"files-{number}"
        folder.mkdir()
        make(folder, 1024)
        is_idx = not (folder / "my.npz").exists()
        size = sum(path.stat().st_size for path in folder.iterdir())
        source = f"{folder.name}/" if is_idx else f"{folder.name}/my.npz"
        most = usual + MUCH if usual else math.inf
        _, peak = refused_within(desk, words, most, "--data", source, *SMALL, "--out", "studies/arrays")
        usual = usual or peak
        demand(not Canary(desk.folder, "npz").sang, f"{what}: code in the file was executed")
        yield f"{what} ({size:,} bytes): refused with {peak:.0f} MiB at most"
    yield "no canary sang: nothing was unpickled or executed"
