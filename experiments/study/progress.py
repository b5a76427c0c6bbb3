"""The progress of a study: a live bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from experiments.reports.metrics import named_score
from experiments.search.trial import FinishedTrial

LINES = 10  # printed in a whole study if there is no terminal


class StudyProgress:
    """The progress of a study, trial by trial.

    Args:
        console: the terminal; nothing is shown if it is quiet.
        trials:  number of trials of the study.
        metric:  scikit-learn's name of the score.
    """

    def __init__(self, console: Console, trials: int, metric: str):
        self._console, self._trials, self._metric = console, trials, metric
        self._done = self._pruned = 0
        self._best: float | None = None
        self._live = console.is_terminal and not console.quiet
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.completed}/{task.total} trials"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("starting", total=trials)

    def __enter__(self) -> StudyProgress:
        if self._live:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._bar.stop()

    def update(self, trial: FinishedTrial, from_journal: bool = False) -> None:
        """Count one more finished trial."""
        result = trial.result
        self._done += 1
        self._pruned += result.state == "PRUNED"
        if result.value is not None and (self._best is None or result.value > self._best):
            self._best = result.value
        self._bar.update(self._task, completed=self._done, description=self._description())
        every = -(-self._trials // LINES)
        if not from_journal and not self._console.is_terminal and self._done % every == 0:
            self._console.print(f"{self._done}/{self._trials} trials, {self._description()}")

    def _description(self) -> str:
        best = "no score yet" if self._best is None else f"best {named_score(self._metric, self._best)}"
        return f"{best}, {self._pruned} pruned"
