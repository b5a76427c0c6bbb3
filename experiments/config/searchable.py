"""The keys of [training] and [preprocessing] that [space] can search, with the type of their values."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.config.common_names import meant_keys
from experiments.config.readable import readable
from experiments.config.spec import PreprocessingSection, TrainingSection
from nnet.near import did_you_mean

Parameter = float | int | str

NOT_SEARCHED = ("epochs", "patience", "validate_every")
SEARCHABLE: dict[str, type[Parameter]] = {
    key: float if key == "rare" else type(field.default)
    for key, field in sorted((TrainingSection.model_fields | PreprocessingSection.model_fields).items())
    if key not in NOT_SEARCHED
}
CHOICES_RULE = "is searched with choices = [...]"


def section_of(key: str) -> str:
    """Return the section that fixes a searchable key."""
    return "preprocessing" if key in PreprocessingSection.model_fields else "training"


def not_searchable(keys: Iterable[str]) -> list[str]:
    """Say of each key of [space] that cannot be searched that it cannot, with the one that was meant."""
    unknown = {key: [] if key in NOT_SEARCHED else meant_keys(key, SEARCHABLE) for key in keys if key not in SEARCHABLE}
    return [
        f"space.{readable(key, 120)}: cannot be searched"
        + ("; set it in [training]" if key in NOT_SEARCHED else "")
        + did_you_mean([f"space.{one}" for one in meant])
        for key, meant in unknown.items()
    ]
