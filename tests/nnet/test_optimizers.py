"""Optimizers against straightforward references written from the papers, and against PyTorch's numbers."""

from __future__ import annotations

import numpy as np
import pytest

import nnet.optimizer
from nnet.batches import FoldData
from nnet.lockstep import Lockstep
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.parameters import Parameters
from nnet.settings import TrainingSettings
from support.pairs import all_pairs

STEPS, SIZES = 50, (3, 4, 2)
PENALTIES = {
    "none": {},
    "l2": {"l2": 0.1},
    "l1": {"l1": 0.05},
    "clip": {"clip": 2.0},
    "all": {"l1": 0.05, "l2": 0.1, "clip": 2.0},
}
RATES = {"constant": [0.01] * STEPS, "falling": [0.1 / t for t in range(1, STEPS + 1)]}


# a reference computes the next values from w, the gradient g with its penalties, the rate, the step's number, a state


def adam(w, g, rate, t, state, momentum):
    """Compute Adam's step by Kingma and Ba (2015), algorithm 1."""
    state["m"] = 0.9 * state.get("m", 0) + (1 - 0.9) * g
    state["v"] = 0.999 * state.get("v", 0) + (1 - 0.999) * g**2
    return w - rate * (state["m"] / (1 - 0.9**t)) / (np.sqrt(state["v"] / (1 - 0.999**t)) + 1e-8)


def sgd(w, g, rate, t, state, momentum):
    """Compute a step by Sutskever et al. (2013), equations 1 and 2, with the rate outside the velocity."""
    state["v"] = momentum * state.get("v", 0) + g
    return w - rate * state["v"]


def nesterov(w, g, rate, t, state, momentum):
    """Compute a step by Sutskever et al. (2013), equations 3 and 4, where w is the point ahead."""
    state["v"] = momentum * state.get("v", 0) + g
    return w - rate * (g + momentum * state["v"])


def adagrad(w, g, rate, t, state, momentum):
    """Compute a step by Duchi et al. (2011), in the diagonal form."""
    state["s"] = state.get("s", 0) + g**2
    return w - rate * g / (np.sqrt(state["s"]) + 1e-10)


def rmsprop(w, g, rate, t, state, momentum):
    """Compute a step by Tieleman and Hinton (2012), with PyTorch's numbers."""
    state["v"] = 0.99 * state.get("v", 0) + 0.01 * g**2
    return w - rate * g / (np.sqrt(state["v"]) + 1e-8)


REFERENCES = {"adagrad": adagrad, "adam": adam, "adamw": adam, "nesterov": nesterov, "rmsprop": rmsprop, "sgd": sgd}

