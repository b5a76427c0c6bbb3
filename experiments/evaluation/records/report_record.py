"""The author's texts in a study's results: what [report] of the study file says, outside the digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # workers load no pydantic
    from experiments.config.report_options import ReportSection


@dataclass(frozen=True, kw_only=True)
class ReportRecord:
    """The texts of [report]; empty where nothing is said."""

    author: str = ""
    purpose: str = ""
    source: str = ""
    intended_use: str = ""
    limits: str = ""


def report_record(section: ReportSection) -> ReportRecord | None:
    """Record the author's texts; None where there are none."""
    texts = section.model_dump()
    return ReportRecord(**texts) if any(texts.values()) else None
