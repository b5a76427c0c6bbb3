"""Where the time of a training step goes: the network's parts one by one, and the products that some of them hold."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from experiments.benchmark.cases import L2, SEED, Data, Row
from experiments.benchmark.matmul_floor import Product, products
from nnet.arrays import Array
from nnet.batches import FoldData, Gatherer
from nnet.lockstep import Lockstep, together
from nnet.losses import SoftmaxCrossEntropy
from nnet.network import Architecture, Mode, Network
from nnet.optimizers import Adam
from nnet.settings import TrainingSettings

EPOCHS = 3  # of which the first warms up
REPEATS = 50  # of a product


@dataclass(frozen=True)
class Part:
    """Microseconds of one part of a step of all folds, and of the matrix products in it, run alone."""

    name: str
    microseconds: float
    products: float | None = None


def profile(row: Row, data: Data) -> list[Part]:
    """The parts of a row's step, `rest` for what is between them, and `step`, the whole as it is trained."""
    x, none = data.x.astype(np.float32), np.empty(0, np.intp)
    folds = [FoldData(x, data.y, rows, none) for rows in data.folds]
    seeds = np.random.SeedSequence(SEED).spawn(len(folds))
    architecture = Architecture(
        row.sizes[0], row.hidden, row.sizes[-1], dropout=row.dropout, input_dropout=row.input_dropout
    )
    settings = TrainingSettings(batch_size=row.batch, l2=L2)
    steps = -(-len(data.folds[0]) // row.batch)
    whole = _whole(Lockstep(architecture, settings, folds, seeds)) / steps * 1e6
    sharing = min(len(folds), together(architecture, row.batch))
    floors = _floors(row, len(folds), sharing)
    clocks = _parts(architecture, folds, seeds, row.batch)
    parts = [Part(name, seconds / steps * 1e6, floors.get(name)) for name, seconds in clocks.items()]
    rest = whole - sum(part.microseconds for part in parts)
    return [*parts, Part("rest", rest), Part("step", whole, sum(floors.values()))]


def _whole(lockstep: Lockstep) -> float:
    """Seconds of an epoch."""
    seconds = []
    for epoch in range(1, EPOCHS + 1):
        start = time.perf_counter()
        lockstep.train_epoch(epoch)
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


def _parts(
    architecture: Architecture, folds: list[FoldData], seeds: list[np.random.SeedSequence], batch_size: int
) -> dict[str, float]:
    """Seconds of each part in an epoch, taken while a network trains: the caches are as they are in earnest."""
    network = Network(architecture, seeds)
    targets = [SoftmaxCrossEntropy.encode(data.y, architecture.outputs, 0.0, network.dtype) for data in folds]
    gatherer = Gatherer(folds, targets, batch_size, together(architecture, batch_size))
    optimizer = Adam(network.parameters, L2)
    losses: dict[tuple[int, ...], SoftmaxCrossEntropy] = {}
    rates, totals = [1e-3] * len(folds), np.zeros(len(folds), network.dtype)
    rng, clocks = np.random.default_rng(SEED), dict[str, float]()
    for _ in range(EPOCHS):
        clock = _Clock()
        orders = [rng.permutation(data.train) for data in folds]
        clock.lap("shuffle")
        for step in gatherer.batches(orders):
            clock.lap("gather")
            for batch in step:
                stack = network.stack(batch.folds, batch.x.shape[1], Mode.TRAINING)
                loss = losses.get(batch.targets.shape)
                if loss is None:
                    loss = losses[batch.targets.shape] = SoftmaxCrossEntropy(batch.targets.shape, network.dtype)
                names = [f"{index} {type(layer).__name__}" for index, layer in enumerate(stack.layers)]
                clock.start()
                a: Array = batch.x
                for name, layer in zip(names, stack.layers, strict=True):
                    a = layer.forward(a)
                    clock.lap(f"{name} forward")
                a = loss.step(a, batch.targets, totals[batch.folds], None)
                clock.lap("loss")
                first = next(index for index, name in enumerate(names) if name.endswith("Dense"))
                for name, layer in zip(names[first:][::-1], stack.layers[first:][::-1], strict=True):
                    a = layer.backward(a)
                    clock.lap(f"{name} backward")
                optimizer.step(batch.folds, rates)
                clock.lap("Adam")
                clock.start()
        clocks = dict(clock.seconds)
    return clocks


def _floors(row: Row, folds: int, sharing: int) -> dict[str, float]:
    """Microseconds of each dense layer's products, by the names of the parts that hold them."""
    dense = [index * (3 if row.dropout else 2) + bool(row.input_dropout) for index in range(len(row.shapes))]
    found = {}
    for index, layer in zip(dense, products(row, row.batch, sharing), strict=True):
        backward = _seconds(layer.weight_gradient) + (_seconds(layer.input_gradient) if layer.input_gradient else 0.0)
        found[f"{index} Dense forward"] = _seconds(layer.forward) * folds / sharing * 1e6
        found[f"{index} Dense backward"] = backward * folds / sharing * 1e6
    return found


def _seconds(product: Product) -> float:
    """The median of a product's repetitions."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        product()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


class _Clock:
    """Seconds by name; each lap belongs to what has just been done."""

    def __init__(self, now: Callable[[], float] = time.perf_counter):
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._now = now
        self.start()

    def start(self) -> None:
        """Leave out what passed until now."""
        self._last = self._now()

    def lap(self, name: str) -> None:
        """What passed since the last lap belongs to this name."""
        now = self._now()
        self.seconds[name] += now - self._last
        self._last = now
