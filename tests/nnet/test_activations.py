"""Each activation against an independent formula and PyTorch's numbers."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

from nnet.activations import ACTIVATIONS, SELU


def gelu(z):
    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def mish(z):
    return z * np.tanh(np.logaddexp(0, z))


def selu(z):
    return SELU.SCALE * np.where(z > 0, z, SELU.ALPHA * np.expm1(np.minimum(z, 0)))


FORMULAS = {
    "gelu": gelu,
    "identity": lambda z: z,
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "mish": mish,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "selu": selu,
    "sigmoid": scipy.special.expit,
    "silu": lambda z: z * scipy.special.expit(z),
    "tanh": np.tanh,
}
SLOPES_AT_ZERO = {
    **{"gelu": 0.5, "identity": 1, "leaky_relu": 0.01, "mish": 0.6, "relu": 0, "selu": SELU.SCALE * SELU.ALPHA},
    **{"sigmoid": 0.25, "silu": 0.5, "tanh": 1},
}
DTYPES = [np.float32, np.float64]
SHAPE = (3, 4, 5)

# torch 2.13.0, float64, at [-3, -1, -0.25, 0.5, 2]: the value, and the gradient of its sum. Those of mish and selu are
# PyTorch's formulas in decimal arithmetic of 60 digits, rounded.
PYTORCH_POINTS = [-3.0, -1.0, -0.25, 0.5, 2.0]
PYTORCH = {
    "gelu": (
        [-0.0036373920817729943, -0.15880800939172324, -0.100324649298315, 0.34571400982514394, 1.954597694087775],
        [-0.011584166630969648, -0.08296408384578252, 0.30464590484893955, 0.8673699035346424, 1.0860992566236183],
    ),
    "identity": ([-3.0, -1.0, -0.25, 0.5, 2.0], [1.0, 1.0, 1.0, 1.0, 1.0]),
    "leaky_relu": ([-0.03, -0.01, -0.0025, 0.5, 2.0], [0.01, 0.01, 0.01, 1.0, 1.0]),
    "mish": (
        [-0.14564746127562458, -0.3034014613741089, -0.12992696367914103, 0.37524521130489513, 1.9439589595339946],
        [-0.09339311453232084, 0.05921675587739495, 0.43981560172180517, 0.8864243753577272, 1.0693179342794896],
    ),
    "relu": ([0.0, 0.0, 0.0, 0.5, 2.0], [0.0, 0.0, 0.0, 1.0, 1.0]),
    "selu": (
        [-1.670568728767112, -1.1113307378125628, -0.38889019747811904, 0.5253504936777402, 2.101401974710961],
        [0.08753061208026489, 0.6467686030348141, 1.369209143369258, 1.0507009873554805, 1.0507009873554805],
    ),
    "sigmoid": (
        [0.04742587317756678, 0.2689414213699951, 0.43782349911420193, 0.6224593312018546, 0.8807970779778823],
        [0.04517665973091214, 0.19661193324148185, 0.24613408273759835, 0.2350037122015945, 0.10499358540350662],
    ),
    "silu": (
        [-0.14227761953270035, -0.2689414213699951, -0.10945587477855048, 0.3112296656009273, 1.7615941559557646],
        [-0.08810410601516962, 0.07232948812851325, 0.37628997842980233, 0.7399611873026519, 1.0907842487848955],
    ),
    "tanh": (
        [-0.9950547536867305, -0.7615941559557649, -0.24491866240370913, 0.46211715726000974, 0.9640275800758169],
        [0.009866037165440166, 0.41997434161402614, 0.940014848806378, 0.7864477329659274, 0.07065082485316443],
    ),
}


def make(name, shape=SHAPE, dtype=np.float64):
    return ACTIVATIONS[name](shape, np.dtype(dtype))


def one_row(values, dtype):
    return np.array(values, dtype).reshape(1, 1, -1)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_is_the_formula(name):
    for dtype in DTYPES:
        z = np.random.default_rng(0).normal(0, 3, SHAPE).astype(dtype)
        a = make(name, dtype=dtype).forward(z.copy())
        assert a.dtype == dtype
        np.testing.assert_allclose(a, FORMULAS[name](z.astype(np.float64)), rtol=1e-5, atol=40 * np.finfo(dtype).eps)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_slope_are_pytorchs(name):
    z, value, slope = PYTORCH_POINTS, *PYTORCH[name]
    layer = make(name, (1, 1, len(z)))
    np.testing.assert_allclose(layer.forward(one_row(z, float)).ravel(), value, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(layer.backward(np.ones((1, 1, len(z)))).ravel(), slope, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_layer_forgets_the_batch_before(name):
    rng = np.random.default_rng(2)
    first, second, da = rng.normal(size=(3, *SHAPE))
    used, fresh = make(name), make(name)
    used.forward(first.copy())
    used.backward(da.copy())
    assert np.array_equal(used.forward(second.copy()), fresh.forward(second.copy()))
    assert np.array_equal(used.backward(da.copy()), fresh.backward(da.copy()))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_huge_inputs_neither_overflow_nor_lose_the_gradient_to_nan(name):
    values = [-1e4, -100, 0, 100, 1e4]
    for dtype in DTYPES:
        layer = make(name, (1, 1, 5), dtype)
        a = layer.forward(one_row(values, dtype)).copy()
        da = layer.backward(np.ones((1, 1, 5), dtype))
        np.testing.assert_allclose(a.ravel(), FORMULAS[name](np.array(values)), rtol=1e-6, atol=1e-30)
        assert np.isfinite(da).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_type_may_be_named_as_numpy_does(name):
    z = np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)
    for dtype in (np.float32, "float32", np.dtype(np.float32)):
        layer = ACTIVATIONS[name](SHAPE, dtype)
        assert np.array_equal(layer.forward(z.copy()), make(name, dtype=np.float32).forward(z.copy()))
        assert layer.backward(np.ones_like(z)).dtype == np.float32


def test_gelu_bounds_its_slopes_where_they_could_overflow_alone():
    z, da = np.random.default_rng(3).normal(size=(2, *SHAPE))
    for far, bounded in ((1.0, False), (1e100, True)):
        layer, plain = make("gelu"), make("gelu")
        layer._largest = 0.0
        slopes = []
        for one in (layer, plain):
            one.forward(z * [far, 1, 1, 1, 1])
            slopes.append(one.backward(da.copy())[..., 1:])
        assert np.array_equal(*slopes) != bounded


def test_slope_at_zero():
    for name, slope in SLOPES_AT_ZERO.items():
        layer = make(name, (1, 1, 1))
        layer.forward(np.zeros((1, 1, 1)))
        assert layer.backward(np.ones((1, 1, 1))).item() == pytest.approx(slope, abs=1e-15), name


def test_mish_and_selu_are_continuous_where_their_formulas_change():
    for name, at in (("mish", 20.0), ("selu", 0.0)):
        layer = make(name, (1, 1, 3))
        below, here, above = layer.forward(one_row([at - 1e-12, at, at + 1e-12], float)).ravel()
        assert here - 2e-12 < below < here < above < here + 2e-12


def test_nan_is_not_hidden():
    for name in ACTIVATIONS:
        assert np.isnan(make(name, (1, 1, 1)).forward(np.full((1, 1, 1), np.nan))).all(), name


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_of_huge_inputs_are_those_of_the_asymptotes(name, dtype):
    far = [6.0, 30.0, np.sqrt(np.finfo(dtype).max), np.finfo(dtype).max / 2]
    for sign, slope in ((1, 0 if name in ("sigmoid", "tanh") else 1), (-1, 0)):
        z = np.array([[[sign * value for value in far]]], dtype)
        layer = ACTIVATIONS[name](z.shape, np.dtype(dtype))
        with np.errstate(over="ignore"):
            layer.forward(z)
            slopes = layer.backward(np.ones_like(z))[0, 0]
        slope = {"identity": 1, "leaky_relu": 0.01}.get(name, slope) if sign < 0 else slope
        slope = SELU.SCALE if name == "selu" and sign > 0 else slope
        assert slopes.tolist() == pytest.approx([slope] * len(far), abs=0.02)
