"""Small files of every kind that a user brings, and seeded damage to them."""

from __future__ import annotations

import gzip
import io
import struct
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd

from experiments.config.default_study import own_study
from experiments.config.study_file import read_spec
from experiments.errors import ExperimentError
from experiments.search.context import prepare_study

WORDS = [b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"nan", b"-inf", b"1e999", b"=1+1", b"'''"]
WORDS += [
    b"[search]\n",
    b"seed = -1\n",
    b"trials = 1e400\n",
    b"low = 2, high = 1",
    b"\xf0\x9f\x98\x80",
    b"\\u0000",
    b"?",
]
WORDS += [struct.pack(">I", number) for number in (0, 1, 2**31 - 1, 2**32 - 1)] + [b"<script>", b"9" * 400]
SLOW = 20.0  # seconds of the processor, within which the smallest file is read or refused whatever it says


@dataclass(frozen=True)
class Specimen:
    """Files of one study as they should be.

    files:   name -> content.
    damaged: which of them are damaged.
    source:  what --data names, or the study file.
    target:  of a table.
    """

    files: dict[str, bytes]
    damaged: Sequence[str]
    source: str
    target: str | None = None

    def write(self, folder: Path, rng: Random | None = None) -> None:
        """Write the files, one of them damaged where there is a source of chance."""
        chosen = None if rng is None else rng.choice(self.damaged)
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if rng is None or name != chosen else mutated(content, rng))

    def options(self, folder: Path) -> list[str]:
        """How the command takes them."""
        if self.source.endswith(".toml"):
            return [str(folder / self.source)]
        target = [] if self.target is None else ["--target", self.target]
        return ["--data", str(folder / self.source), *target]


def specimens() -> dict[str, Specimen]:
    """Small files of every kind: tables in every format, a study file, arrays, and IDX files, gzipped or not."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)).round(3), np.arange(40) % 2
    plain = "a,b,c,label\n" + "".join(
        f"{','.join(map(str, row))},{'yes' if one else 'no'}\n" for row, one in zip(x, y, strict=True)
    )
    mixed = "age\ttown\tlabel\n" + "".join(
        f"{'?' if at % 9 == 0 else 20 + at}\t{'north' if at % 3 else 'south'}\t{one}\n" for at, one in enumerate(y)
    )
    study = (
        '[study]\nname = "moons"\nseed = 3\n[data]\nsource = "moons"\n[cv]\nn_splits = 3\n[training]\nepochs = 2\n'
        "[search]\ntrials = 2\n[space]\nlearning_rate = { low = 1e-3, high = 1e-1, log = true }\n"
        "hidden_layers = { low = 1, high = 2 }\nl2 = { low = 0.0, high = 0.1 }\n"
    )
    arrays = io.BytesIO()
    np.savez_compressed(arrays, X=x, y=y)
    idx = {}
    for part, rows in (("train", 30), ("t10k", 12)):
        pixels = rng.integers(0, 256, (rows, 4, 4)).astype(np.uint8)
        labels = (np.arange(rows) % 3).astype(np.uint8)
        idx[f"digits/{part}-images-idx3-ubyte"] = struct.pack(">IIII", 0x803, rows, 4, 4) + pixels.tobytes()
        idx[f"digits/{part}-labels-idx1-ubyte"] = struct.pack(">II", 0x801, rows) + labels.tobytes()
    zipped = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in idx.items()}
    frame = pd.read_csv(io.StringIO(plain)).set_index(np.arange(40) * 2)
    frames = {f"table.{ending}": _file_of(frame, ending) for ending in ("json", "jsonl", "xlsx", "parquet", "csv.zip")}
    frames["table.csv.gz"] = gzip.compress(plain.encode(), mtime=0)
    frames["table.txt"] = ("A title\n\n" + plain.replace(",", ";") + "Total\n").encode("utf-16")
    return {
        "csv": Specimen({"table.csv": plain.encode()}, ["table.csv"], "table.csv", "label"),
        "tsv": Specimen({"table.tsv": mixed.encode()}, ["table.tsv"], "table.tsv", "label"),
        "toml": Specimen({"study.toml": study.encode()}, ["study.toml"], "study.toml"),
        "npz": Specimen({"table.npz": arrays.getvalue()}, ["table.npz"], "table.npz"),
        **{name.partition(".")[2]: Specimen({name: file}, [name], name, "label") for name, file in frames.items()},
        "idx": Specimen(idx, list(idx), "digits/"),
        "idx.gz": Specimen(zipped, list(zipped), "digits/"),
    }


def _file_of(frame: pd.DataFrame, ending: str) -> bytes:
    """The rows as a file of that ending, without a date in it."""
    if ending.startswith("json"):
        return frame.to_json(orient="records" if ending == "jsonl" else "columns", lines=ending == "jsonl").encode()
    file = io.BytesIO()
    if ending == "parquet":
        frame.to_parquet(file)
    elif ending == "xlsx":
        frame.to_excel(file, index=False)
    else:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("table.csv"), frame.to_csv(index=False))
    return file.getvalue()


def mutated(content: bytes, rng: Random) -> bytes:
    """The content after one to three accidents."""
    for _ in range(rng.randint(1, 3)):
        content = rng.choice(ACCIDENTS)(content, rng)
    return content


def loads(specimen: Specimen, folder: Path) -> str:
    """Read the files as the command does before its first trial.

    Returns:
        what is wrong: a traceback, an error of more than one line, or that it took too long; empty if nothing is.
    """
    started = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            options = specimen.options(folder)
            if options[0] == "--data":
                spec, _ = own_study(options[1], specimen.target)
            else:
                spec = read_spec(Path(options[0]), [])
            prepare_study(spec)
    except ExperimentError as error:
        if not str(error).strip():
            return "an error without words"
    except Exception:
        return traceback.format_exc()
    seconds = time.process_time() - started
    return f"it took {seconds:.0f} s" if seconds > SLOW else ""


def damage_done(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Damage so many files, one after the other; yields each one's kind and what is wrong with how it was read."""
    rng, kinds = Random(seed), specimens()
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            kinds[kind].write(folder, rng)
            yield kind, loads(kinds[kind], folder)


