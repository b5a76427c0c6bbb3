"""Studies from Python: the same as from the command line, with rows that the caller may have in memory."""

from __future__ import annotations

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
from experiments.data.readers.in_memory import Given, given_table
from experiments.data.table import Table
from experiments.errors import ExperimentError, SpecError
from experiments.evaluation.scoring.ledger_place import LEDGER
from experiments.search.executors.local import usable_cores
from experiments.study.command.console import print_sentence, study_console
from experiments.study.command.interrupts import between_imports
from experiments.study.command.python_words import in_python, python_words
from experiments.study.command.standard_streams import open_what_is_closed
from experiments.study.folders.lookup import results_file
from experiments.study.folders.results_file import read_own_results
from experiments.study.python.opened import Study
from experiments.study.request.asked_study import Asked, AskedStudy, asked_study, changes_of
from experiments.study.request.default_of import study_with_winner, with_winner, words_of
from experiments.study.running.nested import OuterInput
from experiments.study.running.options import Options
from experiments.study.running.run import run_study
from experiments.study.running.summary import print_summary, ui_command
from experiments.tracking.uris import check_register, tracking_store


def run(
    spec: Asked = None,
    data: Given | str | Path | None = None,
    *,
    default_of: str | Path | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    look: Literal["take", "leave", "only"] = "take",
    fresh: bool = False,
    acknowledge_reuse: bool = False,
    tracking_uri: str | None = None,
    register: str | None = None,
    wait: bool | None = None,
    quiet: bool = False,
    **settings: Any,
) -> Study:
    """Run a study, or resume it, as `python -m experiments.tune` would; return the finished study.

    The command and this function find the same study in the same folder, and go on with each other's.

    Args:
        spec:         a study's name, its file, or a mapping of its sections. None makes a study of the data with the
                      default space.
        data:         a DataFrame, or another table with Arrow's interface, which is read as a file is; (x, y); a
                      `Table`; or a path. None takes the spec's own source.
        default_of:   a finished study, whose winner is trial 0 of this one; with `data` or a new `name`.
        out:          the study's folder; that of the command if None: studies/NAME, or beside the study file.
        workers:      number of worker processes; all usable cores if None. Does not change the result.
        look:         "take": score the test rows at the end; "leave": keep them sealed; "only": score them with the
                      trials that there are.
        fresh:        start anew instead of resuming.
        acknowledge_reuse: test other models on test rows that were scored before; the report says so.
        tracking_uri: MLflow's store; MLFLOW_TRACKING_URI or sqlite:///mlruns/mlflow.db if None; "none": no tracking.
        register:     name under which the model becomes a version in MLflow's model registry.
        wait:         True: wait up to 30 s at the end until MLflow has everything; False: do not wait, its writer goes
                      on by itself; None: wait, but not for a store in trouble.
        quiet:        print nothing.
        settings:     keys of the study file, which change the spec as `--set` does: target="price", trials=20,
                      name="prices". The section of a key may be left out where only one has it; else a section is a
                      mapping, as in training={"epochs": 30}. A `space` replaces the whole one.

    Raises:
        ExperimentError:   in one line, what is wrong.
        KeyboardInterrupt: it was interrupted; finished trials are kept.

    Warns:
        UserWarning: MLflow lacks something; `python -m experiments.sync` sends it.

    >>> import tempfile
    >>> from sklearn.datasets import load_wine
    >>> frame = load_wine(as_frame=True).frame
    >>> folder = f"{tempfile.mkdtemp()}/wine"
    >>> fast = {"trials": 2, "epochs": 3, "workers": 1, "look": "leave", "tracking_uri": "none", "quiet": True}
    >>> study = run(data=frame, target="target", out=folder, **fast)
    >>> len(study.trials), sorted(study.best_params) == sorted(study.trials.columns.intersection(study.best_params))
    (2, True)
    >>> open(folder).digest == study.digest
    True
    """
    switches = {"fresh": fresh, "acknowledge_reuse": acknowledge_reuse, "quiet": quiet}
    _check_arguments(look, workers, {**switches, "wait": False if wait is None else wait})
    _check_texts({"tracking_uri": tracking_uri, "register": register}, {"out": out, "default_of": default_of})
    given = None if data is None or isinstance(data, str | Path) else data
    asked = asked_study(spec, GIVEN if given is not None else None if data is None else str(data), settings)
    if default_of is not None:
        asked = _with_winner(asked, default_of, settings)
    wanted = usable_cores() if workers is None else int(workers)
    uri = tracking_store(tracking_uri, os.environ.get("MLFLOW_TRACKING_URI"))
    check_register(register, look == "leave", uri)
    options = Options(
        folder=Path(_with_home(out)) if out is not None else asked.folder,
        ledger=LEDGER,
        tracking_uri=uri,
        workers=min(wanted, asked.spec.search.lookahead),
        fresh=fresh,
        look=look,
        acknowledge_reuse=acknowledge_reuse,
        register_as=register,
        document=asked.document if given is None else None,
        default_of=None if asked.default_of is None else asked.default_of.path,
        origin=asked.origin,
        wait=wait,
        words=python_words,
    )
    open_what_is_closed()
    console = study_console(quiet)
    console.print(f"{asked.spec.study.name}: results go to {options.folder}", markup=False, soft_wrap=True)
    if asked.default_of is not None:
        print_sentence(console, words_of(asked))
    try:
        with between_imports(signal.SIGINT):
            table = None if given is None else given_table(given, rows_of(asked.spec))
            outcome = run_study(asked.spec, options, console, table=table, outer=_outer(asked.spec, given, table))
    except ExperimentError as error:  # whose words are those of the command
        raise in_python(error) from None
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"{asked.spec.study.name}: interrupted; the same call again resumes the study"
        ) from None
    if not quiet:
        print_summary(console, outcome, options, ui_command(uri, tracking_store(None, None)))
    if outcome.untracked:
        warnings.warn(f"{outcome.untracked}; python -m experiments.sync {outcome.folder} sends it", stacklevel=2)
    return open(outcome.folder)


