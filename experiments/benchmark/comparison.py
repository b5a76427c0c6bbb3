"""One line of a benchmark: this platform beside one peer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class Comparison:
    """How long the work of a row takes here and at a peer.

    row:   what is done.
    peer:  `floor` is this network's matrix products alone.
    ratio: how many times faster than the peer; of the floor the fraction that is reached, at most 1.
    """

    row: str
    peer: str
    ratio: float
    seconds: float
    peer_seconds: float


def write_json(lines: Sequence[DataclassInstance], file: Path) -> None:
    """The lines of a table as a list of objects."""
    file.write_text(json.dumps([asdict(one) for one in lines], indent=1) + "\n")
