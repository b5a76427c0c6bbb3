"""Honest, reproducible hyperparameter studies of NumPy neural networks.

`experiments.run` runs a study, `experiments.open` opens one that has come to its end; both return a `Study`.
"""

from __future__ import annotations

import os.path
import signal
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.study.python.api import open, run
    from experiments.study.python.opened import Study

__all__ = ["Study", "open", "run"]

# Python imports this package first when it starts a command. Until the command can say what an interruption leaves,
# Ctrl-C just ends it; Python itself would print a traceback.
_starts = os.path.basename(sys.argv[0]) == "nnet-experiments"  # noqa: PTH119 - importing pathlib takes longer
if sys.argv[0] == "-m":  # another program's module may import this package, too, and keeps its Ctrl-C
    _starts = sys.orig_argv[-len(sys.argv)].removeprefix("-m").partition(".")[0] == __name__
if _starts and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def __getattr__(name: str) -> Any:
    """Load what is offered when it is asked for, so that importing the package takes no time."""
    if name in __all__:
        from experiments.study.command.cli import check_system

        check_system()
        with warnings.catch_warnings():  # of tqdm, in a notebook without ipywidgets, about bars that nobody shows
            warnings.filterwarnings("ignore", "IProgress not found")
            from experiments.study.python import api

        return getattr(api, name)
    raise AttributeError(f"module 'experiments' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what is offered before it is loaded, as an editor that completes names asks for it."""
    return sorted({*globals(), *__all__})
