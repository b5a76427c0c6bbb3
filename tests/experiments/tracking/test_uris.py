"""No password or token is left in what is printed or stored."""

from __future__ import annotations

from pathlib import Path

from experiments.tracking.uris import database_of, masked


def test_credentials_are_masked() -> None:
    for text, shown in (
        ("https://token@host/p", "https://***@host/p"),
        ("mysql://u:p@w/d@host:3306/db?ssl_ca=/a/b", "mysql://***@host:3306/db?ssl_ca=***"),
        ("url: /api?a=1&token=x (Caused by y)", "url: /api?a=***&token=*** (Caused by y)"),
        ("'http://a:b@h' and 'http://c:d@i'", "'http://***@h' and 'http://***@i'"),
        ("https://h/#access_token=x", "https://h/#access_token=***"),
        ("sqlite:////home/a@b:c/mlflow.db", "sqlite:////home/a@b:c/mlflow.db"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ):
        assert masked(text) == shown


def test_only_a_file_of_sqlite_is_a_local_store() -> None:
    for uri in ("sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://x/y", "none", "/a/b"):
        assert database_of(uri) is None
    assert database_of("sqlite:////a/b.db?timeout=3") == Path("/a/b.db")
