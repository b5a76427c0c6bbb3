"""MLflow as this program uses it: quiet, with short timeouts, in a local database that a kill cannot spoil.

Importing MLflow takes a second and 150 MB, so it is imported in the functions, in the process that writes to it.
"""

from __future__ import annotations

import gc
import importlib
import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from experiments.config.readable import printable
from experiments.tracking.answers import in_words
from experiments.tracking.uris import artifacts_of, masked
from nnet.durable import rename

PAGE = 500  # results of a search that come at once

# MLflow reads these from the environment only. Its own retries (246 s for one call) would outlast the study, so a call
# fails at once and the writer tries again; the rest keeps it from printing and from reporting usage.
SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_UV_AUTO_DETECT": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
LOGGERS = ("mlflow", "alembic", "sqlalchemy", "sqlalchemy.engine", "urllib3")


def prepare_mlflow(environ: MutableMapping[str, str]) -> Any:
    """Import MLflow so that it is quiet and fails soon, and return the module.

    Sets those of SETTINGS that the user did not set, in `environ` (MLflow reads os.environ), and a home folder where
    the user has none, which MLflow cannot be imported without. Silences the loggers of MLflow and its database
    libraries, unless MLFLOW_LOGGING_LEVEL is set, and ignores the warnings of their modules. All of it holds for the
    whole process.
    """
    for name, value in SETTINGS.items():
        environ.setdefault(name, value)
    try:
        Path.home()
    except RuntimeError:  # a container's user, whom its list of users does not know
        environ["HOME"] = tempfile.gettempdir()
    warnings.filterwarnings("ignore", module=r"(mlflow|alembic|sqlalchemy|urllib3)(\.|$)")
    mlflow = importlib.import_module("mlflow")
    if "MLFLOW_LOGGING_LEVEL" not in environ:
        for name in LOGGERS:  # after the import, which sets the levels anew
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return mlflow


def make_database(path: Path) -> None:
    """Make MLflow's database at `path` if there is none.

    A kill in MLflow's first start leaves a database that no later start can open. So the tables are made in a folder
    beside it, and the finished file gets its name in one step. Of two first starts at once, the second waits.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        if path.exists():
            return
        folder = path.with_name(f".{path.name}.new")
        shutil.rmtree(folder, ignore_errors=True)  # of a first start that was killed
        folder.mkdir()
        sqlalchemy_store = importlib.import_module("mlflow.store.tracking.sqlalchemy_store")
        sqlalchemy_store.SqlAlchemyStore(f"sqlite:///{folder / path.name}", str(artifacts_of(path))).engine.dispose()
        rename(folder / path.name, path)  # SQLite has flushed its content
        shutil.rmtree(folder)
    # The migrations leave classes behind. Collected at a chance moment, they take entries from under linecache's
    # hands, which then raises KeyError in whoever reads a traceback or runs a doctest.
    gc.collect()


def pages(search: Callable[..., Any], **query: Any) -> Iterator[Any]:
    """Yield everything that a search method of MLflow's client returns, page by page."""
    token = None
    while True:
        page = search(**query, max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def innermost(error: BaseException) -> str:
    """Return the first line of the innermost error."""
    while (inner := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        error = inner
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0]


def reason(error: BaseException) -> str:
    """Return the innermost error in one short line, without credentials and what would act on a terminal."""
    text = printable(masked(in_words(innermost(error))))
    return text if len(text) <= 200 else f"{text[:197]}..."
