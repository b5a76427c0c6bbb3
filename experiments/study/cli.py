"""How a command ends: 0 done, 1 where it compares and finds a difference, 2 bad input, 130 interrupted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

from experiments.study.interrupts import between_imports


def exit_code(work: Callable[[], int], interrupted: str = "interrupted") -> int:
    """The code of what a command does; an error of a user's is one line on standard error.

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
    except KeyboardInterrupt:
        print(f"\n{interrupted}", file=sys.stderr)
        return 130
