"""The rule of a study's name, which is also its folder's."""

from __future__ import annotations


def names_a_folder(name: str) -> str:
    """Return a study's name if a folder may have it, in studies/ and everywhere.

    >>> names_a_folder("my table")
    'my table'

    Raises:
        ValueError: it may not.
    """
    rule = "the name is also a folder's: "
    if any(c in '/\\:*?"<>|' or not c.isprintable() for c in name):
        raise ValueError(f'{rule}it must not hold / \\ : * ? " < > | or control characters, but got {name!r}')
    if name.startswith((".", " ", "-")) or name.endswith((".", " ")):
        raise ValueError(f"{rule}it must not begin with a dot, dash or space, nor end with a dot or space: {name!r}")
    if name == "ledger.jsonl" or name.startswith(("ledger.lock", "ledger.torn")):
        raise ValueError(f"{rule}it must not be that of a file of the ledger in studies/, but got {name!r}")
    if len(name.encode()) > 200:
        raise ValueError(f"{rule}it must have at most 200 bytes in UTF-8, but got {len(name.encode())}")
    return name
