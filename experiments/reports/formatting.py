"""Numbers, parameters and configurations in words, the same in every table, picture and sentence of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from experiments.config.hidden_layers import OF_HIDDEN_LAYERS, UNITS, layer_of
from experiments.config.readable import count

MINUS: Final = "\u2212"
NOTHING: Final = "–"
_SPACE: Final = "\N{NO-BREAK SPACE}"
_LEAST_P: Final = 0.0001
_CLEARLY_NOT: Final = 0.1  # p-value from which on no verdict depends on its digits
_LABELS: Final = {
    "l2": "L2 strength",
    "l1": "L1 strength",
    "numbers": "scaling of numbers",
    "rare": "limit of rare categories",
    "bins": "bins of a number",
}
ACTIVATION_NAMES: Final = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "mish": "Mish",
}
_ORDER: Final = ("learning_rate", "hidden_layers", "hidden_units", "activation", "l2", "dropout", "optimizer")


def columns_named(given: object) -> str:
    """Write the column or the columns that a key of [data] names.

    >>> columns_named("day"), columns_named(["year", "month"])
    ('day', 'year, month')
    """
    return ", ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)


def p_value(p: float) -> str:
    """Write a p-value with no-break spaces: with two decimals, and four where they may matter.

    >>> p_value(0.0312), p_value(0.00001)
    ('p\xa0=\xa00.0312', 'p\xa0<\xa00.0001')
    """
    if p < _LEAST_P:
        return f"p{_SPACE}{p_in_column(p)}"
    return f"p{_SPACE}={_SPACE}{p:.2f}" if p >= _CLEARLY_NOT else f"p{_SPACE}={_SPACE}{p:.4f}"


def p_in_column(p: float) -> str:
    """Write a p-value under a heading that says that it is one: with four decimals, as all of its column.

    >>> p_in_column(1.0), p_in_column(0.5654), p_in_column(0.00001)
    ('1.0000', '0.5654', '<\xa00.0001')
    """
    return f"<{_SPACE}{_LEAST_P}" if p < _LEAST_P else f"{p:.4f}"


def parameter(value: object) -> str:
    """Write the value of a parameter: three digits of a float, all digits of anything else.

    >>> parameter(0.0021434), parameter(1.2e-05), parameter(64), parameter(True), parameter("adam"), parameter(None)
    ('0.00214', '1.2e-05', '64', 'yes', 'adam', '–')
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    return ", ".join(map(parameter, value)) if isinstance(value, (list, tuple)) else str(value)


def label(name: str) -> str:
    """Name a parameter as people do.

    >>> label("learning_rate"), label("l2"), label("hidden_units_2")
    ('learning rate', 'L2 strength', 'units of layer 2')
    """
    layer = layer_of(name)
    return f"units of layer {layer}" if layer else _LABELS.get(name, name.replace("_", " "))


