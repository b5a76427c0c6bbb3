"""The check of a whole study file, which says all that is wrong with it at once.

What pydantic finds in single keys hides neither the conflicts between sections nor what the network refuses: the rest
of the file is checked without the keys that are wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from experiments.config.conflicts import LAYERS, conflicts, table_in
from experiments.config.grid import check_sampler
from experiments.config.problems import MOST, problems_of
from experiments.config.readable import in_one_line
from experiments.config.searchable import SEARCHABLE, not_searchable
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.words import canonical
from experiments.errors import SpecError

ANY = {"study": {"name": "any"}, "data": {"source": "iris"}}  # sections on which no other depends
TOGETHER = (LAYERS, ("sampler", "sampler_options"), ("pruner", "pruner_options"))  # keys that mean nothing alone
OF_THE_SPACE = ("space", "default", "training")


def whole_study(document: Mapping[str, Any]) -> StudySpec:
    """Validate the document of a study file, whose lists are tuples.

    Raises:
        SpecError: the document breaks rules; the message has a part for each.
    """
    against, faults = conflicts(document), {}
    try:
        spec = StudySpec.model_validate(canonical(document))
    except ValidationError as error:
        faults = problems_of(error)
    else:
        if not against:
            check_sampler(Space(spec), spec)
            return spec
    space = document.get("space")
    unknown = [key for key in map(str, space) if key not in SEARCHABLE] if isinstance(space, Mapping) else []
    told = {place[:2] for place in faults}
    said = [*faults.values(), *not_searchable(unknown)]
    said += [problem for place, problem in against.items() if place[:2] not in told]
    said += _of_the_rest(document, [*faults, *against, *(("space", key) for key in unknown)])
    raise SpecError(f"{in_one_line(list(dict.fromkeys(said)), MOST)}.")


def _of_the_rest(document: Mapping[str, Any], wrong: Collection[tuple[str, ...]]) -> list[str]:
    """Say what is wrong with a document without its wrong keys; nothing where too little of it is left."""
    rest = _without(document, wrong)
    if not rest.get("space"):
        return []
    try:
        spec = StudySpec.model_validate(canonical(rest))
        check_sampler(Space(spec), spec)
    except ValidationError:
        return []
    except SpecError as error:
        return [str(error).removesuffix(".")]
    return []


def _without(document: Mapping[str, Any], wrong: Collection[tuple[str, ...]]) -> dict[str, Any]:
    """Return a document without some keys, and without those that mean nothing alone."""
    rest = {name: dict(table) if isinstance(table, Mapping) else table for name, table in document.items()} | ANY
    for section, *below in wrong:
        if not below:
            rest.pop(section, None)
            continue
        key = below[0].partition("[")[0]
        keys = {key, *(other for group in TOGETHER if key in group for other in group)}
        for name in OF_THE_SPACE if section == "space" or key in LAYERS else (section,):
            table = rest.get(name)
            if isinstance(table, dict) and (name in (section, "default") or key in LAYERS):
                rest[name] = {one: value for one, value in table.items() if one not in keys}
        if section == "space" or key in LAYERS:
            rest["search"] = {**table_in(rest, "search"), "enqueue": ()}
    return rest | ANY
