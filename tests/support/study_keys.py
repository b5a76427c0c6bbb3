"""Every key that a study file can have, with its default, read from the classes that check study files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.config.later_keys import LATER_KEYS
from experiments.config.pruner_options import PRUNERS
from experiments.config.sampler_options import SAMPLERS
from experiments.config.section import Section
from experiments.config.spec import Choices, Range, StudySpec

NEEDED = "(needed)"  # in place of a default
UNWRITTEN = ("report",)  # sections that are in no document


def keys_of_the_study_file(spec: type[Section] = StudySpec) -> dict[str, Any]:
    """Return the default of every key, as JSON data; options stand below the name of their sampler or pruner."""
    keys: dict[str, Any] = {}
    for name, field in spec.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            keys |= {f"{name}.{key}": value for key, value in _defaults(section)}
    for kind, models in (("sampler", SAMPLERS), ("pruner", PRUNERS)):
        for option, section in models.items():
            keys |= {f"search.{kind}_options.{key} ({option})": value for key, value in _defaults(section)}
    for section in (Range, Choices):
        keys |= {f"space.PARAMETER.{key} ({section.__name__})": value for key, value in _defaults(section)}
    return keys


def _defaults(section: type[Section]) -> Iterator[tuple[str, Any]]:
    for key, field in section.model_fields.items():
        value = NEEDED if field.is_required() else field.get_default(call_default_factory=True)
        if not isinstance(value, Section):
            yield key, list(value) if isinstance(value, tuple) else value


def changed_meanings(
    before: Mapping[str, Any], now: Mapping[str, Any], later: Mapping[str, Any] = LATER_KEYS
) -> list[str]:
    """Say for which keys a study file of before no longer means what it meant, one line each.

    Args:
        before: the keys of an earlier version with their defaults.
        now:    those of this version.
        later:  the keys that documents leave out, with the value at which they do.
    """
    found = [f"{key} is gone" for key in before if key not in now]
    for key, value in now.items():
        plain, section = key.split(" (")[0], key.split(".")[0]
        if key in before:
            if before[key] != value or type(before[key]) is not type(value):
                found.append(f"{key} was {before[key]!r} and is {value!r}")
        elif value == NEEDED:
            found.append(f"{key} is new and has no default")
        elif value is None or section in UNWRITTEN:
            continue
        elif section == "space":
            found.append(f"{key} is new: its default must be None, which is not written, but is {value!r}")
        elif plain not in later or later[plain] != value:
            found.append(f"{key} is new: LATER_KEYS must have it with its default, {value!r}")
    return found
