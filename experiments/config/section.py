"""The base of every table of a study file, and tables whose keys follow from something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.config.common_names import meant_keys
from nnet.near import did_you_mean


class Section(BaseModel):
    """A table that is frozen and strict: an unknown key or another type is an error, and nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def section_from(*settings: type[Any]) -> Any:
    """Return a Section with the fields of dataclasses: those that have a default, with their types and defaults."""
    keys: dict[str, Any] = {
        field.name: (get_type_hints(kind)[field.name], field.default)
        for kind in settings
        for field in fields(kind)
        if field.default is not MISSING
    }
    return create_model("Settings", __base__=Section, **keys)


def options_of(models: Mapping[str, type[Section]], name: str | None, value: object) -> Section:
    """Validate a table of options as the options of a sampler or a pruner.

    Args:
        name: the sampler or pruner; None where the name itself was refused.

    Raises:
        ValidationError: an option is unknown, or its value breaks a rule.
    """
    if name is None:
        return Section()
    model = models[name]
    given = value.model_dump() if isinstance(value, Section) else value
    unknown = sorted(set(given) - set(model.model_fields)) if isinstance(given, Mapping) else []
    if not unknown:
        return model.model_validate(given)
    options = f"its options are {', '.join(model.model_fields)}" if model.model_fields else "it has none"
    meant = {key: did_you_mean(meant_keys(key, model.model_fields)) for key in unknown}
    raise broken_rules({(key,): f"{name} has no such option{meant[key]}: {options}" for key in unknown})


def broken_rules(rules: Mapping[tuple[str, ...], str]) -> ValidationError:
    """Return pydantic's error for the rules that keys break, by key below the value that is validated."""
    faults = {key: PydanticCustomError("value_error", "{rule}", {"rule": rule}) for key, rule in rules.items()}
    details = [InitErrorDetails(type=fault, loc=key, input=None) for key, fault in faults.items()]
    return ValidationError.from_exception_data("rule", details)
