"""No array is allocated in the steady state of training: tracemalloc, to which NumPy reports, sees none."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnet.activations import ACTIVATIONS
from nnet.losses import SoftmaxCrossEntropy
from nnet.network import Architecture, Network
from nnet.optimizers import OPTIMIZERS, make_optimizer
from nnet.streams import RandomBits
from nnet.training import TrainingSettings, lockstep_groups

F, B = 3, 64
ARCHITECTURE = Architecture(100, (80, 60), 10)


@pytest.fixture
def peak(monkeypatch) -> Callable[[Callable[[], object], int], int]:
    """peak(work, times): how many bytes more than before are allocated at most while `work` runs, after two runs.

    Two things that are no arrays of the step are made small or put off: NumPy copies the operands of a broadcast
    through a buffer of its own (np.setbufsize), and a fold draws its random words 512 kB at a time.
    """
    monkeypatch.setattr(RandomBits, "BLOCK", 1 << 19)

    def measure(work: Callable[[], object], times: int) -> int:
        with np.errstate():  # which restores the buffer's size
            np.setbufsize(16)
            work()
            work()
            tracemalloc.start()
            try:
                before, _ = tracemalloc.get_traced_memory()
                for _ in range(times):
                    work()
                return tracemalloc.get_traced_memory()[1] - before
            finally:
                tracemalloc.stop()

    return measure


def test_the_measurement_sees_an_array(peak):
    assert peak(lambda: np.empty(1000), 3) > 8000


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_step_allocates_no_array(activation, optimizer, dropout, make_seeds, peak):
    network = Network(replace(ARCHITECTURE, activation=activation, dropout=dropout), make_seeds(F))
    folds, rng = slice(0, F), np.random.default_rng(0)
    stack = network.stack(folds, B, training=True)
    loss = SoftmaxCrossEntropy(F, B, 10, network.dtype)
    rule = make_optimizer(optimizer, network.parameters, 1e-4, 0.9)
    x = rng.normal(size=(F, B, 100)).astype(np.float32)
    targets, total = np.eye(10, dtype=np.float32)[rng.integers(0, 10, (F, B))], np.zeros(F, np.float32)

    def step():
        stack.backward(loss.step(stack.forward(x), targets, total))
        rule.step(folds, 1e-3)

    assert peak(step, 20) < 4_000  # the logits of one fold alone are 2,560 bytes, all other arrays are larger


def test_an_epoch_allocates_its_permutations_and_little_else(make_folds, make_seeds, peak):
    folds = make_folds([(1000, 0), (1000, 0), (900, 0)], inputs=100, classes=10)
    settings = TrainingSettings(batch_size=B)
    [(_, lockstep)] = lockstep_groups([ARCHITECTURE] * 3, settings, folds, make_seeds(3), None)
    permutations = 8 * (1000 + 1000 + 900)
    assert permutations <= peak(lockstep.train_epoch, 3) < permutations + 16_000  # a batch of x alone is 76,800
