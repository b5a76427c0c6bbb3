"""The words of a report's section."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.reports.blocks import Block, Section, Text, plain, unfolded


def texts(blocks: Iterable[Block]) -> list[str]:
    """The words of each text among blocks."""
    return [plain(block.parts) for block in unfolded(blocks) if isinstance(block, Text)]


def paragraph(section: Section) -> str:
    """The words of all texts of a section, as one."""
    return " ".join(texts(section.blocks))
