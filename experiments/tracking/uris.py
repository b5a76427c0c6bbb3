"""The addresses of MLflow's stores; credentials in them are kept out of everything printed or stored."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote, urlsplit

from experiments.errors import SpecError, TrackingError

LONGEST_NAME = 250  # of a registered model

HIDDEN = "***"
SHORTEST = 3  # characters of a password or value that is sought in other texts: a blank alone is everywhere
OFF = "none"  # the address of no store
DEFAULT = Path("mlruns") / "mlflow.db"  # in the working folder
SCHEME = "sqlite:///"  # of a database in a file
DATABASES = ("postgresql", "mysql", "mssql", "databricks", "uc")  # and what MLflow's plugins know

# Passwords may hold `/` and `@`, so the last `@` counts; that `host:5000/a@b` loses its host, too, is the safe side.
# The scheme is no part of the pattern: tried from each letter of a long word, it takes the square of the word's length.
_USER = re.compile(r"://(?:[^:/\s'\"]*:[^\s'\"]*|[^/\s?#'\"]*)@")
_QUERY = re.compile(r"(?P<key>[?&;#][\w.\[\]%-]+=)[^&;#\s'\"<>)]+")
# The same of a text that begins as a URI, whose passwords and values may hold quotes and blanks. What follows the URI
# may be hidden with it.
_URI = re.compile(r"[A-Za-z][\w+.-]*://")
_URI_USER = re.compile(r"://(?!/)(?:[^:/?#]*:.*|[^/?#]*)@", re.DOTALL)
_URI_QUERY = re.compile(r"(?P<key>[?&;#][\w.\[\]%-]+=)[^&;#]+")
_MISREAD = re.compile(r"\?|%[0-9A-Fa-f]{2}")  # in a path: MLflow takes it for another, and has no way to write it
_CREDENTIAL = re.compile(r"(?i:user|password|passwd|pwd|sslpassword|token)=")
_secrets: set[str] = set()  # users, passwords and values of the stores that this process uses
TOKENS = ("MLFLOW_TRACKING_TOKEN", "DATABRICKS_TOKEN")  # variables whose values MLflow sends in a header
SHORTEST_TOKEN = 8  # characters of a token that is sought in other texts


def hide(uri: str) -> None:
    """Hide the credentials of a URI, and tokens of the environment, in every text that is masked from now on."""
    for name in TOKENS:  # a line end that was copied along makes MLflow's client show the whole header
        _secrets.update(part for part in os.environ.get(name, "").split() if len(part) >= SHORTEST_TOKEN)
    for pattern in (_URI_USER, _URI_QUERY) if _URI.match(uri) else ():
        for found in pattern.finditer(uri):
            secret = found[0].removeprefix("://").removesuffix("@")
            secret = secret.partition("=")[2] if pattern is _URI_QUERY else secret
            parts = {secret, unquote(secret), secret.partition(":")[2], unquote(secret.partition(":")[2])}
            _secrets.update(part for part in parts if len(part) >= SHORTEST and re.search(r"['\"\s<>)]", part))
            first = re.split(r"[/?#\\]", secret)[0]  # what a parser takes for host and port, and complains of
            if first != secret and ":" in first:
                _secrets.add(first)


def masked(text: str) -> str:
    """Replace user, password and every query value of the URIs in a text by `***`.

    Every query value is hidden, since any of them may be a token; keys, host, port and path stay readable.

    >>> masked("https://ann:s3cret@mlflow.example.org:5000/path?token=abc&page=2")
    'https://***@mlflow.example.org:5000/path?token=***&page=***'
    >>> masked("no answer from http://127.0.0.1:5000/api, see sqlite:////data/a@b/mlflow.db")
    'no answer from http://127.0.0.1:5000/api, see sqlite:////data/a@b/mlflow.db'
    >>> masked("postgresql+psycopg2://ann:p@ss/word@db/mlflow")
    'postgresql+psycopg2://***@db/mlflow'
    """
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    if _URI.match(text):
        text = _URI_QUERY.sub(rf"\g<key>{HIDDEN}", _URI_USER.sub(f"://{HIDDEN}@", text, count=1))
    return _QUERY.sub(rf"\g<key>{HIDDEN}", _USER.sub(f"://{HIDDEN}@", text))


def to_fill_in(uri: str) -> str:
    """Return a masked URI with words for what a person must fill in.

    >>> to_fill_in("http://***@host:5000/?token=***")
    'http://USER:PASSWORD@host:5000/?token=VALUE'
    """
    return uri.replace(f"://{HIDDEN}@", "://USER:PASSWORD@").replace(f"={HIDDEN}", "=VALUE")


def without_credentials(uri: str) -> str:
    """Return the part of a URI that tells a store from others: no credentials or last slash, of a server no query.

    >>> without_credentials("http://ann:s3cret@host:5000/?token=abc"), without_credentials("http://host:5000")
    ('http://host:5000', 'http://host:5000')
    >>> without_credentials("postgresql://ann:p@/mlflow?host=/sql/one&password=x")
    'postgresql:///mlflow?host=/sql/one'
    """
    plain = _URI_USER.sub("://", uri, count=1) if _URI.match(uri) else uri
    place, *query = re.split(r"[?#]", plain, maxsplit=1)
    kept = [] if uri.startswith("http") else [one for one in "".join(query).split("&") if not _CREDENTIAL.match(one)]
    return place.rstrip("/") + ("?" + "&".join(kept) if "".join(kept) else "")


def is_store(uri: str) -> bool:
    """Return whether a URI may be a store that lasts: not a folder, which MLflow no longer takes, nor SQLite in memory.

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
        plugin.name == parts.scheme for plugin in entry_points(group="mlflow.tracking_store")
    )
    return known and "://" in uri


