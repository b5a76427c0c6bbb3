"""The time of a training step by the network's parts, and the matrix products in some of them."""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console

from experiments.benchmark.cases import L2, ROWS, SEED, Data, Row
from experiments.benchmark.matmul_floor import Product, products
from experiments.benchmark.measure import measure, prepare
from experiments.benchmark.studies import study_arithmetic
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.timing import seconds_of
from experiments.search.compiled.fill import compile_now
from experiments.search.compiled.load import SWITCH, reason_for_numpy
from nnet.dense import Dense
from nnet.layer import Layer
from nnet.lockstep import Lockstep, together
from nnet.settings import TrainingSettings

EPOCHS = 5  # that are timed; the fastest counts, because others share this machine
REPEATS = 50  # of a product
COLUMNS = {
    "row": "row",
    "part": "part",
    "µs": "microseconds:.1f",
    "share": "share:.0%",
    "its products, µs": "products:.1f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield the parts of each row's step, without Numba and with it, each measured in a process of its own."""
    missing = compile_now() or reason_for_numpy()
    for name, file in prepare(ROWS[name] for name in options.rows):
        for switch, passes in (("0", "NumPy"), ("1", "Numba"))[: 1 if missing else 2]:
            for line in measure("profile", file, {**study_arithmetic(), SWITCH: switch}):
                yield {"row": f"{name}, {passes}", **line}


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the parts, row by row."""
    print_table(console, lines, COLUMNS, section="row")
    names = dict.fromkeys(line["row"].partition(",")[0] for line in lines)
    console.print(*(ROWS[name].title for name in names), sep="\n")
    console.print("Microseconds of a step of all folds; dense layers beside their matrix products run alone.")
    console.print("Numba: with the passes that Numba compiles; NumPy: without.")


def profile(row: Row, data: Data) -> list[Line]:
    """Return the microseconds of each part of a row's step and of the matrix products in it, run alone.

    Of the last lines, `rest` is what is between the parts, and `step` the whole as it is trained.
    """
    folds = data.fold_data
    seeds = np.random.SeedSequence(SEED).spawn(len(folds))
    lockstep = Lockstep(row.architecture, TrainingSettings(batch_size=row.batch, l2=L2), folds, seeds)
    steps = -(-len(data.folds[0]) // row.batch)
    parts = {name: seconds / steps * 1e6 for name, seconds in _parts(lockstep).items()}
    whole = parts.pop("step")
    parts |= {"rest": whole - sum(parts.values()), "step": whole}
    floors = _floors(lockstep, row, len(folds), min(len(folds), together(row.architecture, row.batch)))
    floors["step"] = sum(floors.values())
    return [
        {"part": name, "microseconds": time, "share": time / whole, "products": floors.get(name)}
        for name, time in parts.items()
    ]


def _parts(lockstep: Lockstep) -> Mapping[str, float]:
    """Train and return the seconds of the fastest epoch, and of its parts: of the methods that do the work.

    An epoch that is not timed makes the layers and losses, and loads what a first use loads.
    """
    lockstep.train_epoch(1)
    seconds: defaultdict[str, float] = defaultdict(float)

    def watch(owner: object, method: str, name: str) -> None:
        call = getattr(owner, method)

        def timed(*arguments: Any) -> Any:
            start = perf_counter()
            result = call(*arguments)
            seconds[name] += perf_counter() - start
            return result

        setattr(owner, method, timed)

    watch(lockstep._gather, "_gather", "gather")
    for stack in lockstep.network._stacks.values():
        for index, layer in enumerate(stack.layers):
            for method in ("forward", "backward"):
                watch(layer, method, f"{_name(index, layer)} {method}")
    for loss in lockstep._losses.values():
        watch(loss, "step", "loss")
    watch(lockstep._optimizer, "step", "Adam")
    watch(lockstep, "train_epoch", "step")
    epochs = []
    for epoch in range(EPOCHS):
        lockstep.train_epoch(2 + epoch)
        epochs.append(dict(seconds))
        seconds.clear()
    return min(epochs, key=lambda parts: parts["step"])


def _floors(lockstep: Lockstep, row: Row, folds: int, sharing: int) -> dict[str, float]:
    """Return the microseconds of each dense layer's products, by the names of the parts that hold them."""
    layers = next(iter(lockstep.network._stacks.values())).layers
    dense = [_name(index, layer) for index, layer in enumerate(layers) if isinstance(layer, Dense)]
    floors = {}
    for name, (forward, backward) in zip(dense, products(row, row.batch, sharing), strict=True):
        floors[f"{name} forward"] = _median_seconds(forward) * folds / sharing * 1e6
        floors[f"{name} backward"] = sum(map(_median_seconds, backward)) * folds / sharing * 1e6
    return floors


def _name(index: int, layer: Layer) -> str:
    """Return the name of a layer's parts."""
    return f"{index} {type(layer).__name__}"


def _median_seconds(product: Product) -> float:
    return median(seconds_of(product) for _ in range(REPEATS))
