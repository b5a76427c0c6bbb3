"""The common part of all commands: their arguments and how they end.

Exit codes: 0 done, 1 where a command compares and finds a difference, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from experiments.errors import ExecutorError, ExperimentError, SpecError, first_line
from experiments.search.arithmetic import PORTABLE, could_be_portable
from experiments.search.stop_signals import STOPPING
from experiments.study.command.interrupts import between_imports
from experiments.study.command.standard_streams import print_what_can_be
from nnet.near import did_you_mean, near

CONSOLE_SCRIPT = "nnet-experiments"
OURS = ("experiments", "nnet")
OLDEST = (3, 11)  # version of Python


class CommandParser(argparse.ArgumentParser):
    """A parser of a command's arguments that says in one line what is wrong with them."""

    def error(self, message: str) -> NoReturn:
        """End the command with exit code 2 and a line about the arguments."""
        if unknown := re.match(r"unrecognized arguments: (--?[\w-]+)(?:[ =](?!-)(\S+))?", message):
            message += self._meant(*unknown.groups())
        elif re.match(r"unrecognized arguments: [\w.]+=", message) and self._sets_keys():
            message += " (--set takes one KEY=VALUE, and may be given several times)"
        self.exit(2, f"error: {message}; {self.prog} --help lists what there is.\n")

    def _meant(self, option: str, value: str | None) -> str:
        """Ask for the key of the study file that was meant, or for the option."""
        options = [name for action in self._actions for name in action.option_strings if name.startswith("--")]
        keys: list[str] = []
        if self._sets_keys():
            from experiments.config.keys import keys_called

            keys = keys_called(option.strip("-").replace("-", "_"))
        own = [f"--{key.rpartition('.')[2]}" for key in keys]
        if keys and not set(own) & set(options):
            return did_you_mean([f"--set {key}={value or 'VALUE'}" for key in keys])
        return did_you_mean([one for one in own if one in options] or near(option, options))

    def _sets_keys(self) -> bool:
        return "--set" in self.format_usage()


def command_parser(name: str, description: str, epilog: str | None = None) -> CommandParser:
    """Make the parser of a command, whose usage line begins with the words that were typed."""
    program = CONSOLE_SCRIPT if Path(sys.argv[0]).stem == CONSOLE_SCRIPT else "python -m experiments"
    separator = " " if program == CONSOLE_SCRIPT else "."
    return CommandParser(prog=f"{program}{separator}{name}", description=description, epilog=epilog)


def add_study_argument(parser: argparse.ArgumentParser, more: str = "", optional: bool = False) -> None:
    """Add the argument STUDY.

    Args:
        more:     text at the end of its help.
        optional: allow to leave it out.
    """
    words = f"a study's name, its folder, or its study file (.toml){more}"
    parser.add_argument("study", nargs="?" if optional else None, metavar="STUDY", help=words)


def add_tracking_argument(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Add the option --tracking-uri.

    Args:
        more: text at the end of its help.
    """
    words = "address of the MLflow store (default: MLFLOW_TRACKING_URI or sqlite:///mlruns/mlflow.db)"
    parser.add_argument("--tracking-uri", metavar="URI", help=words + more)


def add_workers_argument(parser: argparse.ArgumentParser) -> None:
    """Add the option --workers, for `workers_of`."""
    words = "number of worker processes (default: all usable cores); does not change the result"
    parser.add_argument("--workers", type=int, metavar="N", help=words)


def add_layout_argument(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Add the option --set of new rows, for `layout_keys`.

    Args:
        more: further keys, in its help.
    """
    words = "how new rows are written: data.separator, encoding, skip, header or sheet; "
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=f"{words}{more}may be given several times",
    )


def a_path(typed: str) -> Path:
    """Return the path that was typed; an empty one, as an unset variable gives, would be the working folder."""
    if not typed:
        raise argparse.ArgumentTypeError("must be a path, but is empty")
    return Path(typed)


def workers_of(wanted: int | None, cores: int) -> int:
    """Return the number of workers.

    Raises:
        SpecError: no study can have so many.
    """
    workers = cores if wanted is None else wanted
    if not 1 <= workers <= 1024:
        raise SpecError(f"--workers: `1 <= workers <= 1024` must hold, but got {workers}.")
    return workers


def check_system() -> None:
    """Refuse Windows, which lacks the signals, locks and folders by which a study survives, and an old Python.

    Raises:
        ExecutorError: this is one of them.
    """
    if sys.version_info < OLDEST:
        has, needs = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        raise ExecutorError(_elsewhere(f"is Python {has}, and this program needs {needs} or newer"))
    if sys.platform == "win32":
        raise ExecutorError(
            "studies run on Linux and macOS, and this is Windows; they run in its WSL, which wsl --install adds to it."
        )


def _elsewhere(fault: str) -> str:
    return (
        f"{sys.executable} {fault}; start this program by the Python of the environment in which it is installed, "
        "such as .venv/bin/python, or install it here."
    )


def check_working_folder() -> None:
    """Refuse a working folder that is gone, in which no path and no process can begin.

    Raises:
        SpecError: it was deleted.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise SpecError("the working folder was deleted; change to another one.") from None


def run_command(
    parser: argparse.ArgumentParser,
    work: Callable[[argparse.Namespace], int],
    arguments: Sequence[str] | None,
    interrupted: str = "interrupted",
    computes: bool = False,
) -> int:
    """Do the work of a command and return its exit code.

    An error that a user can mend is one line on standard error.

    Args:
        work:        a function of the command's module.
        arguments:   the words after the command's name; None takes them from the command line.
        interrupted: the line for a command that a person or the system ends.
        computes:    True if the work depends on arithmetic, which is portable where it can be.
    """
    print_what_can_be()
    chosen = parser.parse_args(arguments)
    # workers, trackers and MLflow's server start as `python -m` or `-c`, which would run a module of the working folder
    os.environ["PYTHONSAFEPATH"] = "1"
    # loky's resource tracker would warn on the terminal of semaphores that it cleans up after a kill
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    try:
        check_system()
        check_working_folder()
        with between_imports(*STOPPING):
            if computes and could_be_portable():
                from experiments.study.command.process import call

                return call(PORTABLE, work, chosen)
            return work(chosen)
    except ExperimentError as error:
        line = " ".join(str(error).split())
        print("error:", "".join(c if c.isprintable() else repr(c)[1:-1] for c in line), file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if (error.name or OURS[0]).partition(".")[0] in OURS:
            raise
        print(f"error: {_elsewhere(f'has no module {error.name}')}", file=sys.stderr)
        return 2
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and "failed to map segment" not in str(error):
            raise
        why = first_line(error).removeprefix("MemoryError")
        less = "fewer --workers or data.rows need less. The same command goes on with what is finished."
        print(f"error: the system gives this command no more memory{why and ': '}{why}; {less}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of the output has left, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"\n{interrupted}", file=sys.stderr)
        return 130
