"""Where studies stand, seen from outside: `tune --status` and `tune --list`. Files are read, none is written."""

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
from experiments.config.spec import SearchSection
from experiments.config.study_file import read_spec
from experiments.errors import ExperimentError, StudyStateError
from experiments.evaluation.results import StudyResult
from experiments.reports.formatting import configuration, count, outcomes
from experiments.reports.metrics import Scores, metric_label, metric_of, named_score
from experiments.search.journal_reader import JournalView, view_journal
from experiments.search.stopping import possible_trials
from experiments.search.trial import FinishedTrial, best_trial
from experiments.study.folder import StudyFolder
from experiments.study.lookup import RESULTS, holds_a_study, known_studies
from experiments.study.results_file import read_results

State = Literal["not started", "running", "interrupted", "tried", "searched", "done"]
LOG_LINES, LOG_BYTES = 5, 1 << 14


@dataclass(frozen=True)
class StudyStatus:
    """Where a study stands.

    state:  tried: ended with fewer trials than the study file asks for; searched: ended with all of them. Of both the
            test rows are not scored.
    told:   its trials so far.
    wanted: how many it is to have; None where nothing says so, or it has come to its end.
    spec:   what its record says of the study.
    result: of its last end, if it came to one.
    when:   its record last changed then.
    log:    the last lines of its log.
    """

    state: State
    told: tuple[FinishedTrial, ...]
    wanted: int | None
    spec: Mapping[str, Any]
    result: StudyResult | None
    when: datetime | None
    log: tuple[str, ...]

    @property
    def best(self) -> FinishedTrial | None:
        """The trial with the best selection score so far; the first of equals."""
        return best_trial(self.told)

    @property
    def trials(self) -> str:
        """How many trials are told, of how many."""
        told, wanted = len(self.told), self.wanted
        return count(told, "trial") if wanted is None or told >= wanted else f"{told:,} of {count(wanted, 'trial')}"


def study_status(path: Path, search: SearchSection | None) -> StudyStatus:
    """Read the status of the study in a folder, which another command may be working in.

    Args:
        search: what the study file asks for; None where there is none.

    Raises:
        StudyStateError: a file of it cannot be read or is none of ours.
    """
    folder = StudyFolder(path)
    running = folder.is_running()
    view, result = view_journal(folder.journal), _result(path / RESULTS)
    ended = result is not None and len(result.trials) == len(view.trials)
    planned = _planned(result) if search is None else search.trials
    whole = planned is None if search is None else _is_whole(view, search)
    state: State = "interrupted"
    if running:
        state = "running"
    elif not view.trials and result is None:
        state = "not started"
    elif result is not None and ended:
        state = "done" if result.test is not None else "searched" if whole else "tried"
    wanted = None if ended and state != "tried" else planned
    times = [one.stat().st_mtime for one in (folder.journal, path / RESULTS) if one.is_file()]
    when = datetime.fromtimestamp(max(times)).astimezone() if times else None
    spec = _recorded(view, result, path)
    return StudyStatus(state, view.trials, wanted, spec, result, when, _last_lines(folder.log))


def _planned(result: StudyResult | None) -> int | None:
    """Return the trials of the whole study of which the results are a try; None where they are none."""
    planned = None if result is None else result.provenance.get("planned_trials")
    return planned if isinstance(planned, int) else None


def _is_whole(view: JournalView, search: SearchSection) -> bool:
    """Return whether the study file asks for no more trials than there are."""
    told = len(view.trials)
    return told >= search.trials or told in possible_trials([one.result for one in view.trials], search, view.spent)


def _recorded(view: JournalView, result: StudyResult | None, path: Path) -> Mapping[str, Any]:
    """Return the study as its results or its journal describe it; nothing where it has not begun.

    Raises:
        StudyStateError: what they describe is no study.
    """
    identity = {} if view.identity is None else view.identity
    spec = result.spec if result is not None else identity.get("spec", {}) if isinstance(identity, Mapping) else None
    if not isinstance(spec, Mapping) or not all(isinstance(one, Mapping) for one in spec.values()):
        raise _no_study(path)
    return spec


def _no_study(path: Path) -> StudyStateError:
    return StudyStateError(f"{path}: what is recorded of the study is not a study file's content.")


def print_status(console: Console, name: str, path: Path, search: SearchSection | None) -> None:
    """What is known of one study, one fact a line."""
    status = study_status(path, search)
    found = f" ({outcomes(one.result.reason for one in status.told)})" if status.told else ""
    console.print(Text(f"{name}: {status.state}, {status.trials}{found}", style="bold"), soft_wrap=True)
    for label, fact in _facts(status, path):
        console.print(Text.assemble((f"  {label:<16}", "dim"), fact), soft_wrap=True)


def print_list(console: Console, studies: Path) -> None:
    """The studies of a folder, one a line: those with a file, then those that only left their own folder."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("study", "state", "trials", "metric"):
        table.add_column(column, overflow="fold")
    for column in ("cv_mean", "test", "last change"):
        table.add_column(column, justify="right", no_wrap=True)
    problems = []
    for name, path, search, problem in _studies(studies):
        try:
            status = None if problem else study_status(path, search)
        except ExperimentError as error:
            status, problem = None, str(error)
        if status is None:
            table.add_row(_plain(name), "unreadable")
            problems.append(problem)
        else:
            table.add_row(_plain(name), status.state, _trials(status), *_scores(status), _time(status.when))
    console.print(table if table.rows else Text(f"{studies}: no study here"))
    for problem in problems:
        console.print(_plain(" ".join(problem.split())), soft_wrap=True)


def _studies(studies: Path) -> Iterator[tuple[str, Path, SearchSection | None, str]]:
    """(name, folder, what its file asks for, what is wrong with the file) of each study."""
    known, seen = known_studies(studies), set()
    for name, file in known.items():
        if file is not None:
            try:
                spec = read_spec(file)
            except ExperimentError as error:
                folder = studies / name
                yield name, folder, None, str(error)
            else:
                folder = folder_of(file, spec)
                yield spec.study.name, folder, spec.search, ""
            seen.add(folder)
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
        yield "test score", f"{named_score(test.metric, test.score)}, after {after}"
    if status.when is not None:
        yield "last change", _time(status.when)
    for number, line in enumerate(status.log):
        yield "" if number else "log", line


def _trials(status: StudyStatus) -> str:
    return "" if status.state == "not started" else status.trials.removesuffix("s").removesuffix(" trial")


def _scores(status: StudyStatus) -> tuple[str, str, str]:
    """The metric, and the scores in it."""
    best, test, metric = status.best, None if status.result is None else status.result.test, metric_of(status.spec)
    if best is None:
        return "", "", ""
    scores = Scores.like(metric, best.result.value)
    return metric_label(metric), scores.show(best.result.value), "" if test is None else scores.show(test.score)


def _time(when: datetime | None) -> str:
    return "" if when is None else f"{when:%Y-%m-%d %H:%M}"


def _result(path: Path) -> StudyResult | None:
    return read_results(path).result if path.exists() else None


def _last_lines(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - LOG_BYTES))
            lines = file.read().decode("utf-8", "replace").split("\n")[:-1]
    except OSError:
        return ()
    return tuple(str(_plain(line)) for line in lines[-LOG_LINES:])


def _plain(text: str) -> Text:
    """Text from outside: no markup, and nothing that steers a terminal."""
    return Text(text if text.isprintable() else text.encode("unicode_escape").decode())
