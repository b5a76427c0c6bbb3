"""What workers are told of earlier trials: each history encoded once, shared in blocks once there is a block of them.

A task then carries the names of the blocks and less than a block of histories, however long the study is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any

from experiments.search.trial import History, Shared, VisibleTrials

BLOCK = 1 << 15  # bytes: as many travel with a task at most
Share = Callable[[bytes], Shared]


class Histories:
    """The histories that the next task may see; add them in number order.

    Args:
        share: puts content where every worker can open it.
    """

    def __init__(self, share: Share):
        self._share = share
        self._blocks: tuple[Shared, ...] = ()
        self._rest: list[bytes] = []
        self._size = 0

    def add(self, history: History) -> None:
        """One more trial is visible from now on."""
        line = encoded(history)
        self._rest.append(line)
        self._size += len(line)
        if self._size >= BLOCK:
            self._blocks += (self._share(b"\n".join(self._rest)),)
            self._rest, self._size = [], 0

    @property
    def visible(self) -> VisibleTrials:
        """All that was added."""
        return VisibleTrials(self._blocks, tuple(self._rest))


def lines_of(visible: VisibleTrials, after: int = 0) -> tuple[bytes, ...]:
    """The encoded histories that follow so many blocks."""
    shared = [line for block in visible.blocks[after:] for line in bytes(block.open()).split(b"\n")]
    return (*shared, *visible.rest)


def encoded(history: History) -> bytes:
    """One line of JSON, in which a float has all its digits.

    >>> encoded(History("PRUNED", None, (3, 6), (0.1, 0.7)))
    b'["PRUNED",null,[3,6],[0.1,0.7],[]]'
    """
    return json.dumps(astuple(history), separators=(",", ":")).encode()


def decoded(line: bytes) -> History:
    """The history that was encoded.

    >>> decoded(b'["PRUNED",null,[3,6],[0.1,0.7],[]]')
    History(state='PRUNED', value=None, epochs=(3, 6), scores=(0.1, 0.7), marks=())
    """
    return History(*_tuples(json.loads(line)))


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@dataclass(frozen=True)
class Inline:
    """Shared content that is its own name, for whoever computes in this process."""

    content: bytes

    def open(self) -> memoryview:
        """The content."""
        return memoryview(self.content)
