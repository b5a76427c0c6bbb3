"""The main job from the command line: python -m experiments.tune [STUDY] [options]."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from experiments.errors import SpecError
from experiments.study.command.cli import (
    a_path,
    add_study_argument,
    add_tracking_argument,
    add_workers_argument,
    command_parser,
    run_command,
    workers_of,
)
from experiments.study.request.own_data import add_data_arguments, check_source, keys_of

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.config.spec import StudySpec
    from experiments.study.request.asked_study import AskedStudy
    from experiments.study.running.options import Options

EPILOG = """\
The same command again goes on where a study was stopped. Exit codes: 0 done, 2 bad input (one line says what),
130 interrupted."""
DEFAULT = "digits"
MOST_TRIALS = 1_000_000  # of a study
TRY = (
    "a try of {trials} of the study's {planned} trials: no refit, no baselines, and the test rows are not scored "
    "(--set search.trials={trials} makes that many the whole study, which is tested)"
)
BEGUN = time.perf_counter()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "tune", "Search, refit, score once and report: a hyperparameter study of a NumPy neural network.", EPILOG
    )
    add_study_argument(it, more=f"; default: {DEFAULT}", optional=True)
    add_data_arguments(it)
    it.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="override a key of the study file, as in search.trials=20; may be repeated",
    )
    it.add_argument("--name", help="give a changed study this name, a folder of this name, and a study file in it")
    it.add_argument(
        "--default-of",
        metavar="STUDY",
        help="with --data or --name: the winner of this finished study is trial 0; --trials 1 then only refits it",
    )
    it.add_argument(
        "--trials",
        type=int,
        metavar="N",
        help="try the study with fewer trials than it has: no refit, no baselines, no test; with more it is tested",
    )
    _add_place_options(it)
    _add_action_options(it)
    return it


def _add_place_options(it: argparse.ArgumentParser) -> None:
    """Add the options that say where a study is computed and written."""
    add_workers_argument(it)
    it.add_argument(
        "--executor",
        choices=("local", "ray"),
        default="local",
        help="run trials in processes of this machine or in a Ray cluster (default: local)",
    )
    it.add_argument(
        "--ray-address", metavar="HOST:PORT", help="address of a running Ray cluster (default: start one here)"
    )
    it.add_argument(
        "--worker-timeout",
        type=float,
        metavar="SECONDS",
        help="restart a worker that used no processor time for SECONDS (default: 120)",
    )
    it.add_argument("--out", type=a_path, metavar="DIR", help="folder of the study's files (default: studies/NAME)")
    add_tracking_argument(it, "; none: no tracking")
    it.add_argument("--register", metavar="NAME", help="make the model a version of NAME in MLflow's model registry")
    it.add_argument(
        "--wait",
        action="store_true",
        help="wait up to 30 s at the end until MLflow has everything; always so without a terminal or with --register",
    )


def _add_action_options(it: argparse.ArgumentParser) -> None:
    """Add the options that say what is done with a study."""
    it.add_argument(
        "--fresh", action="store_true", help="start the study anew; its test evaluations so far stay counted"
    )
    test = it.add_mutually_exclusive_group()
    test.add_argument(
        "--no-test", action="store_true", help="do not score the test rows, so that more trials can be added later"
    )
    test.add_argument(
        "--score",
        action="store_true",
        help="test now: refit and score the test rows with the trials so far, or with --trials N",
    )
    it.add_argument(
        "--acknowledge-reuse",
        action="store_true",
        help="score the test rows again after more trials; the report says so",
    )
    it.add_argument("--profile", action="store_true", help="print where the time went; also in DIR/profile.txt")
    instead = it.add_mutually_exclusive_group()
    instead.add_argument(
        "--plan", action="store_true", help="show the study and a forecast of its time and memory; run nothing"
    )
    instead.add_argument("--status", action="store_true", help="show the state of the study, also while it runs")
    instead.add_argument("--list", action="store_true", help="list the studies in studies/ and their states")
    it.add_argument("--quiet", action="store_true", help="print nothing but errors and what MLflow lacks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(
        parser(), _tune, arguments, "interrupted; the same command again resumes the study", computes=True
    )


def _tune(chosen: argparse.Namespace) -> int:
    if sys.stdout.isatty() and not (chosen.quiet or chosen.list or chosen.status or chosen.plan):
        print("starting", end="\r", flush=True)  # until the first line, which is longer

    from experiments.study.command.console import print_sentence, study_console
    from experiments.study.folders.listing import print_list
    from experiments.study.folders.lookup import find_study, study_folder
    from experiments.study.folders.status import print_status

    console = study_console(chosen.quiet)
    check_source(chosen)
    study = DEFAULT if chosen.study is None else chosen.study
    if chosen.list and (chosen.study, chosen.data) != (None, None):
        raise SpecError("--list shows all studies; leave out which, or take --status, which shows one.")
    if chosen.list:
        print_list(console, Path("studies"))
    elif chosen.status and chosen.data is None and find_study(study).file is None:
        folder = study_folder(study)
        print_status(console, folder.name, chosen.out or folder, None)
    else:
        from experiments.study.request.default_of import words_of

        asked = _wanted(chosen, study)
        whole = asked.spec
        spec = whole if chosen.trials is None else with_trials(whole, chosen.trials)
        planned = whole.search.trials if spec.search.trials < whole.search.trials and not chosen.score else None
        if chosen.status:
            print_status(console, spec.study.name, asked.folder, (spec if planned is None else whole).search)
            return 0
        options = _options(chosen, spec, asked, planned)
        if asked.default_of is not None:
            print_sentence(console, words_of(asked))
        if chosen.plan:
            from experiments.study.running.plan import print_plan

            print_plan(console, spec, options)
        else:
            _run(chosen, spec, options, console)
    return 0


def _wanted(chosen: argparse.Namespace, study: str) -> AskedStudy:
    """Return the study as its file or its data define it, with its folder and the study file to write."""
    from experiments.config.default_study import own_study
    from experiments.config.override import with_override
    from experiments.config.toml import toml_value
    from experiments.study.folders.folder import STUDIES
    from experiments.study.folders.lookup import study_file
    from experiments.study.request.asked_study import AskedStudy, study_of_file
    from experiments.study.request.default_of import study_with_winner, with_winner

    overrides = [*chosen.overrides, *([] if chosen.name is None else [f"study.name={toml_value(chosen.name)}"])]
    winner = None if chosen.default_of is None else study_with_winner(chosen.default_of)
    if winner is not None and chosen.trials is not None:
        overrides.append(f"search.trials={checked_trials(chosen.trials)}")
    if chosen.data is None:
        asked = study_of_file(study_file(study), overrides)
    else:
        spec, document = own_study(chosen.data, chosen.target, overrides, keys_of(chosen))
        if chosen.trials is not None and chosen.trials > spec.search.trials:
            document = with_override(document, f"search.trials={chosen.trials}")
        asked = AskedStudy(spec, STUDIES / spec.study.name, document)
    if winner is not None:
        asked = with_winner(asked, winner, overrides)
    return asked if chosen.out is None else replace(asked, folder=chosen.out)


def _options(chosen: argparse.Namespace, spec: StudySpec, asked: AskedStudy, planned: int | None) -> Options:
    """Return the options of a run.

    Raises:
        SpecError: one of them breaks its rule.
    """
    from experiments.evaluation.scoring.ledger_place import LEDGER
    from experiments.search.executors.local import WORKER_TIMEOUT
    from experiments.study.running.options import Options
    from experiments.tracking.uris import check_register, tracking_store

    if chosen.ray_address is not None and chosen.executor != "ray":
        raise SpecError("--ray-address: needs --executor ray.")
    timeout = WORKER_TIMEOUT if chosen.worker_timeout is None else chosen.worker_timeout
    if not 1 <= timeout <= 1e6:
        raise SpecError(f"--worker-timeout: `1 <= seconds <= 1000000` must hold, but got {timeout}.")
    uri = tracking_store(chosen.tracking_uri, os.environ.get("MLFLOW_TRACKING_URI"))
    check_register(chosen.register, chosen.no_test or planned is not None, uri)
    return Options(
        folder=asked.folder,
        ledger=LEDGER,
        tracking_uri=uri,
        workers=min(_workers(chosen, spec), spec.search.lookahead),
        executor=chosen.executor,
        ray_address=chosen.ray_address,
        worker_timeout=timeout,
        fresh=chosen.fresh,
        look=_look(chosen, planned),
        acknowledge_reuse=chosen.acknowledge_reuse,
        register_as=chosen.register,
        document=asked.document,
        default_of=None if asked.default_of is None else asked.default_of.path,
        origin=asked.origin,
        planned=planned,
        wait=_wait(chosen),
    )


def _wait(chosen: argparse.Namespace) -> bool | None:
    """Decide whether to wait for MLflow at the end: not at a terminal, where nothing follows that could need it."""
    if chosen.wait or chosen.register is not None:
        return True
    at_terminal = sys.stdout.isatty() and os.environ.get("CI", "").lower() in ("", "0", "false")
    return False if at_terminal else None


def _run(chosen: argparse.Namespace, spec: StudySpec, options: Options, console: Console) -> None:
    from experiments.config.regular_file import write_atomically
    from experiments.study.command.console import print_sentence
    from experiments.study.command.timing import profile_text
    from experiments.study.running.run import run_study
    from experiments.study.running.summary import print_summary, ui_command
    from experiments.tracking.uris import masked, to_fill_in, tracking_store

    folder, workers, planned = options.folder, options.workers, options.planned
    console.print(f"{spec.study.name}: results go to {folder}", markup=False, soft_wrap=True)
    if (wanted := _workers(chosen, spec)) > workers:
        console.print(f"search.lookahead is {workers}: {wanted - workers} of {wanted} workers stay idle.")
    if planned is not None:
        print_sentence(console, TRY.format(trials=spec.search.trials, planned=planned))
    outcome = run_study(spec, options, console)
    print_summary(console, outcome, options, ui_command(options.tracking_uri, tracking_store(None, None)))
    if outcome.untracked:  # said with --quiet, too
        elsewhere = [] if chosen.tracking_uri is None else ["--tracking-uri", to_fill_in(masked(chosen.tracking_uri))]
        sync = shlex.join(["python", "-m", "experiments.sync", str(folder), *elsewhere])
        print(f"{outcome.untracked}; {sync} sends it", file=sys.stderr)
    elif outcome.goes_on:
        console.print("MLflow gets the rest in the background, within a minute", soft_wrap=True)
    if chosen.profile:
        text = profile_text(outcome.clock, outcome.clock.started - BEGUN, workers, outcome.tracking)
        write_atomically(folder / "profile.txt", text.encode())
        console.print(text, end="", soft_wrap=True)


def _workers(chosen: argparse.Namespace, spec: StudySpec) -> int:
    from experiments.search.executors.local import usable_cores

    # another machine's cores are not counted here: a cluster queues what it cannot compute at once
    return workers_of(chosen.workers, usable_cores() if chosen.ray_address is None else spec.search.lookahead)


def with_trials(spec: StudySpec, trials: int) -> StudySpec:
    """Return a study with another number of trials."""
    return spec.with_trials(checked_trials(trials))


def checked_trials(trials: int) -> int:
    """Return the number of trials that --trials names.

    Raises:
        SpecError: no study can have so many.
    """
    if not 1 <= trials <= MOST_TRIALS:
        raise SpecError(f"--trials: `1 <= N <= {MOST_TRIALS}` must hold, but got {trials}.")
    return trials


def _look(chosen: argparse.Namespace, planned: int | None) -> Literal["take", "leave", "only"]:
    """Decide whether the test rows are scored: never in a try, and with `--score` after the trials that are wanted."""
    if chosen.no_test or planned is not None:
        return "leave"
    return "only" if chosen.score and chosen.trials is None else "take"


if __name__ == "__main__":
    sys.exit(main())
