"""MLflow's local database, seen without MLflow: whether it is there and whole enough to be opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from experiments.errors import TrackingError

SCHEME = "sqlite:///"


def database_of(uri: str) -> Path | None:
    """The file of a local store; None for what is no file of SQLite's.

    >>> database_of("sqlite:///mlruns/mlflow.db"), database_of("http://127.0.0.1:5000")
    (PosixPath('mlruns/mlflow.db'), None)
    """
    path = uri.removeprefix(SCHEME).partition("?")[0]
    return Path(path) if uri.startswith(SCHEME) and path not in ("", ":memory:") else None


def check_database(path: Path) -> None:
    """Refuse what MLflow could not open; nothing is written.

    Raises:
        TrackingError: there is no database, or what is there is none of MLflow's.
    """
    if not path.is_file():
        raise TrackingError(f"{path}: there is no MLflow database here; the first study makes it.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise TrackingError(f"{path}: MLflow's database cannot be read: {error}.") from None
    if not {"alembic_version", "experiments", "runs"} <= tables:
        raise TrackingError(f"{path}: this is no database of MLflow's, or one that was never completed.")
