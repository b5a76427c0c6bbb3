"""The main job from the command line: python -m experiments.tune [STUDY] [options]."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from experiments.study.cli import run_command

if TYPE_CHECKING:
    from experiments.config.spec import StudySpec

EPILOG = """\
The same command again goes on where a study was stopped. Exit codes: 0 done, 2 bad input (one line says what),
130 interrupted."""
MOST_TRIALS = 1_000_000  # of a study
TRY = (
    "a try of {trials} of the study's {planned} trials: no refit, no baselines, and the test rows are not scored "
    "(--set search.trials={trials} makes a study of {trials} trials, which is tested)"
)
BEGUN = time.perf_counter()


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    it = argparse.ArgumentParser(
        prog="python -m experiments.tune",
        description="Search, refit, score once and report: a hyperparameter study of a NumPy neural network.",
        epilog=EPILOG,
    )
    it.add_argument(
        "study", nargs="?", metavar="STUDY", help="name in studies/ (default: digits), its folder, or a .toml file"
    )
    it.add_argument("--data", metavar="FILE", help="instead of a STUDY: a study of this table with the default space")
    it.add_argument(
        "--target", metavar="COLUMN", help="with --data: what to predict, by name or position (-1: the last)"
    )
    it.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="override a key of the study file, as in search.trials=20; may be repeated",
    )
    it.add_argument(
        "--trials",
        type=int,
        metavar="N",
        help="fewer than the study's: try it with N trials, without refit, baselines and test evaluation",
    )
    it.add_argument("--workers", type=int, metavar="N", help="processes (default: usable cores); the result is one")
    it.add_argument("--executor", choices=("local", "ray"), default="local", help="processes here, or a Ray cluster")
    it.add_argument("--ray-address", metavar="HOST:PORT", help="of a running cluster (default: one is started here)")
    it.add_argument(
        "--worker-timeout",
        type=float,
        metavar="SECONDS",
        help="restart a worker that used no processor time for SECONDS (default: 120)",
    )
    it.add_argument("--out", type=Path, metavar="DIR", help="the study's folder (default: studies/NAME)")
    it.add_argument(
        "--tracking-uri", metavar="URI", help="MLflow store (default: sqlite:///mlruns/mlflow.db); none: no tracking"
    )
    it.add_argument("--register", metavar="NAME", help="make the model a version of NAME in MLflow's model registry")
    it.add_argument("--fresh", action="store_true", help="start anew; looks at the test set stay counted")
    look = it.add_mutually_exclusive_group()
    look.add_argument("--no-test", action="store_true", help="stop before the look: the study can be extended freely")
    look.add_argument(
        "--score", action="store_true", help="end a study with the trials it has, or with --trials N: refit and look"
    )
    it.add_argument("--acknowledge-reuse", action="store_true", help="look a second time; the report says so")
    it.add_argument(
        "--profile", action="store_true", help="say at the end where the time went; also in DIR/profile.txt"
    )
    instead = it.add_mutually_exclusive_group()
    instead.add_argument("--plan", action="store_true", help="show the study and a forecast; run and write nothing")
    instead.add_argument("--status", action="store_true", help="where the study stands, also while it runs elsewhere")
    instead.add_argument("--list", action="store_true", help="where all studies of studies/ stand")
    it.add_argument("--quiet", action="store_true", help="print nothing but errors and what MLflow lacks")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    chosen = parser().parse_args(arguments)
    # loky's resource tracker would warn on the terminal of semaphores that it cleans up after a kill
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    only_looks = chosen.plan or chosen.status or chosen.list
    more = "" if only_looks else "; the same command again resumes the study"
    return run_command(lambda: _tune(chosen), f"interrupted{more}")


def _tune(chosen: argparse.Namespace) -> int:
    from experiments.config.default_study import folder_of, own_study, study_text
    from experiments.config.study_file import read_spec, with_override
    from experiments.errors import SpecError
    from experiments.evaluation.ledger_place import ledger_path
    from experiments.search.executors.create import usable_cores
    from experiments.search.executors.local import WORKER_TIMEOUT
    from experiments.search.storage import write_atomically
    from experiments.study.console import StudyConsole
    from experiments.study.lookup import find_study, study_file, study_folder
    from experiments.study.options import Options
    from experiments.study.run import run_study
    from experiments.study.status import print_list, print_status
    from experiments.study.summary import print_summary, ui_command
    from experiments.study.timing import profile_text
    from experiments.tracking.uris import check_register, masked, tracking_store

    console = StudyConsole(quiet=chosen.quiet, highlight=False)
    if chosen.list:
        print_list(console, Path("studies"))
        return 0
    check_source(chosen)
    document = None
    if chosen.data is not None:
        whole, document = own_study(chosen.data, chosen.target, chosen.overrides)
        folder = chosen.out or Path("studies") / whole.study.name
    else:
        study = chosen.study or "digits"
        if chosen.status and find_study(study).file is None:
            left = study_folder(study)
            print_status(console, left.name, chosen.out or left, None)
            return 0
        path = study_file(study)
        whole = read_spec(path, chosen.overrides)
        folder = chosen.out or folder_of(path, whole)
    spec = whole if chosen.trials is None else with_trials(whole, chosen.trials)
    if document is not None and spec.search.trials > whole.search.trials:
        document = with_override(document, f"search.trials={chosen.trials}")
    planned = whole.search.trials if spec.search.trials < whole.search.trials and not chosen.score else None
    if chosen.status:
        print_status(console, spec.study.name, folder, (spec if planned is None else whole).search)
        return 0
    if chosen.ray_address is not None and chosen.executor != "ray":
        raise SpecError("--ray-address: needs --executor ray.")
    timeout = WORKER_TIMEOUT if chosen.worker_timeout is None else chosen.worker_timeout
    if not 1 <= timeout <= 1e6:
        raise SpecError(f"--worker-timeout: `1 <= seconds <= 1000000` must hold, but got {timeout}.")
    # another machine's cores are not counted here: a cluster queues what it cannot compute at once
    cores = usable_cores() if chosen.ray_address is None else spec.search.lookahead
    workers = cores if chosen.workers is None else chosen.workers
    if not 1 <= workers <= 1024:
        raise SpecError(f"--workers: `1 <= workers <= 1024` must hold, but got {workers}.")
    if workers > spec.search.lookahead:
        idle = workers - spec.search.lookahead
        console.print(f"search.lookahead is {spec.search.lookahead}: {idle} of {workers} workers stay idle.")
        workers = spec.search.lookahead
    uri, artifacts = tracking_store(chosen.tracking_uri, os.environ.get("MLFLOW_TRACKING_URI"))
    check_register(chosen.register, chosen.no_test or planned is not None, uri)
    options = Options(
        folder=folder,
        ledger=ledger_path(),
        tracking_uri=uri,
        artifacts=artifacts,
        workers=workers,
        executor=chosen.executor,
        ray_address=chosen.ray_address,
        worker_timeout=timeout,
        fresh=chosen.fresh,
        look=_look(chosen, planned),
        acknowledge_reuse=chosen.acknowledge_reuse,
        register_as=chosen.register,
        study_file=None if document is None else study_text(document, folder),
        planned=planned,
    )
    if chosen.plan:
        from experiments.study.forecast.plan import make_plan
        from experiments.study.forecast.plan_text import print_plan

        print_plan(console, make_plan(spec, options))
        return 0
    if planned is not None:
        console.print(TRY.format(trials=spec.search.trials, planned=planned), soft_wrap=True)
    outcome = run_study(spec, options, console)
    print_summary(console, outcome, planned, ui_command(uri, tracking_store(None, None)[0]))
    if outcome.untracked:  # said with --quiet, too
        elsewhere = [] if chosen.tracking_uri is None else ["--tracking-uri", masked(chosen.tracking_uri)]
        sync = shlex.join(["python", "-m", "experiments.sync", str(outcome.folder), *elsewhere])
        print(f"{outcome.untracked}; {sync} sends it", file=sys.stderr)
    if chosen.profile:
        text = profile_text(outcome.clock, outcome.clock.started - BEGUN, workers, outcome.tracking)
        write_atomically(folder / "profile.txt", text.encode())
        console.print(text, end="", soft_wrap=True)
    return 0


def with_trials(spec: StudySpec, trials: int) -> StudySpec:
    """Give a study another number of trials.

    Raises:
        SpecError: it is not a number that a study can have.
    """
    from experiments.errors import SpecError

    if not 1 <= trials <= MOST_TRIALS:
        raise SpecError(f"--trials: `1 <= N <= {MOST_TRIALS}` must hold, but got {trials}.")
    return spec.model_copy(update={"search": spec.search.model_copy(update={"trials": trials})})


def _look(chosen: argparse.Namespace, planned: int | None) -> Literal["take", "leave", "only"]:
    """Decide whether the test rows are scored: never in a try, and with `--score` after the trials that are wanted."""
    if chosen.no_test or planned is not None:
        return "leave"
    return "only" if chosen.score and chosen.trials is None else "take"


def check_source(chosen: argparse.Namespace) -> None:
    """Refuse a study file and data of its own at once, and a target without data.

    Raises:
        SpecError: both are there, or the one without the other.
    """
    from experiments.errors import SpecError

    if chosen.data is not None and chosen.study is not None:
        raise SpecError(
            f"--data makes a study of its own, but STUDY is {chosen.study!r}; leave one out, or run the study on other "
            "data with --set data.source=FILE --set data.target=COLUMN."
        )
    if chosen.target is not None and chosen.data is None:
        raise SpecError("--target goes with --data; a study's own is changed with --set data.target=COLUMN.")


if __name__ == "__main__":
    sys.exit(main())
