"""A network that threads share, and copies and pickles of one."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import copy, deepcopy
from itertools import repeat

import numpy as np
import pytest

from nnet.network import CHUNK, Architecture, Mode, Network
from nnet.optimizers import SGD


def test_threads_may_predict_with_one_network_at_once():
    network, rng = Network(Architecture(50, (200, 100), 10), [0, 1, 2]), np.random.default_rng(0)
    batches = [rng.normal(size=(rows, 50)) for rows in (CHUNK, CHUNK, 100, 100, 1, 1)]
    alone = [network.predict_folds(x, slice(0, 3)) for x in batches]
    with ThreadPoolExecutor(len(batches)) as pool:
        together = list(pool.map(network.predict_folds, batches * 100, repeat(slice(0, 3))))
    for number, outputs in enumerate(together):
        assert np.array_equal(outputs, alone[number % len(batches)])


@pytest.mark.parametrize("copied", [copy, deepcopy, lambda network: pickle.loads(pickle.dumps(network))])
def test_a_copy_or_a_pickle_predicts_and_trains_on_as_the_network_would(copied):
    network = Network(Architecture(5, (4,), 1, batch_norm=True, dropout=0.5), [3, 4], float)
    x, results = np.random.default_rng(0).normal(size=(1, 7, 5)), []

    def train(of):
        stack = of.stack(slice(0, 2), x.shape[1], Mode.TRAINING)
        stack.backward(stack.forward(x.repeat(2, axis=0)).copy())
        SGD(of.parameters, l2=0.1).step(slice(0, 2), 0.1)

    train(network)
    for one in (copied(network), network):
        train(one)
        results.append((one.parameters.values, one.parameters.statistics, one.predict(x[0], 1)))
    assert all(map(np.array_equal, *results))
