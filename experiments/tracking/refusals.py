"""Refusals by MLflow: writes that it will never take, told from those that it may take later."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from experiments.tracking.mlflow_setup import reason

# a missing package, and a place that is not there, is no folder, or may not be written to
FINAL = (ImportError, FileExistsError, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
PASSING = (408, 409, 425, 429)  # status of answers to requests that may be taken later


class RefusedError(Exception):
    """A write that MLflow will never take, however often it is sent."""


class ArtifactsRefusedError(RefusedError):
    """A refusal by the place where MLflow keeps files and models, which says nothing against the file or the model."""


@contextmanager
def artifact_upload() -> Iterator[None]:
    """Tell what the place for artifacts refuses for good, within the block, from what it may take later.

    Raises:
        ArtifactsRefusedError: it is refused for good.
    """
    try:
        yield
    except Exception as error:
        if not is_final(error):
            raise
        raise ArtifactsRefusedError(reason(error)) from error


def is_final(error: Exception) -> bool:
    """Return whether a place for artifacts would raise the same again: no package for it, no such place, no right.

    >>> [is_final(error) for error in (ImportError("No module named 'boto3'"), PermissionError(), OSError(30, "read"))]
    [True, True, True]
    >>> [is_final(error) for error in (ConnectionError(), TimeoutError(), OSError(28, "disk full"), ValueError())]
    [False, False, False, False]
    """
    if isinstance(error, FINAL) or (isinstance(error, OSError) and error.errno == errno.EROFS):
        return True
    status = getattr(getattr(error, "response", None), "status_code", None)  # of an answer over HTTP
    return isinstance(status, int) and 400 <= status < 500 and status not in PASSING
