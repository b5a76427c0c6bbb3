"""The processes that work in a folder, and the part that each has in a study."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil

ROLES = {  # a word of a process's command line -> its part in a study, the first that fits
    "popen_loky": "worker",
    "experiments.tracking.process": "writer to MLflow",
    "experiments.study.command.process": "study",  # before the next, as it is told to ignore that one's warnings
    "resource_tracker": "tracker of resources",
    "experiments.search.compiled": "compiler",
    "experiments.": "command",
}


def processes_in(folder: Path, role: str = "") -> list[psutil.Process]:
    """Return the processes that work in a folder or below it; of one part in a study, if it is named (see ROLES)."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE or not Path(process.cwd()).is_relative_to(folder):
                continue
            if role in ("", role_of(process)):
                found.append(process)
    return found


def role_of(process: psutil.Process) -> str:
    """Return a process's part in a study."""
    words = " ".join(process.cmdline())
    return next((role for word, role in ROLES.items() if word in words), "another program")


def end_all_in(folder: Path) -> None:
    """Kill every process that works in a folder or below it."""
    for process in processes_in(folder):
        with suppress(psutil.Error):
            process.kill()