def bounds_of(name: str, spec: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the range or the choices of a searched parameter; None where it was not searched.

    >>> bounds_of("hidden_units_2", {"space": {"hidden_units": {"low": 4, "high": 9}}})
    {'low': 4, 'high': 9}
    """
    space: Mapping[str, Mapping[str, Any]] = spec.get("space", {})
    return space.get(name, space.get("hidden_units" if layer_of(name) else name))


def hidden(params: Mapping[str, Any], spec: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Return the units of each hidden layer: () without hidden layers, None where nothing names them.

    >>> hidden({"hidden_layers": 2, "hidden_units_1": 64, "hidden_units_2": 128, "hidden_units_3": 16}, {})
    (64, 128)
    >>> hidden({}, {"training": {"hidden_units": [32, 16]}})
    (32, 16)
    """
    settings = {**spec.get("training", {}), **params}
    shared, layers = settings.get("hidden_units"), settings.get("hidden_layers")
    if isinstance(shared, (list, tuple)):
        return tuple(shared[:layers])
    if layers is None:
        layers = max((layer_of(name) for name in settings), default=0) or (1 if shared else None)
    if layers is None:
        return None
    units = [settings.get(f"{UNITS}{layer}", shared) for layer in range(1, int(layers) + 1)]
    return None if None in units else tuple(int(size) for size in units if size is not None)


def hidden_sizes(params: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """Write the units of each hidden layer.

    >>> hidden_sizes({"hidden_units_1": 64, "hidden_units_2": 128}, {}), hidden_sizes({"hidden_layers": 0}, {})
    ('64-128', 'none')
    """
    units = hidden(params, spec)
    return NOTHING if units is None else "-".join(map(str, units)) or "none"


def is_active(name: str, params: Mapping[str, Any], spec: Mapping[str, Any]) -> bool:
    """Return whether the trial used a sampled parameter.

    The units of a layer that the network lacks are unused, and what acts on hidden layers is where there are none.

    >>> is_active("hidden_units_2", {"hidden_layers": 1, "hidden_units_1": 64, "hidden_units_2": 128}, {})
    False
    >>> is_active("dropout", {"hidden_layers": 0, "dropout": 0.5}, {})
    False
    """
    units = hidden(params, spec)
    if name not in params or (units == () and name in OF_HIDDEN_LAYERS):
        return False
    return units is None or layer_of(name) <= len(units)


def network(params: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """Describe a network by its layers and its activation.

    >>> network({"hidden_layers": 2, "hidden_units_1": 64, "hidden_units_2": 128}, {"training": {"activation": "relu"}})
    '64-128 ReLU'
    >>> network({"hidden_layers": 0}, {})
    'no hidden layer'
    """
    units = hidden(params, spec)
    if units == ():
        return "no hidden layer"
    activation = str({**spec.get("training", {}), **params}.get("activation", ""))
    layers = "-".join(map(str, units)) if units else "hidden layers of the study file,"
    return f"{layers} {ACTIVATION_NAMES.get(activation, activation)}".strip(" ,")


def settings(params: Mapping[str, Any], spec: Mapping[str, Any]) -> list[str]:
    """List the parameters that have an effect and that `network` does not describe.

    >>> settings({"hidden_layers": 1, "hidden_units_1": 64, "learning_rate": 0.002143, "dropout": 0.1}, {})
    ['learning_rate', 'dropout']
    """
    used = [name for name in all_parameters([params]) if is_active(name, params, spec)]
    return [name for name in used if not is_layer(name) and name != "activation"]


def configuration(params: Mapping[str, Any], spec: Mapping[str, Any], epochs: int) -> str:
    """Describe a network, its training parameters and its epochs in one line.

    >>> configuration({"hidden_layers": 0, "activation": "relu", "l2": 0.001}, {}, 12)
    'no hidden layer, L2 strength 0.001, 12 epochs'
    """
    trained = [f"{label(name)} {parameter(params[name])}" for name in settings(params, spec)]
    return ", ".join([network(params, spec), *trained, count(epochs, "epoch")])


def outcomes(reasons: Iterable[str]) -> str:
    """Count trials by the reason for their early end, the most frequent first; "" stands for complete trials.

    >>> outcomes(["", "pruned", "", "diverged", "pruned", ""])
    '3 complete, 2 pruned, 1 diverged'
    """
    counts = Counter(reason or "complete" for reason in reasons)
    return ", ".join(f"{times:,} {reason}" for reason, times in counts.most_common())


def is_layer(name: str) -> bool:
    """Return whether a parameter sets the number or the units of hidden layers.

    >>> is_layer("hidden_layers"), is_layer("hidden_units_1"), is_layer("dropout")
    (True, True, False)
    """
    return name in ("hidden_layers", "hidden_units") or layer_of(name) > 0


def all_parameters(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """List every parameter of the configurations: the most important ones first, the others by the alphabet.

    The order in which they were stored does not matter.

    >>> all_parameters([{"zeta": 1, "l2": 0.1}, {"hidden_units_10": 8, "hidden_units_2": 8, "learning_rate": 0.01}])
    ['learning_rate', 'hidden_units_2', 'hidden_units_10', 'l2', 'zeta']
    """

    def place(name: str) -> tuple[int, int, str]:
        family = "hidden_units" if layer_of(name) else name
        return _ORDER.index(family) if family in _ORDER else len(_ORDER), layer_of(name), name

    return sorted({name for row in rows for name in row}, key=place)
