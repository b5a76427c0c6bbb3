"""The row about model folders that no study wrote, or that were changed: refused, and nothing in them is executed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmark.fault_rows.arrays import npy
from experiments.benchmark.fault_rows.canary import Canary
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import refused_within, run_measured
from nnet.saving import MODEL, OWN, WEIGHTS

MUCH = 96.0  # MiB more than for the right model
Change = Callable[[Path, Canary], object]  # changes a model folder


def foreign_models(desk: Desk) -> Iterator[str]:
    """Give the command that predicts model folders that were changed, and folders of other programs."""
    desk.tuned("--set", "search.trials=2", "--workers", "1", "--tracking-uri", "none")
    rows = "".join(f"{at / 10},{at / 20}\n" for at in range(9))
    (desk.folder / "new.csv").write_text(f"{','.join(_inputs(desk.study / 'model'))}\n{rows}")
    canary = Canary(desk.folder, "model")
    right, usual = run_measured(desk, str(desk.study), "new.csv", module="experiments.predict")
    demand(right.code == 0, f"the right model does not predict: {right.ending}")
    for number, (what, (change, words)) in enumerate(CHANGES.items()):
        model = desk.folder / f"model-{number}"
        shutil.copytree(desk.study / "model", model)
        change(model, canary)
        line, _ = refused_within(desk, words, usual + MUCH, str(model), "new.csv", module="experiments.predict")
        demand(not canary.sang, f"{what}: code in it was executed")
        place = f"{model.name}/"
        yield f"{what}: {line.removeprefix('error: ').replace(f'{desk.folder}/', '').replace(place, '')[:160]}"
    for name in ("numpy.py", "sitecustomize.py", "conftest.py", "__init__.py", "model.py", "model.pkl"):
        content = canary.pickled() if name.endswith("pkl") else canary.program.encode()
        (desk.study / "model" / name).write_bytes(content)
    done = desk.succeed(str(desk.study), "new.csv", module="experiments.predict")
    demand(done.out == right.out, f"beside foreign programs the model predicts otherwise: {done.ending}")
    demand(not canary.sang, "a program that lies in the model's folder was executed")
    yield "programs and pickles beside a right model: it predicts the same, none was executed"
    yield f"no refusal took more than {MUCH:.0f} MiB above the right model's {usual:.0f} MiB"


def _inputs(model: Path) -> list[str]:
    """Return the names of a model's inputs."""
    return [name for name, _ in json.loads((model / MODEL).read_bytes())["about"]["inputs"]]


def _with_weights(content: Callable[[dict[str, Any], Canary], bytes]) -> Change:
    """Return a change of the weights, whose checksum is made right."""

    def change(model: Path, canary: Canary) -> None:
        with np.load(model / WEIGHTS, allow_pickle=False) as file:
            weights = content({name: file[name] for name in file.files}, canary)
        (model / WEIGHTS).write_bytes(weights)
        _edit(model, lambda words: words.update(sha256=hashlib.sha256(weights).hexdigest()))

    return change


def _with_words(change: Callable[[dict[str, Any]], object]) -> Change:
    """Return a change of the words of model.json."""
    return lambda model, _: _edit(model, change)


def _by_hand(change: Callable[[dict[str, Any]], object]) -> Change:
    """Return a change of the words of model.json whose author knows nothing of their checksum."""
    return lambda model, _: _edit(model, change, forged=False)


def _edit(model: Path, change: Callable[[dict[str, Any]], object], forged: bool = True) -> None:
    """Change the words of model.json; if it is forged, as those of a version without their checksum."""
    words = json.loads((model / MODEL).read_bytes())
    change(words)
    if forged:
        words.pop(OWN)
    (model / MODEL).write_text(json.dumps(words))


def _instead(files: Callable[[Canary], Mapping[str, bytes]]) -> Change:
    """Return a change that puts the files of another program into an empty folder."""

    def change(model: Path, canary: Canary) -> None:
        shutil.rmtree(model)
        for name, content in files(canary).items():
            (model / name).parent.mkdir(parents=True, exist_ok=True)
            (model / name).write_bytes(content)

    return change


def _objects(arrays: dict[str, Any], canary: Canary) -> bytes:
    name = next(name for name in arrays if name.startswith("weights"))
    np.savez(file := io.BytesIO(), **{**arrays, name: np.array([canary], object)})
    return file.getvalue()


def _torch(arrays: dict[str, Any], canary: Canary) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("archive/data.pkl", canary.pickled())
        archive.writestr("archive/version", "3")
    return file.getvalue()


