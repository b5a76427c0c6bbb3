"""Lines in the words of a Python program: those of the command line name its options."""

from __future__ import annotations

import re
from typing import TypeVar

from experiments.errors import ExperimentError

E = TypeVar("E", bound=ExperimentError)

ARGUMENTS = {  # the command's arguments, in front of what is wrong
    "--data: ": "",
    "--set: ": "",
    "STUDY: ": "study: ",
    "--metric: ": "metric: ",
    "--default-of": "default_of",
}
WORDS = {  # options, as messages advise them -> arguments of `run`
    r"--acknowledge-reuse": "acknowledge_reuse=True",
    r"--no-test": 'look="leave"',
    r"--score": 'look="only"',
    r"--fresh": "fresh=True",
    r"--name NEW or with --data FILE": "name= or with data=",
    r"--name": "name=",
    r"--out": "out=",
    r"--tracking-uri none": 'tracking_uri="none"',
    r"--tracking-uri": "tracking_uri=",
    r"--register": "register=",
    r"--workers": "workers=",
    r"--trials (\d+)": r"trials=\1",
    r"--target (-?\d+)": r"target=\1",
    r"--formats '([^'=]+)=([^']+)'": r'formats={"\1": "\2"}',
    r"--(categories|dates|drop|keep|numbers) '([^']+)'": r'\1=["\2"]',
    r"--(categories|dates|drop|keep|numbers) ([^\s.,;]+)": r'\1=["\2"]',
    r"--time '([^']+)'": r'time="\1"',
    r"--time ([^\s.,;]+)": r'time="\1"',
    r"--set ": "",
}


def in_python(error: E) -> E:
    """Return an error whose message names arguments of `run` instead of the command's options."""
    error.args = (python_words(str(error)),)
    return error


def python_words(line: str) -> str:
    """Return a line with arguments of `run` in place of the command's options.

    >>> python_words("--data: search.trials: 5 are there already; --fresh starts anew.")
    'search.trials: 5 are there already; fresh=True starts anew.'
    """
    for argument, name in ARGUMENTS.items():
        if line.startswith(argument):
            line = name + line.removeprefix(argument)
    if "python -m " in line:  # a command is named, with its options
        return line
    for option, words in WORDS.items():
        line = re.sub(rf"{option}\b" if option[-1].isalpha() else option, words, line)
    return line
