"""A terminal that lacks a character shows its code."""

from __future__ import annotations

import io
import sys

import pytest

from experiments.study.output import print_what_can_be


def test_what_an_encoding_lacks_is_written_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    print_what_can_be()
    print("R² \u2212 1", flush=True)
    assert written.getvalue() == b"R\xb2 \\u2212 1\n"
