"""The version of this program, and which version wrote a record."""

from __future__ import annotations

from experiments.errors import StudyStateError

VERSION = "0.2.0"
SCHEMA = 2  # of results.json, of the journal's identity and of the ledger's studies
EARLIER = {1: "0.1.0"}  # schema -> the version that wrote it


def check_same_version(schema: object, record: str, way: str) -> None:
    """Refuse to compute with a record that another version wrote, whose numbers this version need not come to.

    Args:
        schema: the record's own.
        record: the record and what is refused, as in "studies/wine cannot be resumed".
        way:    what to do instead.

    Raises:
        StudyStateError: the schema is not the current one.

    >>> check_same_version(1, "studies/wine cannot be resumed", "--fresh starts it anew.")
    Traceback (most recent call last):
        ...
    experiments.errors.StudyStateError: studies/wine cannot be resumed: it was made by version 0.1.0 of this program, \
this is version 0.2.0; --fresh starts it anew.
    """
    if schema == SCHEMA:
        return
    known = EARLIER.get(schema) if isinstance(schema, int) else None
    by = f"version {known}" if known else "another version"
    raise StudyStateError(f"{record}: it was made by {by} of this program, this is version {VERSION}; {way}")
