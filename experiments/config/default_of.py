"""A configuration as the default of another study file, where it becomes trial 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from experiments.config.candidate import Candidate
from experiments.config.conflicts import LAYERS
from experiments.config.override import with_override
from experiments.config.searchable import section_of
from experiments.config.space import Space
from experiments.config.spec import PreprocessingSection, StudySpec, TrainingSection
from experiments.config.study_file import parse_spec
from experiments.config.words import canonical
from experiments.errors import SpecError

Task = Literal["classification", "regression"]
PLACES = ("training", "preprocessing", "default")


def with_default_of(
    document: Mapping[str, Any], configuration: Candidate, task: Task, overrides: Sequence[str], where: str
) -> dict[str, Any]:
    """Return the document of a study file whose default is a configuration.

    A value that the file gives anyway is not written. What [space] searches goes to [default], the rest to [training]
    or [preprocessing]. The default need not lie in the space.

    Args:
        task:      the kind of target that it was chosen for, from which a loss may follow.
        overrides: those that the document has already, as `--set` takes them; the keys that they name stay.
        where:     the option, for messages.

    Raises:
        SpecError: the file cannot have such a default, or breaks a rule.
    """
    spec = parse_spec(document, where).with_inferred_settings(task, "KFold")
    space = Space(spec)
    asked, given = _settings(configuration), _settings(space.candidate(space.default))
    typed = _typed(overrides)
    if asked["numbers"] != "piecewise":
        del asked["bins"]  # which it does not use
    changed = {**document, **{name: dict(document.get(name, {})) for name in PLACES}}
    for key, value in asked.items():
        if key not in typed and given[key] != value:
            changed["default" if key in spec.space else section_of(key)][key] = value
    sizes, before = configuration.shape.hidden, space.candidate(space.default).shape.hidden
    if "hidden_layers" in typed:
        sizes = (*sizes, *sizes[-1:] * len(before))[: len(before)]
    if sizes != before:
        _set_layers(changed, spec, sizes, typed, where)
    changed = {name: table for name, table in changed.items() if table or name not in PLACES}
    parse_spec(changed, where)
    return changed


def _settings(configuration: Candidate) -> dict[str, Any]:
    """Return a configuration by the keys of [training] and [preprocessing], without its layers."""
    parts = (configuration, configuration.training, configuration.shape, configuration.preprocessing)
    values = {key: value for part in parts for key, value in vars(part).items()}
    keys = {**TrainingSection.model_fields, **PreprocessingSection.model_fields}
    return {key: values[key] for key in keys if key in values}


def _typed(overrides: Sequence[str]) -> set[str]:
    """Return the keys of a configuration that overrides name."""
    document: dict[str, Any] = {}
    for override in overrides:
        document = with_override(document, override)
    named = canonical({name: document.get(name, {}) for name in PLACES})
    return {key for table in named.values() if isinstance(table, Mapping) for key in table}


def _set_layers(document: dict[str, Any], spec: StudySpec, sizes: tuple[int, ...], typed: set[str], where: str) -> None:
    """Write the number of layers and their sizes into the document.

    Raises:
        SpecError: the sizes differ, and the document has one size for every number of layers.
    """
    table = {key: document["default" if key in spec.space else "training"] for key in LAYERS}
    if "hidden_layers" not in typed:
        table["hidden_layers"]["hidden_layers"] = len(sizes)
    if not sizes or "hidden_units" in typed:
        return
    different = len(set(sizes)) > 1
    if different and "hidden_layers" in spec.space and "hidden_units" not in spec.space:
        raise SpecError(
            f"{where}: the layers have {', '.join(map(str, sizes))} units, but training.hidden_units is one size for "
            "every number of layers that is searched; search space.hidden_units as well, or remove space.hidden_layers."
        )
    table["hidden_units"]["hidden_units"] = list(sizes) if different else sizes[0]