# PyTorch 2.13.0, float64, from [0.5, -1, 1.5, -2, 0.25, -0.25] with the gradient cos(t * [1..6]) + w / 2, lr 0.01, by
# (optimizer, weight_decay on the first four, max_norm of clip_grad_norm_); SGD with momentum 0.9
PYTORCH = {
    ("adagrad", 0.0, 0.0): [
        0.46282128873705064, -0.9270376285073574, 1.4237914605599518,
        -1.9006278891464523, 0.22936353444743027, -0.24294623472376253,
    ],
    ("adagrad", 0.1, 0.0): [
        0.4560383361490077, -0.9196789335118262, 1.4167974385017525,
        -1.8950769920458088, 0.22936353444743027, -0.24294623472376253,
    ],
    ("adagrad", 0.1, 0.5): [
        0.44841062999459175, -0.908690439449817, 1.383197136035452,
        -1.883267918515362, 0.23475132727197814, -0.24436864711980788,
    ],
    ("adam", 0.0, 0.0): [
        0.3587098978261741, -0.7247543467817047, 1.1749860922551383,
        -1.6070640966800298, 0.18116149151457742, -0.2098251234830033,
    ],
    ("adam", 0.1, 0.0): [
        0.33526256580203, -0.6965912607487246, 1.146735766629701,
        -1.586418593151273, 0.18116149151457742, -0.2098251234830033,
    ],
    ("adam", 0.1, 0.5): [
        0.3146126516352585, -0.6555628377740417, 1.073159195814582,
        -1.542797384548327, 0.19282125538270417, -0.20575533514489958,
    ],
    ("adamw", 0.0, 0.0): [
        0.3587098978261741, -0.7247543467817047, 1.1749860922551383,
        -1.6070640966800298, 0.18116149151457742, -0.2098251234830033,
    ],
    ("adamw", 0.1, 0.0): [
        0.340249599419125, -0.6868926544337337, 1.1135306577319357,
        -1.5234723764471085, 0.18116149151457742, -0.2098251234830033,
    ],
    ("adamw", 0.1, 0.5): [
        0.3835743141697503, -0.71829480038155, 1.1154865027751455,
        -1.5080219889151925, 0.19343550472882545, -0.20607876799953892,
    ],
    ("nesterov", 0.0, 0.0): [
        0.009282564493491146, 0.00216585457991179, -0.0009056959845611105,
        -0.002330009085317219, -0.009117695144243246, -0.09725598628169667,
    ],
    ("nesterov", 0.1, 0.0): [
        -0.016082993481412528, 0.04302923848683361, -0.07010563969912934,
        0.08258043086214631, -0.009117695144243246, -0.09725598628169667,
    ],
    ("nesterov", 0.1, 0.5): [
        0.20582755805178518, -0.3432361703542605, 0.5377764013573102,
        -0.6790534327125706, 0.15524522500312557, -0.14466823293721182,
    ],
    ("rmsprop", 0.0, 0.0): [
        0.21895196281764073, -0.4344182398878875, 0.8358559400014577,
        -1.1186647104360008, 0.09130752948803195, -0.194057027306618,
    ],
    ("rmsprop", 0.1, 0.0): [
        0.18515758682762548, -0.39011846395676797, 0.7819429899357099,
        -1.0689978537956666, 0.09130752948803195, -0.194057027306618,
    ],
    ("rmsprop", 0.1, 0.5): [
        0.14449332869357176, -0.31813556818094607, 0.5411484829031974,
        -0.9541234655188214, 0.1054387063585248, -0.17926418121054136,
    ],
    ("sgd", 0.0, 0.0): [
        0.005764052987856397, 0.018821277630660542, -0.018571609001086592,
        0.02959742155859909, -0.005401577826885277, -0.0628348313754221,
    ],
    ("sgd", 0.1, 0.0): [
        -0.021387918272976078, 0.06232094170952599, -0.0925185770689185,
        0.12009646011135872, -0.005401577826885277, -0.0628348313754221,
    ],
    ("sgd", 0.1, 0.5): [
        0.20922037301736618, -0.34500446221186304, 0.5416993226005429,
        -0.681638054966154, 0.15908729576131767, -0.1389010887545514,
    ],
}  # fmt: skip


def reference(name, w, gradient, rates, weights, momentum=0.9, l1=0.0, l2=0.0, clip=0.0):
    """Compute all folds' values after a step for every rate; `weights` is 1 in penalised columns."""
    state = {}
    for t, rate in enumerate(rates, start=1):
        g = gradient(t, w)
        if clip:
            lengths = np.linalg.norm(g, axis=1, keepdims=True)
            g = g * np.minimum(1, clip / lengths)
        g = g + l1 * np.sign(w) * weights
        if name == "adamw":
            w = w - rate * l2 * w * weights
        else:
            g = g + l2 * w * weights
        w = REFERENCES[name](w, g, rate, t, state, momentum)
    return w


def make_parameters(dtype=np.float64, batch_norm=False):
    parameters = Parameters(SIZES, batch_norm, 3, np.dtype(dtype))
    parameters.values[:] = np.random.default_rng(0).normal(size=parameters.values.shape)
    return parameters


def gradient_like(values):
    """Make a gradient that differs between steps, folds and columns, and depends on the values."""
    frequencies = np.arange(1, values.size + 1, dtype=np.float64).reshape(values.shape)
    return lambda t, w: (np.cos(t * frequencies) + w / 2) * (1 + np.arange(len(values)))[:, None]


def run(name, parameters, gradient, rates, momentum=0.9, l1=0.0, l2=0.0, clip=0.0):
    optimizer, folds = OPTIMIZERS[name](parameters, l2, momentum, l1, clip), len(parameters.values)
    for t, rate in enumerate(rates, start=1):
        parameters.gradients[:] = gradient(t, parameters.values)
        optimizer.step(slice(0, folds), rate if isinstance(rate, list) else [rate] * folds)
    return parameters.values


