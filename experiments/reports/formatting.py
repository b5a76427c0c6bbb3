"""Numbers and configurations in words, the same in every table, picture and sentence of the report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

MINUS: Final = "\u2212"
NOTHING: Final = "–"
_LABELS: Final = {
    "l2": "L2 strength",
    "l1": "L1 strength",
    "numbers": "scaling of numbers",
    "rare": "share of a rare category",
}
_ACTIVATIONS: Final = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU"}
_ORDER: Final = ("learning_rate", "hidden_layers", "hidden_units", "activation", "l2", "dropout", "optimizer")
_LAYER: Final = "hidden_units_"


@dataclass(frozen=True)
class Scores:
    """Scores of one study, all with the same number of decimals, so that they stand under each other.

    decimals: digits after the point, four for an accuracy.
    """

    decimals: int

    @classmethod
    def like(cls, score: float) -> Scores:
        """Four decimals for scores around one; for other sizes five digits, or four of a very small one.

        >>> [Scores.like(score).decimals for score in (0.97, -0.08, 12.5, 31415.9, 0.00042)]
        [4, 4, 3, 0, 7]
        """
        if score == 0:
            return cls(4)
        size = math.floor(math.log10(abs(score)))
        return cls(max(0, 4 - size) if size > 0 else 4 if size > -3 else 3 - size)

    def show(self, score: float | None) -> str:
        """
        >>> Scores(4).show(0.97222), Scores(4).show(-0.5), Scores(4).show(-1e-5), Scores(4).show(None)
        ('0.9722', '−0.5000', '0.0000', '–')
        """
        if score is None:
            return NOTHING
        text = f"{score:z.{self.decimals}f}" if abs(score) < 1e7 else f"{score:.3g}"
        return text.replace("-", MINUS)

    def signed(self, score: float) -> str:
        """
        >>> Scores(4).signed(0.0139), Scores(4).signed(-0.0139), Scores(4).signed(0.0)
        ('+0.0139', '−0.0139', '0.0000')
        """
        text = self.show(score)
        return f"+{text}" if score > 0 else text

    def interval(self, limits: tuple[float, float]) -> str:
        """
        >>> Scores(4).interval((0.94941, 0.98499))
        '[0.9494, 0.9850]'
        """
        return f"[{self.show(limits[0])}, {self.show(limits[1])}]"

    def signed_interval(self, limits: tuple[float, float]) -> str:
        """
        >>> Scores(4).signed_interval((-0.0028, 0.0306))
        '[−0.0028, +0.0306]'
        """
        return f"[{self.signed(limits[0])}, {self.signed(limits[1])}]"


def p_value(p: float) -> str:
    """A p-value to four decimals, with spaces at which no line breaks.

    >>> p_value(0.0312), p_value(0.00001)
    ('p\xa0=\xa00.0312', 'p\xa0<\xa00.0001')
    """
    text = "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def parameter(value: object) -> str:
    """A parameter's value: three digits of a float, all of the others.

    >>> parameter(0.0021434), parameter(1.2e-05), parameter(64), parameter(True), parameter("adam"), parameter(None)
    ('0.00214', '1.2e-05', '64', 'yes', 'adam', '–')
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    return ", ".join(parameter(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


def label(name: str) -> str:
    """A parameter's name as it is read.

    >>> label("learning_rate"), label("l2"), label("hidden_units_2")
    ('learning rate', 'L2 strength', 'units of layer 2')
    """
    layer = layer_of(name)
    return f"units of layer {layer}" if layer else _LABELS.get(name, name.replace("_", " "))


def metric_label(name: str) -> str:
    """A scikit-learn scorer's name as it is read; of every one of them higher is better.

    >>> metric_label("accuracy"), metric_label("neg_log_loss"), metric_label("r2")
    ('accuracy', 'negative log loss', 'R²')
    """
    return "R²" if name == "r2" else name.replace("neg_", "negative ").replace("_", " ")


def metric_of(spec: Mapping[str, Any]) -> str:
    """The metric by which the study selects, as it is read.

    >>> metric_of({"cv": {"metric": "neg_log_loss"}}), metric_of({})
    ('negative log loss', 'score')
    """
    return metric_label(str(spec.get("cv", {}).get("metric", "score")))


def count(number: int, one: str, many: str = "") -> str:
    """
    >>> count(1, "trial"), count(40, "trial"), count(2, "class", "classes"), count(1797, "row")
    ('1 trial', '40 trials', '2 classes', '1,797 rows')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def layer_of(name: str) -> int:
    """The layer, from 1, whose units a parameter sets; 0 for any other parameter.

    >>> layer_of("hidden_units_2"), layer_of("dropout")
    (2, 0)
    """
    number = name.removeprefix(_LAYER)
    return int(number) if number != name and number.isascii() and number.isdigit() else 0


def bounds_of(name: str, spec: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The range or the choices that a parameter was searched in; None of one that was not searched.

    >>> bounds_of("hidden_units_2", {"space": {"hidden_units": {"low": 4, "high": 9}}})
    {'low': 4, 'high': 9}
    """
    space: Mapping[str, Mapping[str, Any]] = spec.get("space", {})
    return space.get(name, space.get("hidden_units" if layer_of(name) else name))


def hidden(params: Mapping[str, Any], spec: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Units of each hidden layer; () is a single layer of neurons; None where neither parameters nor study say.

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
    units = [settings.get(f"{_LAYER}{layer}", shared) for layer in range(1, int(layers) + 1)]
    return None if None in units else tuple(int(one) for one in units if one is not None)


def is_active(name: str, params: Mapping[str, Any], spec: Mapping[str, Any]) -> bool:
    """Whether a drawn parameter had a part in the trial: the units of a layer that the network lacks have none.

    >>> is_active("hidden_units_2", {"hidden_layers": 1, "hidden_units_1": 64, "hidden_units_2": 128}, {})
    False
    """
    units = hidden(params, spec)
    return name in params and (units is None or layer_of(name) <= len(units))


def network(params: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """The network in words.

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
    return f"{layers} {_ACTIVATIONS.get(activation, activation)}".strip(" ,")


def settings(params: Mapping[str, Any]) -> str:
    """How it is trained, in words: the parameters that are not told by `network`.

    >>> settings({"hidden_layers": 1, "hidden_units_1": 64, "learning_rate": 0.002143, "dropout": 0.1})
    'learning rate 0.00214, dropout 0.1'
    """
    names = [name for name in all_parameters([params]) if not is_layer(name) and name != "activation"]
    return ", ".join(f"{label(name)} {parameter(params[name])}" for name in names)


def configuration(params: Mapping[str, Any], spec: Mapping[str, Any], epochs: int) -> str:
    """Say the network, how it is trained and for how long in one line.

    >>> configuration({"hidden_layers": 0, "activation": "relu", "l2": 0.001}, {}, 12)
    'no hidden layer, L2 strength 0.001, 12 epochs'
    """
    return ", ".join(part for part in (network(params, spec), settings(params), count(epochs, "epoch")) if part)


def outcomes(reasons: Iterable[str]) -> str:
    """Count trials by the reason for which they ended early, the most frequent first; "" is that of complete trials.

    >>> outcomes(["", "pruned", "", "diverged", "pruned", ""])
    '3 complete, 2 pruned, 1 diverged'
    """
    counts = Counter(reason or "complete" for reason in reasons)
    return ", ".join(f"{times:,} {reason}" for reason, times in counts.most_common())


def is_layer(name: str) -> bool:
    """Whether a parameter is one of those that set the hidden layers.

    >>> is_layer("hidden_layers"), is_layer("hidden_units_1"), is_layer("dropout")
    (True, True, False)
    """
    return name in ("hidden_layers", "hidden_units") or layer_of(name) > 0


def all_parameters(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every parameter that any of the configurations has: first the ones asked about most, the others by the alphabet.

    The order does not depend on that in which they were stored.

    >>> all_parameters([{"zeta": 1, "l2": 0.1}, {"hidden_units_10": 8, "hidden_units_2": 8, "learning_rate": 0.01}])
    ['learning_rate', 'hidden_units_2', 'hidden_units_10', 'l2', 'zeta']
    """

    def place(name: str) -> tuple[int, int, str]:
        family = "hidden_units" if layer_of(name) else name
        return _ORDER.index(family) if family in _ORDER else len(_ORDER), layer_of(name), name

    return sorted({name for row in rows for name in row}, key=place)
