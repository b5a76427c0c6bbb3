"""The addresses of MLflow's stores, and how their credentials are kept out of everything printed or stored."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from urllib.parse import urlsplit

HIDDEN = "***"
OFF = "none"  # the address of no store
DATABASES = ("postgresql", "mysql", "mssql", "databricks", "uc")  # and what MLflow's plugins know

# Passwords may hold `/` and `@`, so the last `@` counts; that `host:5000/a@b` loses its host, too, is the safe side.
_USER = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)(?:[^:/\s'\"]*:[^\s'\"]*|[^/\s?#'\"]*)@")
_QUERY = re.compile(r"(?P<key>[?&;#][\w.\[\]%-]+=)[^&;#\s'\"<>)]+")


def masked(text: str) -> str:
    """The text with user, password and every query value of the URIs in it replaced by `***`.

    Every query value is hidden, since any of them may be a token; keys, host, port and path stay readable.

    >>> masked("https://ann:s3cret@mlflow.example.org:5000/path?token=abc&page=2")
    'https://***@mlflow.example.org:5000/path?token=***&page=***'
    >>> masked("no answer from http://127.0.0.1:5000/api, see sqlite:////data/a@b/mlflow.db")
    'no answer from http://127.0.0.1:5000/api, see sqlite:////data/a@b/mlflow.db'
    >>> masked("postgresql+psycopg2://ann:p@ss/word@db/mlflow")
    'postgresql+psycopg2://***@db/mlflow'
    """
    return _QUERY.sub(rf"\g<key>{HIDDEN}", _USER.sub(rf"\g<scheme>{HIDDEN}@", text))


def is_store(uri: str) -> bool:
    """Whether it may be a store that lasts; MLflow itself writes to folders no more, and SQLite may be in memory.

    >>> [is_store(uri) for uri in ("sqlite:///mlflow.db", "http://127.0.0.1:5000", "databricks", "none")]
    [True, True, True, True]
    >>> [is_store(uri) for uri in ("mlruns", "file:mlruns", "file:///mlruns", "http://", "sqlite://", "sqlite:///")]
    [False, False, False, False, False, False]
    >>> is_store("postgresql+psycopg2://db/mlflow"), is_store("foo://bar")
    (True, False)
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(host)
    if parts.scheme.partition("+")[0] == "sqlite":
        return parts.path.strip("/") not in ("", ":memory:")
    if uri in (OFF, "databricks"):
        return True
    known = parts.scheme.partition("+")[0] in DATABASES or any(
        one.name == parts.scheme for one in entry_points(group="mlflow.tracking_store")
    )
    return known and "://" in uri
