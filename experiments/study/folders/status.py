"""The state of a study: `tune --status`. Files are read, none is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from experiments.config.readable import count, printable
from experiments.config.regular_file import check_regular
from experiments.config.spec import SearchSection
from experiments.errors import StudyStateError
from experiments.evaluation.records.results import StudyResult
from experiments.reports.formatting import configuration, outcomes
from experiments.reports.metrics import metric_of, named_score
from experiments.search.journal_reader import JournalView, view_journal
from experiments.search.stopping import possible_trials
from experiments.search.trial import FinishedTrial, best_trial
from experiments.study.command.console import print_facts, print_sentence
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.results_file import read_unchanged_results
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
    rows:     fingerprints of its data and of its folds; None before it has begun.
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
    rows: tuple[str, str] | None
    when: datetime | None
    log: tuple[str, ...]
    mlflow: str
    outer: tuple[int, ...]

    @property
    def best(self) -> FinishedTrial | None:
        """Return the trial with the best selection score so far; of a study that ended, the one that it keeps."""
        best = best_trial(self.finished)
        if self.result is None or len(self.result.trials) != len(self.finished):
            return best
        return next((trial for trial in self.finished if trial.result.number == self.result.best.number), best)

    @property
    def ending(self) -> str:
        """Name the state; "no score" where all trials have finished and none has a score, so that none can be kept."""
        whole = self.wanted is not None and len(self.finished) >= self.wanted
        return "no score" if self.state == "interrupted" and whole and self.best is None else self.state

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
        StudyStateError: a file of it cannot be read, is none of ours, or holds results that were changed.
    """
    folder = StudyFolder(path)
    running, view = folder.is_running(), view_journal(folder.journal)
    result = read_unchanged_results(folder.results).result if folder.results.exists() else None
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
    times = [path.stat().st_mtime for path in (folder.journal, folder.results) if path.is_file()]
    return StudyStatus(
        state=state,
        finished=view.trials,
        wanted=None if ended and state != "tried" else planned,
        spec=result.spec if result is not None else view.identity["spec"] if view.identity is not None else {},
        result=result,
        rows=_rows(view, result),
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
    return len(view.trials) >= search.trials or len(view.trials) in possible_trials(view, search)


def _rows(view: JournalView, result: StudyResult | None) -> tuple[str, str] | None:
    """Return the fingerprints of the data and of the folds, as the results or the journal have them."""
    if result is not None:
        return result.data.fingerprint, result.split.folds_fingerprint
    return None if view.identity is None else (view.identity["data"]["fingerprint"], view.identity["data"]["folds"])


def print_status(console: Console, name: str, path: Path, search: SearchSection | None) -> None:
    """Print the state of one study, one fact a line."""
    status = study_status(path, search)
    endings = f" ({outcomes(trial.result.reason for trial in status.finished)})" if status.finished else ""
    print_sentence(console, f"{name}: {status.ending}, {status.trials}{endings}", "bold")
    print_facts(console, _facts(status, path))


def _facts(status: StudyStatus, path: Path) -> Iterator[tuple[str, str]]:
    yield "folder", str(path)
    metric = metric_of(status.spec)
    if status.best is not None:
        best = status.best.result
        try:
            words = configuration(status.best.params, status.spec, best.epochs)
        except (TypeError, ValueError):
            raise StudyStateError(f"{path}: what is recorded of the study is not a study file's content.") from None
        label = "best" if status.state in ("done", "searched") else "best so far"
        label = label if status.best is best_trial(status.finished) else "chosen"
        yield label, f"trial {best.number}: {named_score(metric, best.value)}, {words}"
    if status.result is not None and status.result.test is not None:
        test, after = status.result.test, count(len(status.result.trials), "trial")
        label = "test score" if status.result.outer is None else "nested score"
        yield label, f"{named_score(test.metric, test.score)}, after {after}"
    if status.outer:
        yield "outer studies", f"{len(status.outer)} begun, with {', '.join(map(str, status.outer))} finished trials"
    if status.when is not None:
        yield "last change", written_time(status.when)
    if status.mlflow:
        yield "MLflow", status.mlflow
    for number, line in enumerate(status.log):
        yield "" if number else "log", line


def written_time(when: datetime | None) -> str:
    """Write when a study's record last changed."""
    return "" if when is None else f"{when:%Y-%m-%d %H:%M}"


def _last_lines(path: Path) -> tuple[str, ...]:
    try:
        check_regular(path)
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - LOG_BYTES))
            lines = file.read().decode("utf-8", "replace").split("\n")[:-1]
    except OSError:
        return ()
    return tuple(printable(line) for line in lines[-LOG_LINES:])
