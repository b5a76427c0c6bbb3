"""The file of new rows that a command reads: how it is written, and that the command's output does not replace it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.config.data_options import LAYOUT
from experiments.config.default_study import own_study
from experiments.config.override import with_override
from experiments.errors import SpecError, StudyStateError

A_TABLE = "rows.csv"  # a source that has the keys beyond the layout, which new arrays and pictures have, too


def check_out(out: Path, file: Path) -> None:
    """Refuse a folder, and the file of the new rows, as the place of a command's output.

    Raises:
        StudyStateError: it is one of them.
    """
    if os.path.isdir(out) or not out.name:  # noqa: PTH112 - never raises, whatever the name
        raise StudyStateError(f"--out: must be a file to write, but {out} is a folder.")
    if os.path.exists(out) and out.samefile(file):  # noqa: PTH110
        raise StudyStateError(f"--out: {out} is the file of the new rows, which would be lost.")


def is_stream(out: Path) -> bool:
    """Tell whether a name is that of a pipe, a device or an open file, whose place no file may take."""
    return os.path.exists(out) and (not os.path.isfile(out) or out.absolute().parts[1] in ("dev", "proc"))  # noqa: PTH110, PTH113


def layout_keys(file: Path, overrides: Sequence[str], others: Sequence[str] = ()) -> dict[str, Any]:
    """Return the keys of [data] that are set, which say how a file is written.

    Args:
        others: further keys that may be set.

    Raises:
        SpecError: another key is set, or a value breaks its rule.
    """
    if not overrides:
        return {}
    keys = (*LAYOUT, *others)
    known = ", ".join(f"data.{key}" for key in keys)
    for override in overrides:
        for section, of_section in with_override({}, override).items():
            if section != "data" or not isinstance(of_section, dict) or not set(of_section) <= set(keys):
                raise SpecError(f"--set: new rows have the keys {known}, but got {override!r}.")
    found: dict[str, Any] = {}
    for source, of_source in ((str(file), LAYOUT), (A_TABLE, others)):
        if given := [one for one in overrides if set(with_override({}, one)["data"]) <= set(of_source)]:
            data = own_study(source, None, given, where="--set")[0].data
            found |= {key: value for key in of_source if (value := getattr(data, key)) is not None}
    return found