def _with_member(content: bytes) -> Callable[[dict[str, Any], Canary], bytes]:
    """Return weights, the first array of which is this file."""

    def weights(arrays: dict[str, Any], canary: Canary) -> bytes:
        with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
            for name, array in arrays.items():
                np.save(one := io.BytesIO(), array)
                archive.writestr(f"{name}.npy", content if name == "weights_1" else one.getvalue())
        return file.getvalue()

    return weights


def _bomb(arrays: dict[str, Any], canary: Canary) -> bytes:
    np.savez_compressed(file := io.BytesIO(), **arrays, extra_zeros=np.zeros(1 << 28, np.uint8))
    return file.getvalue()


def _flip(model: Path, _: Canary) -> None:
    content = bytearray((model / WEIGHTS).read_bytes())
    content[len(content) // 2] ^= 1
    (model / WEIGHTS).write_bytes(content)


def _link(target: str) -> Change:
    def change(model: Path, _: Canary) -> None:
        (model / WEIGHTS).unlink()
        (model / WEIGHTS).symlink_to(target)

    return change


def _pipe(name: str) -> Change:
    def change(model: Path, _: Canary) -> None:
        (model / name).unlink()
        os.mkfifo(model / name)

    return change


def _cut(name: str, at: int) -> Change:
    return lambda model, _: (model / name).write_bytes((model / name).read_bytes()[:at])


def _mlflow(canary: Canary) -> dict[str, bytes]:
    flavour = b"flavors:\n  python_function:\n    loader_module: loader\n    python_model: python_model.pkl\n"
    program = canary.program.encode()
    return {"MLmodel": flavour, "python_model.pkl": canary.pickled(), "code/loader.py": program}


CHANGES: dict[str, tuple[Change, str]] = {  # what is wrong: the change, and what the refusal must say
    "a pickle instead of the weights": (_with_weights(lambda _, canary: canary.pickled()), "npz"),
    "weights that hold a pickled object": (_with_weights(_objects), "numbers|header"),
    "a file of PyTorch instead of the weights": (_with_weights(_torch), "arrays|header|layers|weights"),
    "weights whose header is a program": (
        _with_weights(_with_member(npy((2, 2), "<f4", bytes(16)).replace(b"(2, 2)", b"exit()"))),
        "header",
    ),
    "weights whose header says 8 TB": (
        _with_weights(_with_member(npy((10**12,), "<f8"))),
        "8000000000000|header|bytes",
    ),
    "weights that are a bomb": (_with_weights(_bomb), "bytes"),
    "weights that are another network's": (
        _with_weights(_with_member(npy((7, 7), "<f4", bytes(196)))),
        "header claims",
    ),
    "one bit of the weights": (_flip, "its sha256 must be"),
    "weights cut off": (_cut(WEIGHTS, 300), "its sha256 must be"),
    "no weights": (lambda model, _: (model / WEIGHTS).unlink(), "No such file"),
    "weights that never end": (_link("/dev/zero"), "regular file"),
    "weights that nobody sends": (_pipe(WEIGHTS), "regular file"),
    "words that nobody sends": (_pipe(MODEL), "regular file|no study"),
    "model.json cut off": (_cut(MODEL, 200), "must be JSON"),
    "model.json that is a pickle": (lambda model, canary: (model / MODEL).write_bytes(canary.pickled()), "JSON"),
    "model.json of 10 MB": (lambda model, _: (model / MODEL).write_bytes(b"[" * 10_000_000), "at most"),
    "model.json nested 500,000 deep": (lambda model, _: (model / MODEL).write_bytes(b"[" * 500_000), "JSON"),
    "a network of 10^12 units": (
        _with_words(lambda words: words["architecture"].update(hidden=[10**12])),
        "architecture|must be|units",
    ),
    "an activation that does not exist": (
        _with_words(lambda words: words["architecture"].update(activation="os.system")),
        "activation",
    ),
    "a class more": (
        _with_words(lambda words: words["about"]["classes"].extend(["extra", "more"])),
        "output for each class|was changed",
    ),
    "two classes exchanged": (_by_hand(lambda words: words["about"]["classes"].reverse()), "was changed"),
    "an input renamed": (
        _by_hand(lambda words: words["about"]["inputs"].__setitem__(0, ["other", "number"])),
        "was changed",
    ),
    "a key that nobody knows": (_with_words(lambda words: words.update(loader="os.system")), "unknown"),
    "a folder of scikit-learn's": (_instead(lambda canary: {"model.pkl": canary.pickled()}), "No such file|no study"),
    "a folder of joblib's": (
        _instead(lambda canary: {MODEL: b"{}", WEIGHTS: pickle.dumps(canary, protocol=0)}),
        "format",
    ),
    "a folder of MLflow's": (_instead(_mlflow), "No such file|no study"),
}
