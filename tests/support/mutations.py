"""Small files of every kind that a user brings, whole or damaged."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
from PIL import Image

from experiments.config.default_study import own_study
from experiments.config.study_file import read_spec
from experiments.search.context import prepare_study
from support.accidents import mutated
from support.hostile_files import HOSTILE
from support.json_accidents import wrong_json, wrong_toml


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
            path.write_bytes(content if rng is None or name != chosen else _damaged(name, content, rng))

    def options(self, folder: Path) -> list[str]:
        """How the command takes them."""
        if self.source.endswith(".toml"):
            return [str(folder / self.source)]
        target = [] if self.target is None else ["--target", self.target]
        return ["--data", str(folder / self.source), *target]


def load(options: Sequence[str]) -> None:
    """Read the files as the command does before its first trial.

    Raises:
        ExperimentError: they are refused.
    """
    if options[0] == "--data":
        spec, _ = own_study(options[1], options[3] if len(options) > 2 else None)
    else:
        spec = read_spec(Path(options[0]), [])
    prepare_study(spec)


def _damaged(name: str, content: bytes, rng: Random) -> bytes:
    """Return what an accident, or now and then somebody's malice, leaves of a file."""
    wrong = next((HOSTILE[ending] for ending in HOSTILE if name.endswith(ending)), None)
    if wrong is not None and rng.random() < 0.25:
        return wrong(rng)
    if name.endswith((".json", ".jsonl")) and rng.random() < 0.5:
        return wrong_json(content, rng)
    if name.endswith(".toml") and rng.random() < 0.7:
        return wrong_toml(content, rng)
    return mutated(content, rng)


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
    pictures = {
        f"pictures/{name}/{number}{ending}": _picture(rng, ending)
        for name in "ab"
        for number, ending in enumerate((".png", ".png", ".jpg", ".bmp", ".gif", ".tiff", ".webp", ".png"))
    }
    zipped = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in idx.items()}
    frame = pd.read_csv(io.StringIO(plain)).set_index(np.arange(40) * 2)
    frames = {f"table.{ending}": _file_of(frame, ending) for ending in ("json", "jsonl", "xlsx", "parquet", "csv.zip")}
    frames["table.ndjson"], frames["table.npy"] = frames["table.jsonl"], _npy(x)
    frames["table.csv.gz"] = gzip.compress(plain.encode(), mtime=0)
    frames["table.txt"] = ("A title\n\n" + plain.replace(",", ";") + "Total\n").encode("utf-16")
    return {
        "csv": Specimen({"table.csv": plain.encode()}, ["table.csv"], "table.csv", "label"),
        "tsv": Specimen({"table.tsv": mixed.encode()}, ["table.tsv"], "table.tsv", "label"),
        "toml": Specimen({"study.toml": study.encode()}, ["study.toml"], "study.toml"),
        "npz": Specimen({"table.npz": arrays.getvalue()}, ["table.npz"], "table.npz"),
        **{name.partition(".")[2]: Specimen({name: file}, [name], name, "label") for name, file in frames.items()},
        "pictures": Specimen(pictures, list(pictures), "pictures/"),
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


def _npy(array: np.ndarray) -> bytes:
    np.save(file := io.BytesIO(), array)
    return file.getvalue()


def _picture(rng: np.random.Generator, ending: str) -> bytes:
    kind = {"jpg": "JPEG", "tiff": "TIFF"}.get(ending[1:], ending[1:].upper())
    Image.fromarray(rng.integers(0, 256, (6, 6, 3)).astype(np.uint8)).save(file := io.BytesIO(), kind)
    return file.getvalue()
