"""The author's texts are bounded plain texts, and no part of the study."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from experiments.config.report_options import ReportSection
from experiments.config.study_file import parse_spec, read_report_section, read_spec
from experiments.errors import SpecError

STUDY = """\
[study]
name = "mine"
[data]
source = "iris"
[space]
l2 = { low = 0.0, high = 1.0 }
"""
TEXTS = """\
[report]
author = "Ann <ann@example.org>"
purpose = '''
Pumps of  plant A,
all of them'''
"""


def spec_of(report: Any = None) -> Any:
    document: dict[str, Any] = {"study": {"name": "x"}, "data": {"source": "iris"}, "space": {"l2": {"choices": [0.1]}}}
    return parse_spec(document | ({} if report is None else {"report": report}), "here")


def test_texts_are_no_part_of_the_study() -> None:
    without, with_texts = spec_of(), spec_of({"author": "Ann", "limits": "None known."})
    assert with_texts.to_document() == without.to_document()
    assert "report" not in with_texts.to_document()
    assert (without.texts, with_texts.texts) == (None, ReportSection(author="Ann", limits="None known."))
    assert spec_of({}).with_trials(3).texts == ReportSection()


def test_white_space_is_one_space() -> None:
    assert spec_of({"purpose": " a\n\n b\tc "}).report.purpose == "a b c"


def test_a_text_as_long_as_allowed_is_taken_and_a_longer_one_refused() -> None:
    assert spec_of({"author": "a" * 200, "limits": "é" * 2000}).report.author == "a" * 200
    with pytest.raises(SpecError) as caught:
        spec_of({"author": "a" * 201, "limits": "é" * 2001})
    assert str(caught.value) == (
        "here: report.author: it must have at most 200 letters, but got 201; shorten it; "
        "report.limits: it must have at most 2000 letters, but got 2001; shorten it."
    )


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ({"source": "a\x07b"}, "report.source: it must be plain text, but holds the character '\\x07'; remove it."),
        ({"source": "\ud800"}, "report.source: it must be plain text"),
        ({"purpose": 3}, "report.purpose: must be a valid string, but got 3."),
        ({"intended-use": "a"}, "report.intended-use: there is no such key (did you mean report.intended_use?)."),
        ("Ann", "report: must be a table, but got 'Ann'."),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(report: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=re.escape(words)) as caught:
        spec_of(report)
    assert "\n" not in str(caught.value)


def test_the_section_is_read_whatever_else_is_wrong_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    for more in ("", "[search]\ntrials = 'many'\n"):
        file.write_text(STUDY + TEXTS + more)
        section = read_report_section(file, "mine")
        assert section == ReportSection(author="Ann <ann@example.org>", purpose="Pumps of plant A, all of them")
        assert read_report_section(file, "another") is None
    file.write_text(STUDY)
    assert read_report_section(file, "mine") is None
    assert read_spec(file, ["author=Ann"]).report.author == "Ann"
    file.write_text(STUDY + "[report]\nauthors = 1\n")
    with pytest.raises(SpecError) as caught:
        read_report_section(file, "mine")
    rule = "report.authors: there is no such key (did you mean report.author?)"
    assert str(caught.value) == f"{file}: {rule}."
    file.write_text("[report")
    with pytest.raises(SpecError, match="must be TOML"):
        read_report_section(file, "mine")
