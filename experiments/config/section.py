"""What every table of a study file is: frozen and strict; and a table whose keys depend on a name beside it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


class Section(BaseModel):
    """Frozen and strict: an unknown key or another type is an error, and nothing is converted silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def options_of(models: Mapping[str, type[Section]], name: str | None, value: object) -> Section:
    """A table of options as those of what is named; raises pydantic's error, with the key, where they are not.

    Args:
        name: None where the name has an error of its own.
    """
    if name is None:
        return Section()
    model = models[name]
    given = value.model_dump() if isinstance(value, Section) else value
    unknown = sorted(set(given) - set(model.model_fields)) if isinstance(given, Mapping) else []
    if not unknown:
        return model.model_validate(given)
    there = f"its options are {', '.join(model.model_fields)}" if model.model_fields else "it has none"
    raise broken_rule((unknown[0],), f"{name} has no such option: {there}")


def broken_rule(key: tuple[str, ...], rule: str) -> ValidationError:
    """pydantic's error for a rule between keys, which names the key below the validated one that it is about."""
    fault = PydanticCustomError("value_error", "{rule}", {"rule": rule})
    return ValidationError.from_exception_data("rule", [InitErrorDetails(type=fault, loc=key, input=None)])
