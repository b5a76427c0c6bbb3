from __future__ import annotations

from pathlib import Path

import pytest

from experiments.tracking.local_store import database_of


@pytest.mark.parametrize("uri", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://x/y", "none", "/a/b"])
def test_what_is_no_file_has_none(uri: str) -> None:
    assert database_of(uri) is None


def test_options_of_the_address_are_not_the_files() -> None:
    assert database_of("sqlite:////a/b.db?timeout=3") == Path("/a/b.db")
