"""No password or token is left in what is printed or stored."""

from __future__ import annotations

import pytest

from experiments.tracking.uris import masked


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
