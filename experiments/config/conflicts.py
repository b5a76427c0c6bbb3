"""The conflicts between the sections of a study file, all of them at once: what is fixed and searched, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from experiments.config.common_names import meant_keys
from experiments.config.readable import readable
from experiments.config.searchable import SEARCHABLE, section_of
from experiments.config.words import sizes_of
from nnet.near import did_you_mean

LAYERS = ("hidden_layers", "hidden_units")
Place = tuple[str, ...]


def conflicts(document: Mapping[str, Any]) -> dict[Place, str]:
    """Return the place of each key that another section forbids, and what is wrong; sections of a wrong type have none.

    Args:
        document: the sections of a study file, as they are written or in the program's own words.
    """
    return {**_sizes(document), **dict(_fixed(document)), **dict(_unsearched(document))}


def table_in(document: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    """Return a section of a study file as it is written; nothing where it is missing or no table."""
    found = document.get(section)
    return found if isinstance(found, Mapping) else {}


def _keys(table: Mapping[str, Any]) -> list[str]:
    """List the keys of a table; sizes in the place of the number of layers are both keys."""
    sizes = sizes_of(table.get("hidden_layers")) is not None and "hidden_units" not in table
    return [*map(str, table), *(["hidden_units"] if sizes else [])]


def _sizes(document: Mapping[str, Any]) -> dict[Place, str]:
    """Refuse sizes in [training] where [space] searches them, or where they stand twice."""
    training, space = table_in(document, "training"), table_in(document, "space")
    sizes = sizes_of(training.get("hidden_layers"))
    if sizes is None:
        return {}
    if "hidden_units" in training:
        rule = f"hidden_layers = {list(sizes)} gives the sizes already; remove one"
        return {("training", "hidden_units"): f"training.hidden_units: {rule}"}
    searched = [key for key in LAYERS if key in space]
    if not searched:
        return {}
    names = " and ".join(searched)
    rule = f"{list(sizes)} cannot be fixed while [space] searches {names}"
    return {("training", "hidden_layers"): f"training.hidden_layers: {rule}; {_instead(sizes, searched)}"}


def _instead(sizes: Sequence[int], searched: Sequence[str]) -> str:
    """Say what to write for sizes that are to be tried while the number of layers, or their sizes, are searched."""
    names, layers, units = " and ".join(searched), f"hidden_layers = {len(sizes)}", f"hidden_units = {list(sizes)}"
    if "hidden_units" not in searched:
        return f"remove {names} from [space], so that every trial has these sizes"
    if "hidden_layers" in searched:
        first = f"remove it and write {layers} and {units} in [default]"
    else:
        first = f"write {layers} here and {units} in [default]"
    return f"{first} to try these sizes first, or remove {names} from [space]"


def _fixed(document: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Yield the keys that are searched and fixed."""
    told = {key for _, key in _sizes(document)}
    told |= set(LAYERS) if told else set()
    for key in table_in(document, "space"):
        for section in ("training", "preprocessing"):
            if key in SEARCHABLE and key in _keys(table_in(document, section)) and key not in told:
                rule = f"is also fixed in [{section}]; remove it there or here, not both"
                yield (section, key), f"space.{key}: {rule}"


def _unsearched(document: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Yield the keys of configurations to try first that are not searched."""
    space = table_in(document, "space")
    enqueued = table_in(document, "search").get("enqueue")
    configurations: dict[Place, Any] = {("default",): document.get("default")}
    if isinstance(enqueued, list | tuple):
        configurations |= {("search", f"enqueue[{at}]"): given for at, given in enumerate(enqueued)}
    for place, given in configurations.items():
        for key in _keys(given) if isinstance(given, Mapping) else ():
            if key not in space:
                yield (*place, key), f"{'.'.join((*place, readable(key, 120)))}: {_not_searched(key, place, space)}"


def _not_searched(key: str, place: Place, space: Mapping[str, Any]) -> str:
    meant = [] if key in SEARCHABLE else meant_keys(key, map(str, space))
    asked = did_you_mean([".".join((*place, one)) for one in meant])
    section = section_of(key) if key in SEARCHABLE else "training"
    return f"is not searched in [space]{asked}" + ("" if asked else f"; set it in [{section}] instead")
