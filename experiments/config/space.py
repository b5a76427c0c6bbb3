"""The search space: from the parameters that Optuna draws to the Candidate that they describe.

Each hidden layer has a parameter for its size: hidden_units_1 to hidden_units_n, for the largest number of layers
searched. Every trial draws them all, so that the sampler models them jointly with the number of layers. A candidate
uses the first `hidden_layers` of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from typing import Any, TypeVar

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from experiments.config.candidate import Candidate, Hyperparameters, Preprocessing
from experiments.config.conflicts import conflicts
from experiments.config.hidden_layers import OF_HIDDEN_LAYERS, UNITS
from experiments.config.readable import in_one_line
from experiments.config.searchable import CHOICES_RULE, SEARCHABLE, Parameter, not_searchable
from experiments.config.spec import Choices, PreprocessingSection, Range, StudySpec
from experiments.config.target import Target
from experiments.config.words import OF_A_NETWORK, wrong_word
from experiments.errors import SpecError
from nnet.errors import NNetError
from nnet.losses import loss_of
from nnet.network import Architecture
from nnet.settings import TrainingSettings

T = TypeVar("T")
MOST_LAYERS = 20
MOST_PROBLEMS = 20  # in a line
LARGEST = 10**24


class Space:
    """The searched parameters, the fixed settings and the default.

    Attributes:
        distributions: Optuna's distribution of each searched parameter.
        known:         the configurations to try first: the default, then those of search.enqueue.

    Raises:
        SpecError: the network does not accept a range or a value; the message names every such key.
    """

    def __init__(self, spec: StudySpec):
        self._fixed: dict[str, Any] = {**spec.preprocessing.model_dump(), **spec.training.model_dump()}
        if self._fixed["loss"] == "auto":  # in a spec without inferred settings
            self._fixed["loss"] = "cross_entropy"
        layers = spec.space.get("hidden_layers", Choices(choices=(spec.training.hidden_layers,)))
        ends = [attempt([], _typed, "hidden_layers", end, "space.hidden_layers") for end in layers.ends]
        self._layers = max(int(end or 0) for end in ends)
        self._units_searched = "hidden_units" in spec.space
        self.distributions: dict[str, BaseDistribution] = {}
        if not spec.space:
            raise SpecError("space: at least one key must be searched.")
        if unknown := not_searchable(spec.space):
            raise SpecError(f"{in_one_line(unknown, MOST_PROBLEMS)}; the searchable keys are {', '.join(SEARCHABLE)}.")
        self._spec = spec
        problems = list(_conflicts(spec).values())
        problems += [f"training.{rule}" for key in OF_A_NETWORK if (rule := wrong_word(key, self._fixed[key]))]
        problems += [f"training.{key}: {rule}" for key in self._fixed if (rule := _broken_rule(key, self._fixed[key]))]
        for key, searched in spec.space.items():
            if key in PreprocessingSection.model_fields and isinstance(searched, Range):
                problems.append(f"space.{key}: {CHOICES_RULE}")
            elif (axis := attempt(problems, _distribution, key, searched)) is not None:
                self.distributions |= dict.fromkeys(self._names(key), axis)
        given = [("default", spec.default)]
        given += [(f"search.enqueue[{at}]", one) for at, one in enumerate(spec.search.enqueue)]
        known = [attempt(problems, self._parameters, one, name) for name, one in given]
        refuse(problems)
        self.known = tuple(one for one in known if one is not None)
        self._check_lists()
        self.check(1, Target(("no", "yes")))  # a target for every loss, as that of the data is not known yet

    @property
    def default(self) -> Hyperparameters:
        """Return the parameters of trial 0, which need not lie in the space."""
        return dict(self.known[0])

    def contains(self, parameters: Mapping[str, Any]) -> bool:
        """Return whether a sampler could draw these parameters."""
        return not self.outside(parameters)

    def outside(self, parameters: Mapping[str, Any]) -> list[str]:
        """List the names of the parameters with values that no sampler could draw."""
        return [name for name, axis in self.distributions.items() if not _contains(axis, parameters[name])]

    def unused(self, parameters: Mapping[str, Any]) -> frozenset[str]:
        """Return the names of the parameters without effect.

        They are sizes of layers beyond `hidden_layers`, and without hidden layers also what acts on these alone.
        """
        of_hidden = frozenset() if parameters.get("hidden_layers", self._layers) else OF_HIDDEN_LAYERS
        return self.unused_sizes(parameters) | (of_hidden & self.distributions.keys())

    def unused_sizes(self, parameters: Mapping[str, Any]) -> frozenset[str]:
        """Return the names of the sizes of layers beyond `hidden_layers`."""
        first = parameters.get("hidden_layers", self._layers) + 1
        return frozenset(f"{UNITS}{layer}" for layer in range(first, self._layers + 1))

    @property
    def log_scaled(self) -> tuple[str, ...]:
        """Return the names of the parameters with a log scale."""
        return tuple(name for name, axis in self.distributions.items() if getattr(axis, "log", False))

    def candidate(self, parameters: Mapping[str, Any]) -> Candidate:
        """Build the configuration that these parameters and the fixed settings describe."""
        chosen = {**self._fixed, **parameters}
        layers, units = chosen["hidden_layers"], chosen["hidden_units"]
        if self._units_searched:
            units = tuple(chosen[f"{UNITS}{layer}"] for layer in range(1, layers + 1))
        chosen["hidden"] = tuple(units[:layers]) if isinstance(units, tuple) else (units,) * layers
        if not loss_of(chosen["loss"]).classifies:
            chosen["label_smoothing"] = 0.0  # searched beside other losses, which it is for
        training = TrainingSettings(**_fields_of(TrainingSettings, chosen))
        shape = Architecture(**_fields_of(Architecture, {**chosen, "inputs": 1, "outputs": 1}))
        return Candidate(shape, training, chosen["class_weight"], _preprocessing(chosen))

    @property
    def preprocessings(self) -> tuple[Preprocessing, ...]:
        """Return every preprocessing that a candidate can have."""
        searched = {
            key: [_typed(key, value, f"space.{key}") for value in self._spec.space[key].ends]
            for key in PreprocessingSection.model_fields
            if key in self._spec.space
        }
        drawn = [dict(zip(searched, values, strict=True)) for values in product(*searched.values())]
        asked = [*self.known, *({**self.default, **values} for values in drawn)]
        return tuple(dict.fromkeys(_preprocessing(self._fixed | values) for values in asked))

    def _names(self, key: str) -> list[str]:
        """Return the names of the parameters of a key of [space]."""
        return [f"{UNITS}{layer}" for layer in range(1, self._layers + 1)] if key == "hidden_units" else [key]

    def _parameters(self, given: Mapping[str, Any], section: str) -> Hyperparameters:
        """Complete a configuration that gives some searched keys with the default of the others."""
        parameters: Hyperparameters = {}
        sources = {section: given, "default": self._spec.default, "training": self._fixed}
        for key in self._spec.space:
            where, value = next((f"{name}.{key}", source[key]) for name, source in sources.items() if key in source)
            values = value if isinstance(value, tuple) and key == "hidden_units" else (value,)
            names = self._names(key)
            if not names:
                raise SpecError(f"space.{key}: there is no hidden layer, as hidden_layers is 0; remove this key.")
            if not values or len(values) > len(names):
                raise SpecError(f"{where}: a list must name 1 to {len(names)} sizes, but got {list(values)!r:.100}.")
            for index, name in enumerate(names):  # a list shorter than the layers goes on with its last size
                parameters[name] = _typed(key, values[min(index, len(values) - 1)], where)
            if key == "hidden_layers" and self._units_searched and int(parameters[key]) > self._layers:
                most = f"must be at most {self._layers}, the most that space.hidden_layers searches"
                raise SpecError(f"{where}: {most}, but got {value}; search up to {value} layers there.")
        return parameters

    def check(self, inputs: int, target: Target) -> None:
        """Check that candidates suit data of this width and target.

        Checked are the configurations to try first, the default with each end of each range, and the largest network.

        Raises:
            SpecError: a candidate does not suit it; the message names the key.
        """
        default, *enqueued = self.known
        problems = self._problems(default, "default" if self._spec.default else "training", inputs, target)
        for key, searched in self._spec.space.items():
            for end in searched.ends:
                changed = dict.fromkeys(self._names(key), _typed(key, end, f"space.{key}"))
                problems += self._problems({**default, **changed}, f"space.{key}", inputs, target)
        if {"hidden_layers", "hidden_units"} <= self._spec.space.keys():
            largest = dict.fromkeys(self._names("hidden_units"), max(self._spec.space["hidden_units"].ends))
            largest["hidden_layers"] = self._layers
            problems += self._problems(
                {**default, **largest}, "space.hidden_units in all hidden_layers", inputs, target
            )
        for at, (parameters, given) in enumerate(zip(enqueued, self._spec.search.enqueue, strict=True)):
            for key in given:
                changed = {name: parameters[name] for name in self._names(key)}
                problems += self._problems({**default, **changed}, f"search.enqueue[{at}].{key}", inputs, target)
            problems += self._problems(parameters, f"search.enqueue[{at}]", inputs, target)
        rules = {problem.partition(": ")[2]: problem for problem in reversed(problems)}
        refuse(list(reversed(rules.values())))  # the default breaks a rule in every other configuration, too

    def _check_lists(self) -> None:
        units, layers = self._fixed["hidden_units"], self._fixed["hidden_layers"]
        if isinstance(units, tuple) and ("hidden_layers" in self._spec.space or len(units) != layers):
            raise SpecError(
                f"training.hidden_units: a list names the size of each of the hidden_layers={layers} layers, "
                f"which are then fixed, but got {list(units)}."
            )

    def _problems(self, parameters: Mapping[str, Any], where: str, inputs: int, target: Target) -> list[str]:
        """Say what the network does not accept of a configuration."""
        try:
            self.candidate(parameters).architecture(inputs, target)
        except NNetError as error:
            return [f"{where}: {str(error).removesuffix('.')}"]
        return []


def _conflicts(spec: StudySpec) -> dict[tuple[str, ...], str]:
    """Return the conflicts between the sections of a spec."""
    fixed = {name: dict.fromkeys(getattr(spec, name).model_fields_set) for name in ("training", "preprocessing")}
    return conflicts(
        {**fixed, "space": spec.space, "default": spec.default, "search": {"enqueue": spec.search.enqueue}}
    )


def attempt(problems: list[str], make: Callable[..., T], *given: Any) -> T | None:
    """Return what is made of the arguments, or note what is wrong with them and return None."""
    try:
        return make(*given)
    except SpecError as error:
        problems.append(str(error).removesuffix("."))
        return None


def refuse(problems: Sequence[str]) -> None:
    """Refuse a study file with problems, all of them in one line.

    Raises:
        SpecError: there is one.
    """
    if problems:
        raise SpecError(f"{in_one_line(list(dict.fromkeys(problems)), MOST_PROBLEMS)}.")


def _preprocessing(chosen: Mapping[str, Any]) -> Preprocessing:
    """Return the preprocessing, with the usual bins where none are made: equal inputs are then shared once."""
    made = Preprocessing(**_fields_of(Preprocessing, chosen))
    return made if made.numbers == "piecewise" else replace(made, bins=Preprocessing.bins)


def _fields_of(kind: type[Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: chosen[field.name] for field in fields(kind)}


def _typed(key: str, value: Any, where: str) -> Parameter:
    """Return a value of the key's type; only an integer is converted, to a float."""
    wanted = SEARCHABLE[key]
    if type(value) is int and abs(value) > LARGEST:
        raise SpecError(f"{where}: must be at most 1e24, but got {value!r:.100}.")
    if key == "rare" and type(value) is int and value >= 1:
        return value  # a number of rows; a float is a share
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        kind = {float: "a number", int: "an integer", str: "a name", bool: "true or false"}[wanted]
        raise SpecError(f"{where}: must be {kind}, but got {value!r:.100}.")
    if key == "hidden_layers" and not 0 <= int(value) <= MOST_LAYERS:
        raise SpecError(f"{where}: `0 <= hidden_layers <= {MOST_LAYERS}` must hold, but got {value}.")
    if rule := wrong_word(key, value):
        raise SpecError(f"{where.removesuffix(key)}{rule}.")
    if key == "class_weight" and value not in ("none", "balanced"):
        raise SpecError(f"{where}: class_weight must be none or balanced, but got {value!r}.")
    if rule := _broken_rule(key, value):
        raise SpecError(f"{where}: {rule}.")
    return value


