"""All commands under one name: nnet-experiments COMMAND, or python -m experiments COMMAND."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from experiments.version import VERSION
from nnet.near import did_you_mean, near

COMMANDS = {
    "tune": "search, refit, score once and report: a hyperparameter study",
    "predict": "predict new rows with a study's model",
    "score": "score a study's model on new labelled rows",
    "report": "write a study's report again",
    "reproduce": "compute a study again and compare the results to the bit",
    "compare": "compare studies: scores, differences in pairs, curves and errors",
    "sync": "write to MLflow what it lacks of a study",
    "ui": "open MLflow's page on the trials of all studies",
    "delete": "delete a study and its runs in MLflow",
    "benchmark": "measure how fast, how good and how honest the program is",
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the first argument; every command has a parser of its own."""
    lines = [f"  {name:<12}{line}" for name, line in COMMANDS.items()]
    it = argparse.ArgumentParser(
        prog="nnet-experiments",
        usage="nnet-experiments COMMAND [arguments]",
        description="Honest, reproducible hyperparameter studies of NumPy neural networks.",
        epilog="\n".join(["commands:", *lines, "", "nnet-experiments COMMAND --help lists its arguments."]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    it.add_argument("--version", action="version", version=f"nnet-experiments {VERSION}")
    it.add_argument("command", choices=COMMANDS, help=argparse.SUPPRESS)
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names; return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in COMMANDS and not words[0].startswith("-"):
        meant = did_you_mean(near(words[0], COMMANDS))
        parser().error(f"there is no command {words[0]!r}{meant}; the commands are {', '.join(COMMANDS)}")
    command = parser().parse_args(words[:1] or ["--help"]).command
    module = import_module("experiments.benchmark.__main__" if command == "benchmark" else f"experiments.{command}")
    code: int = module.main(words[1:])
    return code


if __name__ == "__main__":
    sys.exit(main())
