"""Studies whose files are damaged one at a time, and the commands that read them."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd

from experiments.config.documents import canonical_digest, canonical_json
from experiments.evaluation.records.result_digest import digest
from experiments.evaluation.scoring.ledger import GENESIS
from experiments.search.out_of_fold import fingerprint
from experiments.tracking.writer_state import new_state, write_state
from support.accidents import mutated
from support.desk import CommandRunner
from support.hostile_files import hostile_npy, hostile_npz
from support.json_accidents import wrong_json, wrong_toml

STORE = "sqlite:///mlruns/mlflow.db"
OWN = """\
[study]
name = "own"

[data]
source = "table.csv"
target = "label"

[cv]
n_splits = 3

[training]
epochs = 3
batch_size = 32
patience = 0

[search]
trials = 3
lookahead = 2

[space]
learning_rate = { low = 1e-3, high = 1e-1, log = true }
hidden_layers = { low = 1, high = 2 }

[final]
members = 1
choice = "with_default"

[report]
purpose = "a text"
"""


def table(rows: int = 60) -> pd.DataFrame:
    """Return a table with numbers, words and dates."""
    rng = np.random.default_rng(0)
    days = pd.date_range("2020-01-01", periods=rows).strftime("%Y-%m-%d")
    towns = np.array(["north", "south", "east"])[np.arange(rows) % 3]
    frame = pd.DataFrame({"age": rng.normal(size=rows).round(3), "town": towns, "day": days})
    return frame.assign(label=np.array(["no", "yes"])[(frame["age"] > 0).astype(int)])


def make_studies(folder: Path, database: Path) -> None:
    """Run two small studies of one table in a folder, with the ledger and the records of a writer to MLflow.

    Args:
        database: an empty one of MLflow's.
    """
    (folder / "mlruns").mkdir(parents=True)
    shutil.copy(database, folder / "mlruns" / "mlflow.db")
    studies = folder / "studies"
    studies.mkdir()
    table().to_csv(studies / "table.csv", index=False)
    table(9).drop(columns="label").to_csv(folder / "new.csv", index=False)
    np.savez(folder / "new.npz", X=np.zeros((3, 3)))
    (studies / "own.toml").write_text(OWN)
    desk = CommandRunner(folder)
    with chdir(folder):
        (studies / "moons.toml").write_text(OWN)
        desk.studied("studies/own")
        desk.studied("studies/other", "study.name=other", "search.sampler=random", "study.seed=1")
        (studies / "moons.toml").unlink()
        write_state(studies / "own", new_state("run", STORE))
        compared = studies / "compare-own-other"
        compared.mkdir()
        for name in ("finalists.json", "compare.json"):
            (compared / name).write_text('{"schema": 1}\n')


@dataclass(frozen=True)
class Kind:
    """A kind of file of a study, and what reads it.

    paths:    the files, of which one is damaged.
    commands: words of the commands, of which one reads it.
    wrong:    accidents beside those of bytes.
    repair:   makes the other files agree with the damaged one, as somebody who forges a study would.
    """

    paths: Sequence[str]
    commands: Sequence[str]
    wrong: Callable[[bytes, Random], bytes] | None = None
    repair: Callable[[Path, Path], None] | None = None

    def damage(self, folder: Path, rng: Random) -> None:
        """Damage a file in the folder of the studies."""
        path = folder / rng.choice(list(self.paths))
        content = path.read_bytes()
        accident = self.wrong if self.wrong is not None and rng.random() < 0.7 else mutated
        path.write_bytes(accident(content, rng))
        if self.repair is not None and rng.random() < 0.7:
            try:
                self.repair(folder, path)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
                return  # too much damage to be made to agree


def _digested(_: Path, path: Path) -> None:
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps({**document, "digest": digest(document)}))


def _chained(_: Path, path: Path) -> None:
    previous, lines = GENESIS, []
    for line in path.read_bytes().splitlines():
        entry = {**json.loads(line), "previous": previous}
        lines.append(canonical_json(entry))
        previous = canonical_digest(entry)
    path.write_text("".join(f"{line}\n" for line in lines), errors="surrogatepass")


def _agreed(_: Path, path: Path) -> None:
    """Let a model.json name the weights beside it, and that of the model around it name it."""
    model = path.with_name("model.json")
    weights = hashlib.sha256(path.with_name("weights.npz").read_bytes()).hexdigest()
    _write_unsealed(model, {**json.loads(model.read_bytes()), "sha256": weights})
    if model.parent.name == "default":
        around = model.parents[1] / "model.json"
        document = json.loads(around.read_bytes())
        document["about"]["beside"] = hashlib.sha256(model.read_bytes()).hexdigest()
        _write_unsealed(around, document)


def _write_unsealed(path: Path, document: dict[str, Any]) -> None:
    """Write a model.json without the checksum of itself, which it may lack."""
    path.write_text(json.dumps({key: value for key, value in document.items() if key != "own_sha256"}))


def known_to_the_journal(_: Path, path: Path) -> None:
    """Let the journal of a study name the content of a trial's outputs as its own."""
    journal, number = path.parents[1] / "journal.log", int(path.stem)
    lines = []
    for line in journal.read_text().splitlines():
        entry = json.loads(line)
        result = entry.get("user_attrs", {}).get("result")
        if isinstance(result, dict) and result["number"] == number:
            result["out_of_fold"] = fingerprint(path.read_bytes())
        lines.append(json.dumps(entry))
    journal.write_text("".join(f"{line}\n" for line in lines))


