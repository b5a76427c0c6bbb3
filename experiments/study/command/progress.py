"""The progress of a study: a live line on a terminal; elsewhere a line for each stage, and some for the search."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from experiments.reports.metrics import named_score
from experiments.search.trial import FinishedTrial
from experiments.study.command.time_left import TimeLeft, duration

LINES = 10  # printed in a whole search without a live line
WORTH_SAYING = 60.0  # seconds left from which on a printed line names them


class StudyProgress:
    """The progress of a study: its stages, one after the other, and the trials of its search.

    Args:
        console: the terminal; nothing is shown if it is quiet.
        label:   words before each stage, of a study that is a part of another.
    """

    def __init__(self, console: Console, label: str = ""):
        self._console, self._label = console, f"{label}: " if label else ""
        self._live = console.is_interactive and not console.quiet
        self._times = _Times()
        self._line = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[result]}"),
            self._times,
            console=console,
            transient=True,
        )
        self._task = self._line.add_task("", total=None, result="")
        self._metric, self._trials, self._done, self._pruned = "", 0, 0, 0
        self._best: float | None = None

    def __enter__(self) -> StudyProgress:
        if self._live:
            self._line.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            self._line.stop()

    def stage(self, name: str) -> None:
        """Begin a stage, which ends the one before."""
        self._show(name, None)
        if not self._live:
            self._console.print(f"{self._label}{name}")

    def search(self, trials: int, metric: str, left: TimeLeft) -> None:
        """Begin the search.

        Args:
            trials: number of trials of the study.
            metric: scikit-learn's name of the score.
            left:   estimate of the time that is left, from now to the end.
        """
        self._trials, self._metric, self._times.left = trials, metric, left
        self._show("searching", trials)

    def update(self, trial: FinishedTrial, from_journal: bool = False) -> None:
        """Count one more finished trial of the search."""
        result = trial.result
        self._done += 1
        self._pruned += result.state == "PRUNED"
        best = result.value is not None and (self._best is None or result.value > self._best)
        if best:
            self._best = result.value
        if self._times.left is not None:
            self._times.left.tell(result.seconds, best, before=from_journal)
        self._line.update(
            self._task, completed=self._done, result=f"{self._done}/{self._trials} trials, {self._result}"
        )
        every = -(-self._trials // LINES)
        if not from_journal and not self._live and self._done % every == 0:
            left = 0.0 if self._times.left is None else self._times.left.seconds or 0.0
            rest = f", about {duration(left)} left" if left >= WORTH_SAYING else ""
            self._console.print(f"{self._label}{self._done}/{self._trials} trials, {self._result}{rest}")

    def end_search(self) -> None:
        """Count the time from now on as that of what comes after the search."""
        if self._times.left is not None:
            self._times.left.end_search()

    @property
    def _result(self) -> str:
        best = "no score yet" if self._best is None else f"best {named_score(self._metric, self._best)}"
        return f"{best}, {self._pruned} pruned"

    def _show(self, name: str, total: int | None) -> None:
        self._line.remove_task(self._task)
        self._task = self._line.add_task(f"{self._label}{name}", total=total, result="")


class _Times(ProgressColumn):
    """The time since the beginning of the study, and the time that it has left as soon as that can be estimated."""

    def __init__(self) -> None:
        super().__init__()
        self.left: TimeLeft | None = None
        self._begun = time.monotonic()

    def render(self, task: Task) -> Text:
        seconds = None if self.left is None else self.left.seconds
        passed = duration(time.monotonic() - self._begun)
        return Text(passed if seconds is None else f"{passed}, about {duration(seconds)} left")
