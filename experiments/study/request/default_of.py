"""The winner of a finished study as the default of another one: `tune --default-of STUDY`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from experiments.config.default_of import with_default_of
from experiments.config.hidden_layers import layer_of
from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError, StudyStateError
from experiments.evaluation.final_model.final_kind import holds_default
from experiments.reports.formatting import configuration, parameter
from experiments.study.folders.find_data import explicit
from experiments.study.folders.lookup import results_file
from experiments.study.folders.results_file import Recorded, read_own_results
from experiments.study.request.asked_study import AskedStudy
from nnet.near import enumerated

OPTION = "--default-of"


def study_with_winner(study: str) -> Recorded:
    """Return the results of a study that has a winner.

    Raises:
        SpecError:       there is no such study.
        StudyStateError: it is not finished, or its results were changed, or are another version's.
    """
    recorded = read_own_results(results_file(study, OPTION))
    tried, planned = len(recorded.result.trials), recorded.result.provenance.get("planned_trials")
    if planned is not None:
        raise StudyStateError(
            f"{recorded.folder}: has no winner yet, after a try of {tried} of {planned} trials; python -m "
            f"experiments.tune {shlex.quote(study)} runs the others."
        )
    return recorded


def with_winner(asked: AskedStudy, recorded: Recorded, overrides: Sequence[str]) -> AskedStudy:
    """Return a study whose default is the winner of another one, in the study file that it writes.

    Args:
        overrides: those that the study has already; the keys that they name stay.

    Raises:
        SpecError: the study writes no file, or cannot have such a default.
    """
    if asked.document is None:
        raise SpecError(
            f"{OPTION}: the winner is written into a new study file, so it goes with --name NEW or with --data FILE; "
            "a study whose file has it goes on without the option."
        )
    result = recorded.result
    winner = Space(parse_spec(explicit(result.spec), str(recorded.path))).candidate(result.best.params)
    document = with_default_of(asked.document, winner, result.data.task, overrides, f"{OPTION} {result.study}")
    return replace(asked, spec=parse_spec(document, OPTION), document=document, default_of=recorded)


def words_of(asked: AskedStudy) -> str:
    """Say which configuration is the default of a study by `with_winner`, and which of its values are not searched."""
    assert asked.default_of is not None
    result, best = asked.default_of.result, asked.default_of.result.best
    said = f"default: trial {best.number} of {result.study}, {configuration(best.params, result.spec, best.epochs)}"
    if holds_default(result):
        said += f"; the final model of {result.study} also has networks of its own default, which are not taken"
    space = Space(asked.spec)
    unused, default = space.unused(space.default), space.default
    used = [name for name in space.outside(default) if name not in unused]
    values = (f"{'hidden_units' if layer_of(name) else name} = {parameter(default[name])}" for name in used)
    outside = list(dict.fromkeys(values))  # layers of one size are one value
    if outside and asked.spec.search.trials > 1:
        verb = "lies" if len(outside) == 1 else "lie"
        said += f"; {enumerated(outside)} {verb} outside of [space], from which the other trials are"
    return said