def open(study: str | Path) -> Study:
    """Open a study that has come to its end.

    Args:
        study: its name, its folder, its study file or its results.json.

    Raises:
        ExperimentError: there is no such study, it has not come to its end, or its results were changed.

    >>> from experiments.study.folders.lookup import EXAMPLE
    >>> study = open(EXAMPLE)
    >>> study.result.study, study.data.rows, study.test.rows, len(study.trials)
    ('digits', 1797, 360, 40)
    """
    _check_texts({}, {"study": "" if study is None else study})
    try:
        return Study(read_own_results(results_file(_with_home(study))))
    except SpecError as error:
        raise in_python(error) from None


def _with_home(path: str | Path) -> str:
    """Return a path with the home folder in place of a ~ at its beginning, as a shell writes it."""
    return os.path.expanduser(path)  # noqa: PTH111 - which leaves a name as it is where there is no home


def _with_winner(asked: AskedStudy, study: str | Path, settings: Mapping[str, Any]) -> AskedStudy:
    """Return a study whose default is the winner of another one, as `with_winner` does."""
    try:
        return with_winner(asked, study_with_winner(_with_home(study)), list(changes_of(settings)))
    except ExperimentError as error:  # whose words are those of the command
        raise in_python(error) from None


def _outer(spec: StudySpec, data: Given | None, table: Table | None) -> tuple[OuterInput, ...]:
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


def _check_texts(texts: Mapping[str, object], places: Mapping[str, object]) -> None:
    """Refuse names that are no texts, and places that are no paths; None is neither.

    Raises:
        SpecError: an argument breaks its rule; an empty place would be the working folder.
    """
    for name, value in texts.items():
        if not isinstance(value, str | None):
            raise SpecError(f"{name}: must be a text, or None, but got {value!r:.100}.")
    for name, value in places.items():
        if not isinstance(value, str | Path | None) or value == "":
            raise SpecError(f"{name}: must be a path, as a text or a Path, but got {value!r:.100}.")
