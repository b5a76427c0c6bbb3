"""How to get the same numbers again."""

from __future__ import annotations

import shlex

from experiments.config.toml import study_file
from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Heading, Listing, Section, text


def tune_command(result: StudyResult) -> str:
    return f"python -m experiments.tune {shlex.quote(result.study)}"


def reproduce_command(result: StudyResult) -> str:
    return f"python -m experiments.reproduce {shlex.quote(result.study)}"


def again(result: StudyResult) -> Section:
    """The commands, the digest and the study file."""
    return Section(
        "The same again",
        "reproduce",
        (
            text(
                "This runs the study anew as results.json has it, in a folder of its own, and names the first "
                "difference:"
            ),
            Listing("commands.reproduce", reproduce_command(result), "sh"),
            text("This resumes it, or repeats it from its study file, with the same --set and --trials if it had any:"),
            Listing("commands.tune", tune_command(result), "sh"),
            text("Its digest, over all that the study file and the data determine, is"),
            Listing("digest", result.digest),
            text(
                "A run with an equal digest found the same trials, the same winner and the same test score, bit for "
                "bit, whatever the number of workers. Another BLAS kernel may differ in last bits and so give another "
                "digest."
            ),
            Heading("The resolved study file"),
            Listing("spec", study_file(result.spec), "toml", wrap=False),
        ),
    )