@pytest.mark.parametrize(
    ("name", "options", "rates", "momentum", "batch_norm"),
    all_pairs(OPTIMIZERS, PENALTIES, RATES, [0.0, 0.9], [False, True]),
)
def test_many_steps_equal_the_papers_formulas(name, options, rates, momentum, batch_norm):
    parameters, options = make_parameters(batch_norm=batch_norm), PENALTIES[options]
    gradient, weights = gradient_like(parameters.values), np.arange(parameters.values.shape[1]) < 3 * 4 + 4 * 2
    expected = reference(name, parameters.values.copy(), gradient, RATES[rates], weights, momentum, **options)
    values = run(name, parameters, gradient, RATES[rates], momentum, **options)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_many_steps_equal_pytorch(name):
    for l2, clip in [(0.0, 0.0), (0.1, 0.0), (0.1, 0.5)]:
        parameters = Parameters((2, 2), False, 1, np.dtype(np.float64))
        parameters.values[:] = [0.5, -1.0, 1.5, -2.0, 0.25, -0.25]
        values = run(name, parameters, gradient_like(parameters.values), [0.01] * STEPS, l2=l2, clip=clip)
        # PyTorch clips to max_norm / (length + 1e-6)
        np.testing.assert_allclose(values[0], PYTORCH[name, l2, clip], rtol=0, atol=1e-6 if clip else 1e-10)


@pytest.mark.parametrize("beta2", [0.5, 0.95])
def test_beta2_is_adams_memory_of_squares_and_no_others(beta2):
    gradient = gradient_like(make_parameters().values)
    for name in OPTIMIZERS:
        usual = run(name, make_parameters(), gradient, [0.01] * STEPS)
        parameters = make_parameters()
        optimizer = OPTIMIZERS[name](parameters, 0.0, beta2=beta2)
        w, m, v = parameters.values.copy(), 0, 0
        for t in range(1, STEPS + 1):
            g = gradient(t, w)
            m, v = 0.9 * m + 0.1 * g, beta2 * v + (1 - beta2) * g**2
            w = w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - beta2**t)) + 1e-8)
            parameters.gradients[:] = gradient(t, parameters.values)
            optimizer.step(slice(0, 3), [0.01] * 3)
        if name in ("adam", "adamw"):
            np.testing.assert_allclose(parameters.values, w, rtol=0, atol=1e-10)
            assert not np.allclose(parameters.values, usual)
        else:
            assert np.array_equal(parameters.values, usual)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_follows_float64(name):
    values = [
        run(name, parameters, gradient_like(parameters.values), RATES["constant"], l1=0.05, l2=0.1, clip=2.0)
        for parameters in (make_parameters(dtype=np.float32), make_parameters())
    ]
    assert values[0].dtype == np.float32
    np.testing.assert_allclose(*values, rtol=0, atol=2e-5)


def test_l1_leaves_a_weight_of_zero_where_it_is():
    parameters = make_parameters()
    parameters.values[:] = 0
    assert not run("sgd", parameters, lambda t, w: np.zeros_like(w), [0.1], l1=0.5).any()


