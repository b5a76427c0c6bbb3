"""The states of studies: `tune --status` and `tune --list`. Files are read, none is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.config.default_study import folder_of
from experiments.config.documents import count
from experiments.config.spec import SearchSection
from experiments.config.study_file import read_spec
from experiments.errors import ExperimentError, StudyStateError
from experiments.evaluation.results import StudyResult
from experiments.reports.formatting import configuration, outcomes
from experiments.reports.metrics import Scores, metric_label, metric_of, named_score
from experiments.search.journal_reader import JournalView, view_journal
from experiments.search.stopping import possible_trials
from experiments.search.trial import FinishedTrial, best_trial
from experiments.study.console import print_facts, printable
from experiments.study.folder import StudyFolder
from experiments.study.lookup import RESULTS, holds_a_study, known_studies
from experiments.study.results_file import read_results
from experiments.tracking.writer_lock import is_being_written
from experiments.tracking.writer_state import shortfall

State = Literal["not started", "running", "interrupted", "tried", "searched", "done"]
LOG_LINES, LOG_BYTES = 5, 1 << 14
ON_ITS_WAY = "the rest is on its way"


@dataclass(frozen=True)
class StudyStatus:
    """The state of a study.

    state:    "tried": ended with fewer trials than the study file asks for; "searched": ended with all of them. The
              test rows of neither are scored.
    finished: its finished trials.
    wanted:   number of trials that it is to have; None if nothing says so, or it has come to its end.
    spec:     its study file, as far as it is on record.
    result:   the results of its last end; None if it came to no end.
    when:     the time at which its record last changed.
    log:      the last lines of its log.
    mlflow:   a line about what MLflow lacks, or that it is being written; nothing if it has everything.
    outer:    number of finished trials of each outer study that has begun.
    """

    state: State
    finished: tuple[FinishedTrial, ...]
    wanted: int | None
    spec: Mapping[str, Any]
    result: StudyResult | None
    when: datetime | None
    log: tuple[str, ...]
    mlflow: str = ""
    outer: tuple[int, ...] = ()

    @property
    def best(self) -> FinishedTrial | None:
        """Return the trial with the best selection score so far; the first of equals."""
        return best_trial(self.finished)

    @property
    def trials(self) -> str:
        """Say how many trials have finished, of how many."""
        finished = len(self.finished)
        if self.wanted is None or finished >= self.wanted:
            return count(finished, "trial")
        return f"{finished:,} of {count(self.wanted, 'trial')}"


def study_status(path: Path, search: SearchSection | None) -> StudyStatus:
    """Read the status of the study in a folder, which another command may be working in.

    Args:
        search: the search that the study file asks for; None if there is no file.

    Raises:
        StudyStateError: a file of it cannot be read or is none of ours.
    """
    folder, file = StudyFolder(path), path / RESULTS
    running, view = folder.is_running(), view_journal(folder.journal)
    result = read_results(file).result if file.exists() else None
    ended = result is not None and len(result.trials) == len(view.trials)
    planned = _planned(result) if search is None else search.trials
    outer = tuple(len(view_journal(one.journal).trials) for one in folder.outer_folders)
    state: State = "interrupted"
    if running:
        state = "running"
    elif result is None and not view.trials and not any(outer):
        state = "not started"
    elif result is not None and ended:
        state = "done" if result.test is not None else "searched" if _is_whole(view, search, planned) else "tried"
    times = [path.stat().st_mtime for path in (folder.journal, file) if path.is_file()]
    return StudyStatus(
        state=state,
        finished=view.trials,
        wanted=None if ended and state != "tried" else planned,
        spec=_recorded(view, result, path),
        result=result,
        when=datetime.fromtimestamp(max(times)).astimezone() if times else None,
        log=_last_lines(folder.log),
        outer=outer,
        mlflow="" if running else ON_ITS_WAY if is_being_written(path) else shortfall(path) or "",
    )


def _planned(result: StudyResult | None) -> int | None:
    """Return the trials of the whole study of which the results are a try; None if they are no try."""
    planned = None if result is None else result.provenance.get("planned_trials")
    return planned if isinstance(planned, int) else None


def _is_whole(view: JournalView, search: SearchSection | None, planned: int | None) -> bool:
    """Tell whether a study that ended has all its trials."""
    if search is None:
        return planned is None
    results, finished = [trial.result for trial in view.trials], len(view.trials)
    return finished >= search.trials or finished in possible_trials(results, search, view.spent)


def _recorded(view: JournalView, result: StudyResult | None, path: Path) -> Mapping[str, Any]:
    """Return the study file as the results or the journal have it; nothing if the study has not begun.

    Raises:
        StudyStateError: what they have is no study file's content.
    """
    spec = (view.identity or {}).get("spec", {}) if result is None else result.spec
    if not isinstance(spec, Mapping) or not all(isinstance(section, Mapping) for section in spec.values()):
        raise _no_study(path)
    return spec


def _no_study(path: Path) -> StudyStateError:
    return StudyStateError(f"{path}: what is recorded of the study is not a study file's content.")


def print_status(console: Console, name: str, path: Path, search: SearchSection | None) -> None:
    """Print the state of one study, one fact a line."""
    status = study_status(path, search)
    endings = f" ({outcomes(trial.result.reason for trial in status.finished)})" if status.finished else ""
    console.print(Text(f"{name}: {status.state}, {status.trials}{endings}", style="bold"), soft_wrap=True)
    print_facts(console, _facts(status, path))


def print_list(console: Console, studies: Path) -> None:
    """Print the studies of a folder, one a line: those with a file, then those that have only a folder."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("study", "state", "trials", "metric"):
        table.add_column(column, overflow="fold")
    for column in ("cv_mean", "test", "last change"):
        table.add_column(column, justify="right", no_wrap=True)
    problems: list[str] = []
    rows: list[list[str | Text]] = []
    for name, path, search, problem in _studies(studies):
        try:
            status = None if problem else study_status(path, search)
        except ExperimentError as error:
            status, problem = None, str(error)
        if status is None:
            rows.append([Text(printable(name)), "unreadable"])
            problems.append(problem)
        else:
            rows.append([Text(printable(name)), status.state, _trials(status), *_scores(status), _time(status.when)])
            if status.mlflow:
                rows[-1].append("on its way" if status.mlflow == ON_ITS_WAY else "incomplete")
                problems += [status.mlflow] if status.mlflow != ON_ITS_WAY else []
    if max(map(len, rows), default=0) > len(table.columns):
        table.add_column("MLflow")
    for row in rows:
        table.add_row(*row)
    console.print(table if table.rows else Text(f"{studies}: no study here"))
    for problem in problems:
        console.print(Text(printable(" ".join(problem.split()))), soft_wrap=True)