def _wrong_ledger(content: bytes, rng: Random) -> bytes:
    wrong = wrong_json(content, rng)
    if rng.random() < 0.2:
        cells = base64.b64encode(rng.randbytes(rng.choice([0, 7, 16, 1000]))).decode()
        return wrong.replace(b'"cells":"', b'"cells":"' + cells.encode(), 1)
    return wrong


def _wrong_npy(content: bytes, rng: Random) -> bytes:
    return hostile_npy(rng)


def _wrong_npz(content: bytes, rng: Random) -> bytes:
    return hostile_npz(rng)


MODELS = ("studies/own/model", "studies/own/model/default")
COMPARE = "compare own other --out found"
SYNC, DELETE = f"sync own --tracking-uri {STORE}", f"delete own --yes --tracking-uri {STORE}"
KINDS = {
    "journal": Kind(
        ["studies/own/journal.log"],
        ["report own", "tune own --status", "tune --list", COMPARE, "delete own --yes --tracking-uri none", SYNC],
        wrong_json,
    ),
    "results.json": Kind(
        ["studies/own/results.json"],
        ["report own", "report own", "tune own --status", "tune --list", COMPARE, COMPARE],
        wrong_json,
        _digested,
    ),
    "ledger": Kind(["studies/ledger.jsonl"], ["report own", COMPARE], _wrong_ledger, _chained),
    "tracking.json": Kind(["studies/own/tracking.json"], [SYNC, SYNC, DELETE], wrong_json),
    "tracking_state.json": Kind(
        ["studies/own/tracking_state.json"], ["tune --list", "tune own --status", "ui"], wrong_json
    ),
    "out_of_fold": Kind(
        [f"studies/own/out_of_fold/{number}.npy" for number in range(3)],
        [COMPARE],
        _wrong_npy,
        known_to_the_journal,
    ),
    "validation_rows.npz": Kind(["studies/own/validation_rows.npz"], [COMPARE], _wrong_npz),
    "test_rows.npz": Kind(["studies/own/test_rows.npz"], ["report own", COMPARE], _wrong_npz),
    "model.json": Kind([f"{folder}/model.json" for folder in MODELS], ["predict own new.csv"], wrong_json, _agreed),
    "weights.npz": Kind(
        [f"{folder}/weights.npz" for folder in MODELS],
        ["predict own new.csv", "predict own new.csv --out out.csv"],
        _wrong_npz,
        _agreed,
    ),
    "new rows": Kind(["new.csv"], ["predict own new.csv", "predict own new.csv --keep town"]),
    "new arrays": Kind(["new.npz"], ["predict own new.npz"], _wrong_npz),
    "study.toml": Kind(["studies/own.toml"], ["report own", "tune own --status", "tune --list"], wrong_toml),
    "comparison": Kind(
        ["studies/compare-own-other/finalists.json", "studies/compare-own-other/compare.json"],
        ["compare own other", "tune --list"],
        wrong_json,
    ),
}  # fmt: skip
# what a command may write, beside the study's folder
WRITES = (
    "studies/own/",
    "studies/other/",
    "studies/ledger",
    "mlruns/",
    "found/",
    "studies/compare-own-other/",
    "out.csv",
)


def command_of(words: str) -> Callable[[], int]:
    """Return the command of these words as a function."""
    name, *arguments = words.split()
    if name == "ui":  # its list of studies, without a server
        from experiments.ui import _wait_for_writers

        return lambda: _wait_for_writers(STORE) or 0
    import importlib

    main: Callable[[Sequence[str]], int] = importlib.import_module(f"experiments.{name}").main
    return lambda: main(arguments)


def files_of(folder: Path) -> dict[str, tuple[int, int] | str]:
    """Return size and time of each file below a folder, and where links lead."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def copied(base: Path, folder: Path) -> Path:
    """Copy the studies into a new folder."""
    return Path(shutil.copytree(base, folder))
