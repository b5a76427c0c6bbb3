"""The start of the compilation, by the process that runs a study, while its data is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from threading import Thread

from experiments.search.compiled.load import LATER, at_once, reason_for_numpy

PROGRAM = "experiments.search.compiled.build"
TIMEOUT = 300.0  # seconds after which a compilation is given up, which takes two on an idle machine


def fill(say: Callable[[str], None]) -> Thread | None:
    """Start to compile the passes in a process of its own, unless they are there or cannot be used.

    The process yields to all others. The study waits for it only if the environment asks for compiled passes at once.

    Args:
        say: takes the reason if the compilation fails.

    Returns:
        the thread that waits for the process; None if nothing is to do.
    """
    if reason_for_numpy() != LATER:
        return None
    waiting = Thread(target=_compile, args=(say,), daemon=True)
    waiting.start()
    if at_once():
        waiting.join()
    return waiting


def compile_now() -> str:
    """Compile the passes unless they are there; return the reason if that fails."""
    reasons: list[str] = []
    if waiting := fill(reasons.append):
        waiting.join()
    return "".join(reasons)


def _compile(say: Callable[[str], None]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)  # noqa: PTH109
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-W", "ignore", "-m", PROGRAM],
            env=environment,
            cwd="/",  # Numba reads settings from the working folder
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=TIMEOUT,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"the training steps stay with NumPy: the compilation failed ({type(error).__name__})")
        return
    if done.returncode:
        say(f"the training steps stay with NumPy: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