def _studies(studies: Path) -> Iterator[tuple[str, Path, SearchSection | None, str]]:
    """Yield name, folder, the search that its file asks for, and what is wrong with the file, of each study."""
    known, seen = known_studies(studies), set[Path]()
    study: tuple[str, Path, SearchSection | None, str]
    for name, file in known.items():
        if file is not None:
            try:
                spec = read_spec(file)
                study = spec.study.name, folder_of(file, spec), spec.search, ""
            except ExperimentError as error:
                study = name, studies / name, None, str(error)
            seen.add(study[1])
            yield study
    for folder in (studies / name for name in known):
        if folder not in seen and holds_a_study(folder):
            yield folder.name, folder, None, ""


def _facts(status: StudyStatus, path: Path) -> Iterator[tuple[str, str]]:
    yield "folder", str(path)
    metric = metric_of(status.spec)
    if status.best is not None:
        best = status.best.result
        try:
            words = configuration(status.best.params, status.spec, best.epochs)
        except (TypeError, ValueError):
            raise _no_study(path) from None
        yield "best so far", f"trial {best.number}: {named_score(metric, best.value)}, {words}"
    if status.result is not None and status.result.test is not None:
        test, after = status.result.test, count(len(status.result.trials), "trial")
        label = "test score" if status.result.outer is None else "nested score"
        yield label, f"{named_score(test.metric, test.score)}, after {after}"
    if status.outer:
        yield "outer studies", f"{len(status.outer)} begun, with {', '.join(map(str, status.outer))} finished trials"
    if status.when is not None:
        yield "last change", _time(status.when)
    if status.mlflow:
        yield "MLflow", status.mlflow
    for number, line in enumerate(status.log):
        yield "" if number else "log", line


def _trials(status: StudyStatus) -> str:
    return "" if status.state == "not started" else status.trials.removesuffix("s").removesuffix(" trial")


def _scores(status: StudyStatus) -> tuple[str, str, str]:
    """Return the metric, the selection score and the test score."""
    best, test, metric = status.best, None if status.result is None else status.result.test, metric_of(status.spec)
    if best is None:
        return "", "", ""
    scores = Scores.like(metric, best.result.value)
    nested = status.result is not None and status.result.outer is not None
    tested = "" if test is None else f"{scores.show(test.score)}{' (nested)' if nested else ''}"
    return metric_label(metric), scores.show(best.result.value), tested


def _time(when: datetime | None) -> str:
    return "" if when is None else f"{when:%Y-%m-%d %H:%M}"


def _last_lines(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - LOG_BYTES))
            lines = file.read().decode("utf-8", "replace").split("\n")[:-1]
    except OSError:
        return ()
    return tuple(printable(line) for line in lines[-LOG_LINES:])
