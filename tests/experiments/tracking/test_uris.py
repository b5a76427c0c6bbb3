"""No password or token is left in what is printed or stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.tracking.uris import database_of, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://token@host/p", "https://***@host/p"),
        ("mysql://u:p@w/d@host:3306/db?ssl_ca=/a/b", "mysql://***@host:3306/db?ssl_ca=***"),
        ("url: /api?a=1&token=x (Caused by y)", "url: /api?a=***&token=*** (Caused by y)"),
        ("'http://a:b@h' and 'http://c:d@i'", "'http://***@h' and 'http://***@i'"),
        ("https://h/#access_token=x", "https://h/#access_token=***"),
        ("sqlite:////home/a@b:c/mlflow.db", "sqlite:////home/a@b:c/mlflow.db"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ],
)
def test_credentials_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("uri", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://x/y", "none", "/a/b"])
def test_what_is_no_file_has_none(uri: str) -> None:
    assert database_of(uri) is None


def test_options_of_the_address_are_not_the_files() -> None:
    assert database_of("sqlite:////a/b.db?timeout=3") == Path("/a/b.db")
