"""The trainers of a row's five networks: this network, the floor below it, and the peers as a user gets them.

Each is a function of the row and its data that returns the seconds of the work: initialisation included, imports and
the conversion of the data left out. Peers train the folds one after the other, as cross-validation with them does.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from experiments.benchmark.cases import L2, SEED, Data, Row
from experiments.benchmark.matmul_floor import floor

OURS, FLOOR, NUMPY, NATIVE = "this network", "floor", "itself, without Numba", "itself, native"
OWN = (OURS, NUMPY, NATIVE)
Trainer = Callable[[Row, Data], float]


def this_network(row: Row, data: Data) -> float:
    """Train all folds in lockstep, in float32."""
    from nnet.settings import TrainingSettings
    from nnet.training import train

    folds = data.fold_data
    seeds = np.random.SeedSequence(SEED).spawn(len(folds))
    settings = TrainingSettings(epochs=row.epochs, batch_size=row.batch, l2=L2)
    start = time.perf_counter()
    for _ in train([row.architecture] * len(folds), settings, folds, seeds, "accuracy"):
        pass
    return time.perf_counter() - start


def scikit_learn(row: Row, data: Data) -> float:
    """Train MLPClassifier on the data as it is, for exactly the row's epochs; it has no dropout."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)
    start = time.perf_counter()
    for rows in data.folds:
        model = MLPClassifier(
            row.sizes[1:-1],
            alpha=L2,
            batch_size=row.batch,
            max_iter=row.epochs,
            tol=0,
            n_iter_no_change=10**6,
            random_state=SEED,
        )
        model.fit(data.x[rows], data.y[rows])
    return time.perf_counter() - start


def pytorch(row: Row, data: Data) -> float:
    """Train with eager PyTorch in float32 with its fused Adam, on one thread; batches are rows of one tensor."""
    import torch  # type: ignore[import-not-found, unused-ignore]

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    x, y = torch.from_numpy(data.x.astype(np.float32)), torch.from_numpy(data.y)
    folds = [torch.from_numpy(rows) for rows in data.folds]
    start = time.perf_counter()
    for rows in folds:
        layers = [torch.nn.Dropout(row.input_dropout)] if row.input_dropout else []
        for inputs, outputs in row.shapes[:-1]:
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
            layers += [torch.nn.Dropout(row.dropout)] if row.dropout else []
        model = torch.nn.Sequential(*layers, torch.nn.Linear(*row.shapes[-1]))
        optimizer = torch.optim.Adam(model.parameters(), weight_decay=L2, fused=True)
        loss = torch.nn.CrossEntropyLoss()
        for _ in range(row.epochs):
            order = rows[torch.randperm(len(rows))]
            for batch in order.split(row.batch):
                optimizer.zero_grad()
                loss(model(x[batch]), y[batch]).backward()
                optimizer.step()
    return time.perf_counter() - start


TRAINERS: dict[str, Trainer] = {
    OURS: this_network,
    FLOOR: floor,
    NUMPY: this_network,
    NATIVE: this_network,
    "scikit-learn": scikit_learn,
    "pytorch": pytorch,
}


def peers() -> list[str]:
    """Return the peers that can run here."""
    numba, torch = ([NUMPY] if find_spec("numba") else []), (["pytorch"] if find_spec("torch") else [])
    return [FLOOR, *numba, NATIVE, "scikit-learn", *torch]
