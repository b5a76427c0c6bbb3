"""Classes of a test file that end in a dot, as those of the UCI repository's Adult do, and those of the first file."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.formats.column_types import is_text, words_in
from experiments.data.raw_table import RawTable, shown
from experiments.data.texts import MISSING


def without_dots(raw: RawTable, test: RawTable | None, target: str) -> tuple[RawTable, RawTable | None]:
    """Take the dots off the classes of a test file if all end in one, and are classes of the first file without it.

    Returns:
        both tables, the first one with a line about it.
    """
    if test is None or target not in test.columns:
        return raw, test
    ours, theirs = raw.columns[target], test.columns[target]
    if not (is_text(ours.type) and is_text(theirs.type)):
        return raw, test
    theirs = pc.utf8_trim_whitespace(theirs)
    plain = pc.if_else(pc.ends_with(theirs, "."), pc.utf8_slice_codeunits(theirs, 0, -1), theirs)
    known, dotted = _words(pc.utf8_trim_whitespace(ours)), _words(theirs)
    if not dotted or not all(word.endswith(".") for word in dotted) or any(word.endswith(".") for word in known):
        return raw, test
    if not _words(plain) <= known or not pc.any(words_in(plain)).as_py():
        return raw, test
    line = f"the classes of the test rows read without the dot at their end, as {shown(min(_words(plain)))}"
    return replace(raw, repairs=(*raw.repairs, line)), replace(test, columns=test.columns | {target: plain})


def _words(column: pa.ChunkedArray) -> set[str]:
    """Return the different texts of a column that are no missing values."""
    return {word for word in pc.unique(column).to_pylist() if word is not None and word.lower() not in MISSING}
