"""Where studies stand, seen from outside: `tune --status` and `tune --list`. Files are read, none is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.errors import ExperimentError
from experiments.folder import StudyFolder
from experiments.recorded import read_results
from experiments.records.results import StudyResult
from experiments.search.journal_view import view_journal
from experiments.search.trial import Told
from experiments.study_file import read_spec

State = Literal["not started", "running", "interrupted", "searched", "done"]
LOG_LINES, LOG_BYTES = 5, 1 << 14


@dataclass(frozen=True)
class StudyStatus:
    """Where a study stands.

    state:  searched: all its trials are told and the test set is still sealed.
    told:   its trials so far.
    wanted: how many it is to have; None where no study file says so.
    result: of its last end, if it came to one.
    when:   its record last changed then.
    log:    the last lines of its log.
    """

    state: State
    told: tuple[Told, ...]
    wanted: int | None
    result: StudyResult | None
    when: datetime | None
    log: tuple[str, ...]

    @property
    def best(self) -> Told | None:
        """The trial with the best selection score so far; the first of equals."""
        scored = [one for one in self.told if one.result.value is not None]
        return max(scored, key=lambda one: (one.result.value or 0.0, -one.result.number), default=None)

    @property
    def trials(self) -> str:
        """How many trials are told, of how many."""
        count = len(self.told)
        return f"{count} trials" if self.wanted is None or count >= self.wanted else f"{count} of {self.wanted} trials"


def study_status(path: Path, wanted: int | None) -> StudyStatus:
    """The status of the study in a folder, which another command may be working in.

    Raises:
        StudyStateError: a file of it cannot be read or is none of ours.
    """
    folder = StudyFolder(path)
    running = folder.is_running()
    told, result = view_journal(folder.journal).told, _result(path / "results.json")
    state: State = "interrupted"
    if running:
        state = "running"
    elif not told and result is None:
        state = "not started"
    elif result is not None and len(result.trials) == len(told):
        state = "searched" if result.test is None else "done"
    times = [one.stat().st_mtime for one in (folder.journal, path / "results.json") if one.is_file()]
    when = datetime.fromtimestamp(max(times)).astimezone() if times else None
    return StudyStatus(state, told, wanted, result, when, _last_lines(folder.log))


def print_status(console: Console, name: str, path: Path, wanted: int) -> None:
    """What is known of one study, one fact a line."""
    status = study_status(path, wanted)
    console.print(Text(f"{name}: {status.state}, {status.trials}", style="bold"), soft_wrap=True)
    for label, fact in _facts(status, path):
        console.print(Text.assemble((f"  {label:<16}", "dim"), fact), soft_wrap=True)


def print_list(console: Console, studies: Path) -> None:
    """The studies of a folder, one a line: those with a file, then those that only left their own folder."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("study", "state", "trials"):
        table.add_column(column, overflow="fold")
    for column in ("best cv_mean", "test score", "last change"):
        table.add_column(column, justify="right", no_wrap=True)
    problems = []
    for name, path, wanted, problem in _studies(studies):
        try:
            status = None if problem else study_status(path, wanted)
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


def _studies(studies: Path) -> Iterator[tuple[str, Path, int | None, str]]:
    """(name, folder, trials wanted, what is wrong with its file) of each study."""
    seen = set()
    for file in sorted(studies.glob("*.toml")):
        try:
            spec = read_spec(file)
        except ExperimentError as error:
            yield file.stem, studies / file.stem, None, str(error)
            seen.add(studies / file.stem)
        else:
            yield spec.study.name, studies / spec.study.name, spec.search.trials, ""
            seen.add(studies / spec.study.name)
    for journal in sorted(studies.glob("*/journal.log")):
        if journal.parent not in seen:
            yield journal.parent.name, journal.parent, None, ""


def _facts(status: StudyStatus, path: Path) -> Iterator[tuple[str, str]]:
    yield "folder", str(path)
    states = Counter(one.result.reason or one.result.state.lower() for one in status.told)
    if states:
        yield "trials so far", ", ".join(f"{count} {state}" for state, count in states.most_common())
    if status.best is not None:
        yield "best so far", f"trial {status.best.result.number}, cv_mean {status.best.result.value:.4f}"
    if status.result is not None and status.result.test is not None:
        yield "test score", f"{status.result.test.score:.4f}, after {len(status.result.trials)} trials"
    if status.when is not None:
        yield "last change", _time(status.when)
    for number, line in enumerate(status.log):
        yield "" if number else "log", line


def _trials(status: StudyStatus) -> str:
    return "" if status.state == "not started" else status.trials.removesuffix(" trials")


def _scores(status: StudyStatus) -> tuple[str, str]:
    best = status.best
    test = None if status.result is None else status.result.test
    return "" if best is None else f"{best.result.value:.4f}", "" if test is None else f"{test.score:.4f}"


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
