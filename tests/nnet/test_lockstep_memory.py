"""No array is allocated in the steady state of training, by tracemalloc, to which NumPy reports."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnet.activations import ACTIVATIONS
from nnet.batches import FoldData
from nnet.lockstep import Lockstep
from nnet.losses import LOSSES
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES
from nnet.settings import TrainingSettings
from nnet.streams import RandomBits
from support.pairs import each_once

F, B, OUTPUTS = 3, 64, 20
ARCHITECTURE = Architecture(100, (80, 60), OUTPUTS)
OPTIONS = {
    "dropout": ({"dropout": 0.3}, {}),
    "input_dropout": ({"input_dropout": 0.3}, {}),
    "batch_norm": ({"batch_norm": True}, {}),
    "input_scale": ({"input_scale": True}, {}),
    "noise": ({"noise": 0.1, "input_noise": 0.1}, {}),
    "noise after batch norm": ({"noise": 0.1, "batch_norm": True}, {}),
    "single layer": ({"hidden": ()}, {}),
    "l1": ({}, {"l1": 1e-3}),
    "l2": ({}, {"l2": 1e-3}),
    "max_norm": ({}, {"max_norm": 0.5}),
    "clip_norm": ({}, {"clip_norm": 0.01}),
    "label_smoothing": ({}, {"label_smoothing": 0.1}),
    "average_epochs": ({}, {"average_epochs": 3}),
}


@pytest.fixture
def peak(monkeypatch) -> Callable[[Callable[[], object], int], int]:
    """Return peak(work, times), which measures the most bytes allocated while `work` runs, after two runs.

    Two buffers are not arrays of the step, and are made small or drawn before: NumPy copies the operands of a broadcast
    through a buffer of its own (np.setbufsize), and a fold draws its random words 512 kB at a time.
    """
    monkeypatch.setattr(RandomBits, "BLOCK", 1 << 20)

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


@pytest.fixture
def check(make_folds, make_seeds, peak):
    """Return check(architecture, settings, ...), which fails if steps of full batches allocate arrays."""

    def steps(architecture=None, settings=None, loss="cross_entropy", weighted=False):
        shape = replace(ARCHITECTURE, **architecture or {})
        if loss == "binary_cross_entropy":
            shape = replace(shape, outputs=1)
        folds = make_folds([(4 * B, 0)] * F, 100, shape.outputs, loss=loss, weighted=weighted)
        training = TrainingSettings(epochs=1000, batch_size=B, loss=loss, **settings or {})
        lockstep = Lockstep(shape, training, folds, make_seeds(F), folds_per_step=F)
        batches = next(iter(lockstep._gather.batches([data.train for data in folds])))
        total = np.zeros(F, np.float32)

        def step():
            for batch in batches:
                lockstep._step(batch, lockstep._rates_at(1, 2, 0.5), total)

        assert peak(step, 10) < 3_500  # a fold's outputs alone are 5,120 bytes; all other arrays are larger

    return steps


def test_the_measurement_sees_an_array(peak):
    assert peak(lambda: np.empty(1000), 3) > 8000


@pytest.mark.parametrize(("activation", "optimizer"), each_once(ACTIVATIONS, OPTIMIZERS))
def test_a_step_of_every_activation_and_optimizer(activation, optimizer, check):
    check({"activation": activation}, {"optimizer": optimizer, "l2": 1e-4})


@pytest.mark.parametrize("loss", LOSSES)
def test_a_step_of_every_loss(loss, check):
    for weighted in (False, True):
        check(loss=loss, weighted=weighted)


@pytest.mark.parametrize("option", OPTIONS)
def test_a_step_with_every_option(option, check):
    check(*OPTIONS[option])


def test_a_step_of_every_schedule(check):
    for schedule in SCHEDULES:
        check(settings={"schedule": schedule, "warm_up": 0.1})


def test_a_step_with_all_options(check):
    architecture, settings = {}, {"schedule": "cosine"}
    for of_architecture, of_settings in OPTIONS.values():
        architecture |= of_architecture
        settings |= of_settings
    check(architecture | {"hidden": (80, 60)}, settings, weighted=True)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_an_epoch_allocates_its_permutations_and_little_else(batch_norm, make_folds, make_seeds, peak):
    folds = make_folds([(1000, 0), (1000, 0), (900, 0)], inputs=100, outputs=OUTPUTS)
    settings = TrainingSettings(batch_size=B, schedule="cosine", max_norm=1.0, clip_norm=1.0, l1=1e-4)
    lockstep = Lockstep(replace(ARCHITECTURE, batch_norm=batch_norm), settings, folds, make_seeds(F))
    permutations = 8 * (1000 + 1000 + 900)
    assert permutations <= peak(lambda: lockstep.train_epoch(1), 3) < permutations + 16_000  # a batch of x is 76,800


def test_a_batch_larger_than_the_data_takes_no_memory_and_is_all_of_it():
    random = np.random.default_rng(0)
    x, rows = random.normal(size=(20, 3)).astype(np.float32), np.arange(20)
    trained = []
    for batch_size in (20, 10**9):
        settings = TrainingSettings(batch_size=batch_size)
        lockstep = Lockstep(Architecture(3, (4,), 2), settings, [FoldData(x, rows % 2, rows, rows[:0])], [0])
        lockstep.train_epoch(1)
        trained.append(lockstep.network.parameters.values.copy())
    np.testing.assert_array_equal(*trained)