def _broken_rule(key: str, value: Any) -> str:
    """Return the rule that a value breaks whatever the other settings are; empty if it breaks none, or is a word."""
    if key in OF_A_NETWORK:
        return ""
    try:
        if key in Architecture.__dataclass_fields__:
            Architecture(**{"inputs": 1, "hidden": (), "outputs": 1, key: value})
        elif key in TrainingSettings.__dataclass_fields__:
            TrainingSettings(**{key: value})
        elif key in Preprocessing.__dataclass_fields__:
            Preprocessing(**{key: value})
    except NNetError as error:
        return str(error).removesuffix(".")
    return ""


def _distribution(key: str, searched: Range | Choices) -> BaseDistribution:
    ends: list[Any] = [_typed(key, end, f"space.{key}") for end in searched.ends]
    if isinstance(searched, Choices):
        return CategoricalDistribution(ends)
    low, high = ends
    if SEARCHABLE[key] in (str, bool):
        raise SpecError(f"space.{key}: {CHOICES_RULE}.")
    if searched.log and low == high:
        return CategoricalDistribution([low])
    if SEARCHABLE[key] is float:
        step = None if searched.step is None else float(searched.step)
        if step is not None and abs((high - low) / step - round((high - low) / step)) > 1e-8:
            raise SpecError(f"space.{key}.step: must divide high - low = {high - low:g}, but got {step:g}.")
        return FloatDistribution(low, high, log=searched.log, step=step)
    width = 1 if searched.step is None else searched.step
    if not isinstance(width, int) or (high - low) % width:
        raise SpecError(f"space.{key}.step: must be an integer that divides {high - low}, but got {width!r}.")
    return IntDistribution(low, high, log=searched.log, step=width)


def _contains(distribution: BaseDistribution, value: Any) -> bool:
    if isinstance(distribution, CategoricalDistribution):
        return any(value == choice for choice in distribution.choices)
    assert isinstance(distribution, FloatDistribution | IntDistribution)
    steps: float = (value - distribution.low) / distribution.step if distribution.step else 0.0
    return bool(distribution.low <= value <= distribution.high) and abs(steps - round(steps)) < 1e-8
