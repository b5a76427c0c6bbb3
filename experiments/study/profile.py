"""`tune --profile`: where the time of a whole run went, as text for the terminal and for DIR/profile.txt."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.study.timing import Clock

SEARCH = "search"  # the lap that has an inside


def profile_text(clock: Clock, before: float, workers: int, tracking: float) -> str:
    """One part a line, with its seconds and its share of all.

    Args:
        before:   seconds that the command took before the clock was started.
        workers:  how many there were.
        tracking: seconds of processor time of the process that writes to MLflow, beside everything else.
    """
    total = before + sum(clock.seconds.values())
    lines = [f"where {total:.1f} s went"]
    lines += [f"  {name:<34}{seconds:9.2f} s {seconds / total:6.1%}" for name, seconds in _parts(clock, before)]
    search = clock.seconds.get(SEARCH, 0.0) * workers
    share = f", {clock.busy / search:.0%} of the search" if search else ""
    lines.append(
        f"workers: {workers}, busy {clock.busy:.1f} of {search:.1f} s{share}; trials that were not told count as idle"
    )
    lines.append(f"MLflow's writer, beside all this: {tracking:.2f} s")
    return "\n".join(lines) + "\n"


def _parts(clock: Clock, before: float) -> Iterator[tuple[str, float]]:
    yield "imports and study file", before
    for name, seconds in clock.seconds.items():
        yield name, seconds
        if name == SEARCH:
            for part, spent in clock.inside.items():
                yield f"  {part}", spent
            yield "  the rest of it", max(0.0, seconds - sum(clock.inside.values()))
