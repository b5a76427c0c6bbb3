"""The terminal of a command that goes on when its output is no longer read."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterable
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from experiments.config.readable import printable

COMMANDS: Final = ("python -m ", "nnet-experiments ")
NARROWEST: Final = 20  # columns of a fact beside its label


class StudyConsole(Console):
    """A console whose reader may leave, as in `... | head`: later lines are dropped, and the command goes on.

    So may its disk be full, and its terminal be closed; the former is said on standard error.
    """

    def __reduce__(self) -> tuple[Callable[[bool], StudyConsole], tuple[bool]]:
        """Travel to another process of the same terminal."""
        return study_console, (self.quiet,)

    def __exit__(self, *what: object) -> None:
        try:
            super().__exit__(*what)
        except OSError as error:
            line = f"standard output: cannot be written: {error.strerror}; its later lines are dropped."
            try:
                print(line, file=sys.stderr, flush=True)
            except OSError:  # it is the same terminal; what is left in its buffer must not fail at the end
                _drop(sys.stderr)
            self.on_broken_pipe()

    def on_broken_pipe(self) -> None:
        self.quiet = True
        _drop(sys.stdout)


def _drop(stream: TextIO) -> None:
    """Let a standard stream write to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def study_console(quiet: bool = False) -> StudyConsole:
    """Return a console for a command's output, without colours for numbers and paths.

    A notebook and a build server may want colours (FORCE_COLOR) without being a terminal. Nothing is live there, and a
    notebook gets lines of text.
    """
    live = None if sys.stdout.isatty() else False
    return StudyConsole(quiet=quiet, highlight=False, force_interactive=live, force_jupyter=False)


def print_facts(console: Console, facts: Iterable[tuple[str, str]], width: int = 16) -> None:
    """Print one fact a line, each after its label; a terminal breaks it between words, below its beginning.

    Args:
        width: columns of the labels.
    """
    for label, fact in facts:
        words = _broken(console, printable(fact), 2 + width)
        console.print(Text.assemble((f"  {label:<{width}}", "dim"), words), soft_wrap=True)


def print_sentence(console: Console, words: str, style: str = "") -> None:
    """Print a line of words, which a terminal breaks between them."""
    console.print(Text(_broken(console, words), style), soft_wrap=True)


def _broken(console: Console, words: str, indent: int = 0) -> str:
    """Break a line for a terminal; one with a command, and one for a file or a pipe, stay whole, to be copied."""
    if not console.file.isatty() or any(command in words for command in COMMANDS):
        return words
    room = max(NARROWEST, console.width - indent)
    lines = textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False)  # a path stays whole
    below = indent or len(words) - len(words.lstrip())
    return ("\n" + " " * below).join(lines)
