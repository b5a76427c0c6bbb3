"""The keys of a study file: the whole key of one without its section, and the nearest to an unknown one."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.config.common_names import common_keys
from experiments.config.section import Section
from experiments.config.spec import Choices, Range, StudySpec
from experiments.errors import SpecError
from nnet.near import near

KEYS: dict[str, tuple[str, ...]] = {  # the keys of each section whose keys do not depend on anything
    name: tuple(field.annotation.model_fields)
    for name, field in StudySpec.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}


def whole_key(key: str) -> list[str]:
    """Return the parts of a key of --set, with its section where the key was typed without and only one has it.

    A key that [final] or [report] shares with another section is the other's.

    Raises:
        SpecError: several sections have it.

    >>> whole_key("trials"), whole_key("search.trials"), whole_key("epochs"), whole_key("members")
    (['search', 'trials'], ['search', 'trials'], ['training', 'epochs'], ['final', 'members'])
    """
    if key in StudySpec.model_fields or "." in key or not (keys := _of_any_section(key)):
        return key.split(".")
    if len(keys) > 1:
        raise SpecError(f"--set {key}: several sections have this key; type {' or '.join(keys)}.")
    return keys[0].split(".")


def nearest_keys(parts: Sequence[str]) -> list[str]:
    """List the keys that may have been meant by one that does not exist.

    >>> nearest_keys(["training", "batchsize"]), nearest_keys(["training", "trials"]), nearest_keys(["trails"])
    (['training.batch_size'], ['search.trials'], ['search.trials'])
    """
    *above, key = parts
    if above[:1] == ["space"]:
        within = [*Range.model_fields, *Choices.model_fields]
    else:
        within = list(KEYS.get(".".join(above), ()))
        if elsewhere := _of_any_section(key):
            return elsewhere
    if found := common_keys(key, within)[:1]:
        return [".".join([*above, *found])]
    if called := keys_called(key):
        return called
    if found := near(key, within):
        return [".".join([*above, *found])]
    return [one for name in near(key, _names()) for one in _named(name)]


def keys_called(name: str) -> list[str]:
    """List the keys that have this name, or that others call so; none where it is no name of a key.

    >>> keys_called("test_size"), keys_called("lr"), keys_called("out")
    (['data.test_size'], ['training.learning_rate'], [])
    """
    return _of_any_section(name) or [one for found in common_keys(name, _names())[:1] for one in _named(found)]


def _names() -> list[str]:
    return [*StudySpec.model_fields, *sorted({one for keys in KEYS.values() for one in keys})]


def _named(name: str) -> list[str]:
    return [name] if name in StudySpec.model_fields else _of_any_section(name)


def _of_any_section(key: str) -> list[str]:
    found = [f"{section}.{key}" for section, keys in KEYS.items() if key in keys]
    return [one for one in found if one not in (f"final.{key}", f"report.{key}")] or found
