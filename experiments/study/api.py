"""The main job from Python: the same study as from the command line, with rows that the caller may have in memory."""

from __future__ import annotations

import json
import os
import signal
import warnings
from collections.abc import Mapping
from numbers import Integral
from pathlib import Path
from typing import Any, Literal

from experiments.config.formats import GIVEN
from experiments.config.outer import outer_study, rows_of
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec, read_spec
from experiments.data.readers.in_memory import Rows, given_table
from experiments.data.table import Table
from experiments.errors import SpecError
from experiments.evaluation.ledger_place import ledger_path
from experiments.evaluation.results import StudyResult
from experiments.search.executors.create import usable_cores
from experiments.study.console import study_console
from experiments.study.interrupts import between_imports
from experiments.study.nested import OuterInput
from experiments.study.options import Options
from experiments.study.run import run_study
from experiments.tracking.uris import check_register, tracking_store


def run(
    spec: StudySpec | Mapping[str, Any] | str | Path,
    data: Rows | None = None,
    *,
    target: str | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    look: Literal["take", "leave", "only"] = "take",
    fresh: bool = False,
    tracking_uri: str | None = None,
    register: str | None = None,
    wait: bool | None = None,
    quiet: bool = True,
) -> StudyResult:
    """Run a study, or resume it; return the result that `python -m experiments.tune` would write.

    Args:
        spec:         a study file, or a mapping of its sections.
        data:         a DataFrame, or another table with Arrow's interface, which is read as a file is; (x, y); or a
                      `Table`. None takes the spec's own source.
        target:       the column of the DataFrame to predict, if the spec does not name it.
        out:          the study's folder; studies/NAME if None.
        workers:      number of worker processes; all usable cores if None. Does not change the result.
        look:         "take": score the test rows at the end; "leave": keep them sealed; "only": score them with the
                      trials that there are.
        fresh:        start anew instead of resuming.
        tracking_uri: MLflow's store; MLFLOW_TRACKING_URI or sqlite:///mlruns/mlflow.db if None.
        register:     name under which the model becomes a version in MLflow's model registry.
        wait:         True: wait up to 30 s at the end until MLflow has everything; False: do not wait, its writer goes
                      on by itself; None: wait, but not for a store in trouble.
        quiet:        print nothing.

    Raises:
        ExperimentError: in one line, what is wrong.

    Warns:
        UserWarning: MLflow lacks something; `python -m experiments.sync` sends it.
    """
    _check_arguments(look, workers, {"fresh": fresh, "quiet": quiet, "wait": False if wait is None else wait})
    read = _read(spec, given=data is not None, target=target)
    table = None if data is None else given_table(data, rows_of(read))
    wanted = usable_cores() if workers is None else int(workers)
    uri, artifacts = tracking_store(tracking_uri, os.environ.get("MLFLOW_TRACKING_URI"))
    check_register(register, look == "leave", uri)
    options = Options(
        folder=Path(out) if out is not None else Path("studies") / read.study.name,
        ledger=ledger_path(),
        tracking_uri=uri,
        artifacts=artifacts,
        workers=min(wanted, read.search.lookahead),
        fresh=fresh,
        look=look,
        register_as=register,
        wait=wait,
    )
    with between_imports(signal.SIGINT):
        outcome = run_study(read, options, study_console(quiet), table=table, outer=_outer(read, data, table))
    if outcome.untracked:
        warnings.warn(f"{outcome.untracked}; python -m experiments.sync {outcome.folder} sends it", stacklevel=2)
    return outcome.result


def _outer(spec: StudySpec, data: Rows | None, table: Table | None) -> tuple[OuterInput, ...]:
    """Return the rows of each outer study, where how they are read depends on the fold."""
    if data is None or table is None or table.reading is None or spec.cv.outer is None:
        return ()
    sections = [rows_of(outer_study(spec, fold)) for fold in range(1, spec.cv.outer + 1)]
    return tuple(OuterInput(given_table(data, section)) for section in sections)


def _check_arguments(look: object, workers: object, switches: Mapping[str, object]) -> None:
    """Refuse arguments of a wrong type or value.

    Raises:
        SpecError: an argument breaks its rule.
    """
    if not (isinstance(look, str) and look in ("take", "leave", "only")):
        raise SpecError(
            "look: must be 'take' (score the test rows at the end), 'leave' (do not score them) or 'only' (score them "
            f"with the trials there are), but got {look!r:.100}."
        )
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, Integral)):
        raise SpecError(f"workers: must be a whole number, or None for all usable cores, but got {workers!r:.100}.")
    if isinstance(workers, Integral) and int(workers) < 1:
        raise SpecError(f"workers: `1 <= workers` must hold, but got {workers}.")
    for name, value in switches.items():
        if not isinstance(value, bool):
            raise SpecError(f"{name}: must be True or False, but got {value!r:.100}.")


def _read(spec: StudySpec | Mapping[str, Any] | str | Path, given: bool, target: str | None) -> StudySpec:
    """Read the spec; with given rows, its source is the caller.

    Raises:
        SpecError: the spec breaks a rule, or the target goes with no rows.
    """
    if target is not None and not given:
        raise SpecError("target: goes with data; a study file names its own as data.target.")
    ours = ({"source": GIVEN} if given else {}) | ({} if target is None else {"target": target})
    if isinstance(spec, str | Path):
        return read_spec(Path(spec), [f"data.{key}={json.dumps(value)}" for key, value in ours.items()])
    document: Mapping[str, Any] = spec.model_dump(exclude_unset=True) if isinstance(spec, StudySpec) else spec
    section = document.get("data", {})
    if given and isinstance(section, Mapping):
        document = {**document, "data": {**section, **ours}}
    return parse_spec(document, "spec")
