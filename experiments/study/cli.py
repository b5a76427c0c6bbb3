"""How a command ends: 0 done, 1 where it compares and finds a difference, 2 bad input, 130 interrupted."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from experiments.study.interrupts import between_imports


def run_command(work: Callable[[], int], interrupted: str = "interrupted") -> int:
    """Do what a command does and return its exit code; an error that a user can mend is one line on standard error.

    Args:
        interrupted: what is said when a person or the system ends it.
    """
    from experiments.errors import ExperimentError

    try:
        with between_imports(signal.SIGTERM):
            return work()
    except ExperimentError as error:
        line = " ".join(str(error).split())
        print("error:", "".join(one if one.isprintable() else repr(one)[1:-1] for one in line), file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"\n{interrupted}", file=sys.stderr)
        return 130