def _somewhere(content: bytes, rng: Random) -> int:
    return rng.randint(0, len(content))


def _cut(content: bytes, rng: Random) -> bytes:
    return content[: _somewhere(content, rng)]


def _drop(content: bytes, rng: Random) -> bytes:
    at = _somewhere(content, rng)
    return content[:at] + content[at + rng.randint(1, 20) :]


def _flip(content: bytes, rng: Random) -> bytes:
    if not content:
        return b"\1"
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _insert(content: bytes, rng: Random) -> bytes:
    at = _somewhere(content, rng)
    return content[:at] + rng.choice(WORDS) + content[at:]


def _repeat(content: bytes, rng: Random) -> bytes:
    start, end = sorted((_somewhere(content, rng), _somewhere(content, rng)))
    return content[:end] + content[start:end] + content[end:]


def _swap_lines(content: bytes, rng: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


def _replace_cell(content: bytes, rng: Random) -> bytes:
    cells = content.split(b",")
    cells[rng.randrange(len(cells))] = rng.choice(WORDS)
    return b",".join(cells)


def _inside(content: bytes, rng: Random) -> bytes:
    """Damage what an archive holds, so that the archive itself is whole."""
    accident = rng.choice([_cut, _drop, _flip, _insert, _repeat, _replace_cell])
    try:
        if content[:2] == b"\x1f\x8b":
            return gzip.compress(accident(gzip.decompress(content), rng), mtime=0)
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
            name = rng.choice(sorted(parts))
            parts[name] = accident(parts[name], rng)
            with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
                for part, text in parts.items():
                    archive.writestr(zipfile.ZipInfo(part), text)
            return file.getvalue()
    except Exception:  # an archive that was damaged before
        return content
    return accident(content, rng)


ACCIDENTS: list[Callable[[bytes, Random], bytes]] = [
    *(_cut, _drop, _flip, _insert, _repeat, _swap_lines, _replace_cell),
    *(_inside, _inside),
]