def test_clipping_is_fold_by_fold_and_leaves_short_gradients_alone():
    lengths = np.array([[0.5], [1.0], [40.0]])
    directions = np.random.default_rng(1).normal(size=make_parameters().values.shape)
    gradients = lengths * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    clipped = run("adam", make_parameters(), lambda t, w: gradients, [0.01] * 3, clip=10.0)
    expected = run("adam", make_parameters(), lambda t, w: gradients * [[1], [1], [0.25]], [0.01] * 3)
    assert np.array_equal(clipped[:2], expected[:2])
    np.testing.assert_allclose(clipped[2], expected[2], rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_block_size_changes_no_bit(name, monkeypatch):
    for options, dtype in ("none", np.float64), ("all", np.float32):
        values = []
        for block in (nnet.optimizer.BLOCK, 1, 7, 50):
            monkeypatch.setattr(nnet.optimizer, "BLOCK", block)
            parameters = make_parameters(dtype=dtype)
            values.append(run(name, parameters, gradient_like(parameters.values), [0.01] * 5, **PENALTIES[options]))
        assert all(np.array_equal(blocked, values[0]) for blocked in values)
        assert {blocked.dtype for blocked in values} == {np.dtype(dtype)}


def test_folds_that_need_more_scratch_than_those_before_get_it(monkeypatch):
    monkeypatch.setattr(nnet.optimizer, "BLOCK", 9)  # two folds need 8 numbers of scratch, a fold alone needs 9
    parameters = make_parameters()
    expected = run("sgd", make_parameters(), gradient_like(parameters.values), [0.01], l1=0.5)
    optimizer = OPTIMIZERS["sgd"](parameters, 0.0, 0.9, 0.5, 0.0)
    parameters.gradients[:] = gradient_like(parameters.values)(1, parameters.values)
    for folds in (slice(0, 2), slice(2, 3)):
        optimizer.step(folds, [0.01] * 3)
    assert np.array_equal(parameters.values, expected)


def test_a_gradient_whose_squares_overflow_is_clipped():
    parameters = make_parameters(dtype=np.float32)
    before = parameters.values.copy()
    with np.errstate(over="ignore"):
        after = run("sgd", parameters, lambda t, w: np.full_like(w, 1e30), [1.0], momentum=0.0, clip=2.0)
    np.testing.assert_allclose(np.linalg.norm(after - before, axis=1), 2, rtol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("options", [PENALTIES["none"], PENALTIES["all"]], ids=["plain", "penalties"])
def test_a_fold_that_sits_steps_out_or_has_its_own_rate_is_as_if_alone(name, options):
    parameters = make_parameters(dtype=np.float32)
    start, frequencies = parameters.values.copy(), gradient_like(parameters.values)
    l2, l1, clip = options.get("l2", 0.0), options.get("l1", 0.0), options.get("clip", 0.0)
    optimizer, out = OPTIMIZERS[name](parameters, l2, 0.9, l1, clip), {2, 5, 6, 11}
    rates = {t: [0.01, 0.01, 0.03 if t % 3 else 0.01] for t in range(1, 15)}
    for t in range(1, 15):
        parameters.gradients[:] = frequencies(t, parameters.values)
        resting = parameters.values[1].copy()
        for folds in [slice(0, 1), slice(2, 3)] if t in out else [slice(0, 3)]:
            optimizer.step(folds, rates[t])
        assert np.array_equal(parameters.values[1], resting) == (t in out)
    for fold in range(3):
        alone = Parameters(SIZES, False, 1, np.dtype(np.float32))
        alone.values[:] = start[fold]
        optimizer = OPTIMIZERS[name](alone, l2, 0.9, l1, clip)
        for t in range(1, 15):
            if not (fold == 1 and t in out):
                alone.gradients[:] = frequencies(t, np.tile(alone.values, (3, 1)))[fold]
                optimizer.step(slice(0, 1), [rates[t][fold]])
        assert np.array_equal(alone.values[0], parameters.values[fold])


@pytest.mark.parametrize("rate", [0.1, np.float32(0.1), 1, np.array([0.1, 0.2, 0.3])])
def test_a_single_rate_is_that_of_all_folds_and_an_array_has_one_for_each(rate):
    of_all, of_each = make_parameters(), make_parameters()
    for parameters, rates in ((of_all, rate), (of_each, [float(own) for own in np.broadcast_to(rate, 3)])):
        parameters.gradients[...] = 0.5
        OPTIMIZERS["sgd"](parameters, l2=0.0).step(slice(0, 3), rates)
    assert np.array_equal(of_all.values, of_each.values)
    assert (of_all.values != make_parameters().values).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["adam", "adamw", "nesterov", "sgd"])
def test_what_has_nearly_faded_becomes_zero(name, dtype):
    """A weight without gradients and its moment shrink by a factor a step; below the normal numbers they are slow."""
    least, faded = np.finfo(dtype).tiny, 2.0**44 * np.finfo(dtype).tiny
    parameters = make_parameters(dtype=dtype)
    parameters.values[:, 0] = [faded * 0.9, least / 4, -faded * 2]
    before = parameters.values.copy()
    optimizer = OPTIMIZERS[name](parameters, 0.0)
    optimizer.state[0][:, 1] = [faded, least / 4, 2e5 * faded]
    parameters.gradients[...] = 0
    for step in range(1, 65):
        optimizer.step(slice(0, 2), [0.0] * 3)
        if step % 2:
            optimizer.step(slice(2, 3), [0.0] * 3)  # has made 32 of its steps at the end
    assert parameters.values[:, 0].tolist() == [0, 0, before[2, 0]]
    assert np.array_equal(parameters.values[:, 1:], before[:, 1:])
    assert (optimizer.state[0][:, 1] == 0).tolist() == [True, True, False]
    for _ in range(32):
        optimizer.step(slice(2, 3), [0.0] * 3)
    assert parameters.values[2, 0] == before[2, 0] != 0
    assert optimizer.state[0][2, 1] > 0


def test_inputs_that_no_row_has_leave_no_slow_numbers():
    x = np.zeros((64, 40), np.float32)
    x[np.arange(64), np.arange(64) % 8] = 1  # 8 of 40 categories
    fold = FoldData(x, np.arange(64) % 2, np.arange(64), np.arange(0))
    settings = TrainingSettings(epochs=150, batch_size=8, l2=1e-3, optimizer="adam", learning_rate=0.01)
    training = Lockstep(Architecture(40, (6,), 2), settings, [fold], [1])
    for epoch in range(1, 151):
        training.train_epoch(epoch)
    state = training.state()
    for array in (state.values, state.moments[0]):
        assert not ((array != 0) & (np.abs(array) < np.finfo(np.float32).tiny)).any()
    assert (state.values[:, : 40 * 6].reshape(40, 6)[8:] == 0).all()
