"""Errors in the words of a Python program: those of the command line name its options."""

from __future__ import annotations

import re
from typing import TypeVar

from experiments.errors import ExperimentError

E = TypeVar("E", bound=ExperimentError)

ARGUMENTS = ("--data: ", "STUDY: ")  # names of the command's arguments in front of what is wrong
WORDS = {  # options, as messages advise them -> arguments of `run`
    r"--acknowledge-reuse": "acknowledge_reuse=True",
    r"--no-test": 'look="leave"',
    r"--score": 'look="only"',
    r"--fresh": "fresh=True",
    r"--out": "out=",
    r"--tracking-uri": "tracking_uri=",
    r"--register": "register=",
    r"--workers": "workers=",
    r"--trials (\d+)": r"trials=\1",
    r"--set ": "",
}


def in_python(error: E) -> E:
    """Return an error whose message names arguments of `run` instead of the command's options.

    >>> from experiments.errors import SpecError
    >>> print(in_python(SpecError("--data: search.trials: 5 are there already; --fresh starts anew.")))
    search.trials: 5 are there already; fresh=True starts anew.
    """
    said = str(error)
    for argument in ARGUMENTS:
        said = said.removeprefix(argument)
    if "python -m " not in said:  # else a command is named, with its options
        for option, words in WORDS.items():
            said = re.sub(rf"{option}\b" if option[-1].isalpha() else option, words, said)
    error.args = (said,)
    return error