def check_register(name: str | None, sealed: bool, uri: str) -> None:
    """Refuse a name that MLflow's registry does not take, and any name without a registry or a model.

    Args:
        sealed: the study runs without a test evaluation.
        uri:    of the store.

    Raises:
        SpecError: the name is refused.
    """
    if name is None:
        return
    if uri == OFF:
        raise SpecError("--register: there is no registry without tracking; name a store with --tracking-uri.")
    if sealed:
        raise SpecError(
            "--register: a study without a test evaluation has no model; leave out --no-test and --trials, or use "
            "--score."
        )
    fits = 1 <= len(name.strip()) <= LONGEST_NAME and name.isprintable() and name[0] != "."
    if not fits or set(name) & set("/:'\""):
        raise SpecError(
            f"--register: a name has 1 to {LONGEST_NAME} printable characters, no dot in front, and none of "
            f"/ : ' \", but got {name!r:.300}."
        )


def tracking_store(option: str | None, variable: str | None) -> str:
    """Return the address of the MLflow store.

    Raises:
        SpecError: MLflow could never write there.
    """
    own = DEFAULT.absolute()
    uri = option or variable or f"{SCHEME}{DEFAULT if _MISREAD.search(str(own)) else own}"
    if not is_store(uri):
        # who forgets the scheme may still have typed a password
        plain = uri if "://" in uri else re.sub(r"^.*@", f"{HIDDEN}@", uri, flags=re.DOTALL)
        raise SpecError(
            f"{'--tracking-uri' if option else 'MLFLOW_TRACKING_URI'}: must be sqlite:///FILE, http(s)://HOST, another "
            f"database or server that MLflow knows, or none, but got {masked(plain)!r:.300}."
        )
    hide(uri)
    return uri


def database_of(uri: str) -> Path | None:
    """Return the file of a local store; None for any store but a file of SQLite's.

    >>> database_of("sqlite:///mlruns/mlflow.db"), database_of("http://127.0.0.1:5000")
    (PosixPath('mlruns/mlflow.db'), None)
    """
    path = uri.removeprefix(SCHEME).partition("?")[0]
    return Path(path) if uri.startswith(SCHEME) and path not in ("", ":memory:") else None


def artifacts_of(database: Path) -> Path:
    """Return the folder for the artifacts of a local store: beside its database, whichever working folder a study has.

    >>> artifacts_of(Path("/shared/m.db"))
    PosixPath('/shared/artifacts')
    """
    return database.absolute().parent / "artifacts"


def shown(uri: str) -> str:
    """Mask a store's address, and name a database below the working folder from there, as a report does.

    >>> shown(f"sqlite:///{Path('mlruns/mlflow.db').absolute()}"), shown("http://ann:s3cret@127.0.0.1:5000")
    ('sqlite:///mlruns/mlflow.db', 'http://***@127.0.0.1:5000')
    """
    database = database_of(uri)
    if database is not None and database.is_relative_to(Path.cwd()):
        uri = f"{SCHEME}{database.relative_to(Path.cwd())}"
    return masked(uri)


def is_there(database: Path) -> bool:
    """Tell whether a local store has been made.

    Raises:
        TrackingError: its folder cannot be read.
    """
    try:
        return database.is_file()
    except OSError as error:
        raise TrackingError(f"{database}: cannot be read: {error.strerror}.") from None


def check_database(path: Path) -> None:
    """Refuse a file that MLflow could not open; nothing is written.

    Raises:
        TrackingError: there is no database, it cannot be read, or it is another program's.
    """
    if not is_there(path):
        raise TrackingError(
            f"{path}: there is no MLflow database here; the first study makes it, "
            "and python -m experiments.sync STUDY sends it one that is done."
        )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise TrackingError(f"{path}: MLflow's database cannot be read: {error}.") from None
    if not {"alembic_version", "experiments", "runs"} <= tables:
        raise TrackingError(f"{path}: this is no database of MLflow's, or one that was never completed.")
