"""Credentials in URIs, and how they are kept out of everything that is printed or stored."""

from __future__ import annotations

import re

HIDDEN = "***"

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
