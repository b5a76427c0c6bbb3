"""The commands that reproduce the study."""

from __future__ import annotations

import shlex

from experiments.config.toml import study_file
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Block, Code, Fact, Folded, Listing, Section, text
from experiments.reports.outer_fold import study_name

ARITHMETIC = {
    "portable": "every x86-64 processor with AVX2 comes to the same digest, with the same versions of the packages",
    "native": "another kind of processor may compute other last bits, and so come to another digest",
}


def tune_command(result: StudyResult) -> str:
    return f"python -m experiments.tune {shlex.quote(result.study)}"


def _arithmetic(result: StudyResult) -> tuple[Block, ...]:
    """Say on which machines the digest is the same; nothing where an older result does not name its arithmetic."""
    named = result.spec["study"].get("arithmetic")
    if named not in ARITHMETIC:
        return ()
    return (text("The arithmetic is {}: {}.", Fact("spec.study.arithmetic", named), ARITHMETIC[named]),)


def reproduce(result: StudyResult) -> Section:
    """Show the commands, the digest and the study file."""
    command = f"python -m experiments.reproduce {study_name(result)}"
    return Section(
        "Reproduce this study",
        "reproduce",
        (
            text("This command runs the study of results.json again, in a new folder, and names the first difference:"),
            Listing("commands.reproduce", command, "sh"),
            text(
                "This command resumes the study, or repeats it from its study file; add the same {} and {} if it had "
                "any:",
                Code("--set"),
                Code("--trials"),
            ),
            Listing("commands.tune", tune_command(result), "sh"),
            text("This command prints the methods in words and the table of test scores as LaTeX, for a paper:"),
            Listing("commands.latex", f"python -m experiments.report {study_name(result)} --latex", "sh"),
            text("The digest covers everything that the study file and the data determine:"),
            Listing("digest", result.digest),
            text(
                "A run with the same digest had the same trials, the same winner and the same test score, bit for "
                "bit. The number of workers does not matter."
            ),
            *_arithmetic(result),
            Folded("Study file with all settings", (Listing("spec", study_file(result.spec), "toml", wrap=False),)),
        ),
    )
