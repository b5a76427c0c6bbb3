"""The scaling of numbers as a searched choice: only what the table can have stays one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.config.space import Space
from experiments.config.spec import Choices, StudySpec
from experiments.data.inputs.date_parts import CIRCULAR, PARTS
from experiments.data.inputs.preprocessing import MOST_NAMES
from experiments.data.prepare import StudyData, fitted_folds
from experiments.data.raw_table import MOST_CELLS

PIECEWISE = "piecewise"


def with_possible_scaling(spec: StudySpec, space: Space, data: StudyData) -> tuple[StudySpec, str | None]:
    """Leave out of the choices what the table cannot have; return the spec with a note, or as it is without one.

    Without a column of numbers their scaling is not searched. Piecewise numbers are no choice if they make more inputs
    than can be computed; where they are asked for by name, to be tried first or as the only choice, they stay.

    Args:
        space: the search space of the spec.
    """
    searched = spec.space.get("numbers")
    if not isinstance(searched, Choices):
        return spec, None
    if not {"number", "date"} & set(data.development.table.kinds):
        return _not_searched(spec), "space.numbers: is not searched, as no column holds numbers."
    others = tuple(value for value in searched.choices if value != PIECEWISE)
    if len(others) in (0, len(searched.choices)):
        return spec, None
    if PIECEWISE in [known["numbers"] for known in space.known]:
        return spec, None
    most = _most_inputs(space, data)
    if len(data.development.y) * most <= MOST_CELLS:
        return spec, None
    left = ", ".join(map(str, others))
    note = f"space.numbers: only {left}, as piecewise makes {most} inputs of each row, more than can be computed."
    if others == (spec.preprocessing.numbers,):
        return _not_searched(spec), note
    return spec.model_copy(update={"space": {**spec.space, "numbers": Choices(choices=others)}}), note


def _most_inputs(space: Space, data: StudyData) -> int:
    """Return the most inputs of a row with piecewise numbers; 0 if they cannot be too many."""
    asked, kinds = [one for one in space.preprocessings if one.numbers == PIECEWISE], data.development.table.kinds
    binned = kinds.count("number") + kinds.count("date") * (len(PARTS) - len(CIRCULAR))
    at_most = binned * (1 + max(one.bins for one in asked)) + kinds.count("date") * len(CIRCULAR)
    names = (len(set(values.tolist())) for _, _, values in data.development.table.values_of("category"))
    at_most += sum(1 + min(different, MOST_NAMES) for different in names)
    if len(data.development.y) * at_most <= MOST_CELLS:  # fitting a large table takes a while
        return 0
    return max(of_fold.width for one in asked for of_fold in fitted_folds(data.development, data.folds, one))


def _not_searched(spec: StudySpec) -> StudySpec:
    """Return the spec without the key in [space]; no configuration to try first has a value of it either."""

    def without(table: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in table.items() if name != "numbers"}

    search = spec.search.model_copy(update={"enqueue": tuple(map(without, spec.search.enqueue))})
    return spec.model_copy(update={"space": without(spec.space), "default": without(spec.default), "search": search})
