"""The time of each part of a study, and the text of --profile. Nothing of it is in any digest."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

from experiments.search.loop import Submit
from experiments.search.trial import FinishedTrial, TrialResult, TrialTask

WAITING, COORDINATION = "waiting for results", "asking and telling"


@dataclass
class Clock:
    """Seconds that each part of a run took.

    seconds: seconds of the parts of this run, which follow each other.
    earlier: seconds that each part took in earlier runs of the study.
    inside:  seconds of the parts of the search, in the command's own process.
    busy:    seconds that workers spent on the trials finished in this run.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    inside: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    busy: float = 0.0
    earlier: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)
    _there: dict[int, float] = field(default_factory=dict)

    @property
    def elapsed(self) -> float:
        """Return the seconds since the run began."""
        return time.perf_counter() - self.started

    def total(self, current: str = "") -> dict[str, float]:
        """Return the seconds of each part over all runs of the study.

        Args:
            current: the part that goes on now and has the time since the last lap.
        """
        parts = dict(self.seconds)
        if current:
            parts[current] = parts.get(current, 0.0) + max(0.0, self.elapsed - sum(self.seconds.values()))
        names = dict.fromkeys([*self.earlier, *parts])
        return {name: round(self.earlier.get(name, 0.0) + parts.get(name, 0.0), 3) for name in names}

    def lap(self, part: str) -> None:
        """Count the time since the last lap as that of this part."""
        self.seconds[part] = round(max(0.0, self.elapsed - sum(self.seconds.values())), 3)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the time of the block as that of this part of the search."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.inside[name] += time.perf_counter() - begun

    def watched(self, submit: Submit) -> Submit:
        """Return a submit that does the same, and notes when each result is there."""

        def run(task: TrialTask) -> Future[TrialResult]:
            self._there[task.number] = inf
            future = submit(task)
            future.add_done_callback(lambda _: self._there.__setitem__(task.number, time.perf_counter()))
            return future

        return run

    def waited(self, trials: Iterator[FinishedTrial]) -> Iterator[FinishedTrial]:
        """Yield the trials of a watched search as they finish.

        The time before each trial is waiting until its result is there, and coordination after that. A result that
        no worker computed is there from the beginning.
        """
        while True:
            begun = time.perf_counter()
            trial = next(trials, None)
            if trial is None:
                return
            now = time.perf_counter()
            there = min(max(self._there.pop(trial.result.number, begun), begun), now)
            self.inside[WAITING] += there - begun
            self.inside[COORDINATION] += now - there
            self.busy += trial.result.seconds
            yield trial


SEARCH = "search"  # the lap that has an inside


def profile_text(clock: Clock, before: float, workers: int, tracking: float) -> str:
    """Return one part a line, with its seconds and its share of all.

    Args:
        before:   seconds that the command took before the clock was started.
        workers:  number of workers.
        tracking: seconds of processor time of the process that writes to MLflow, beside everything else.
    """
    total = before + sum(clock.seconds.values())
    lines = [f"where {total:.1f} s went"]
    lines += [f"  {name:<34}{seconds:9.2f} s {seconds / total:6.1%}" for name, seconds in _parts(clock, before)]
    search = clock.seconds.get(SEARCH, 0.0) * workers
    share = f", {clock.busy / search:.0%} of the search" if search else ""
    lines.append(f"workers: {workers}, busy {clock.busy:.1f} of {search:.1f} s{share}; unfinished trials count as idle")
    lines.append(f"MLflow's writer, beside all this, so far: {tracking:.2f} s")
    return "\n".join(lines) + "\n"


def _parts(clock: Clock, before: float) -> Iterator[tuple[str, float]]:
    yield "imports and study file", before
    for name, seconds in clock.seconds.items():
        yield name, seconds
        if name == SEARCH:
            for part, spent in clock.inside.items():
                yield f"  {part}", spent
            yield "  the rest of it", max(0.0, seconds - sum(clock.inside.values()))
