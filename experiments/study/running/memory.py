"""The memory of a study: what its processes hold, what is still to come, and whether that is free."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

from rich.filesize import decimal

from experiments.search.inputs import Inputs

# arrays as large as all inputs that a worker holds beside the shared ones, while it refits or fits a baseline
COPIES = 3
FILES = ("inactive_file", "total_inactive_file")  # what a container holds of files, and gives back when memory is short
LESS = "fewer --workers or data.rows need less"


def peak_of_this_process() -> int:
    """Return the most bytes that this process has held.

    Linux's own count goes first: getrusage there starts with what the parent held when it started the process.
    """
    try:
        status = Path("/proc/self/status").read_text()
        return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak * (1 if sys.platform == "darwin" else 1024)


def held_by_children() -> int:
    """Return the bytes that the processes below this one hold now; what they share counts once for each."""
    import psutil

    total = 0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has just ended
            total += process.memory_info().rss
    return total


def free(groups: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the bytes that are free on this machine, or in the container, if it has fewer.

    Args:
        groups: the folder in which Linux shows the limits of a container.
    """
    import psutil

    here = [int(psutil.virtual_memory().available)]
    for folder, limit, used in (
        (groups, "memory.max", "memory.current"),
        (groups / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),  # of an older Linux
    ):
        with suppress(OSError, ValueError):  # there is no limit, or it is the word max
            most, taken = (int((folder / name).read_text("ascii")) for name in (limit, used))
            lines = [line.split() for line in (folder / "memory.stat").read_text("ascii").splitlines()]
            files = max(int(count) for name, count in lines if name in FILES)
            here.append(max(0, most - taken + files))
    return min(here)


def still_to_come(inputs: Inputs, workers: int) -> int:
    """Return the bytes that refits and baselines take on top of what a search holds, at most.

    Args:
        workers: number of worker processes, each of which may fit a model on all rows at the same time.
    """
    arrays = [array for reference in inputs.values() for array in reference.features]
    largest = max(array.shape[0] * array.shape[1] * 4 for array in arrays)
    return workers * COPIES * largest


def shortage(needed: int) -> str:
    """Say that so many bytes are more than are free; nothing if they are not."""
    there = free()
    return f"{decimal(needed)}, more than the {decimal(there)} that are free here; {LESS}" if needed > there else ""
