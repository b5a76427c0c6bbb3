"""The errors of MLflow's client whose text is of little help, in words for who typed the address of the store."""

from __future__ import annotations

import re
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path

DENIED = ("UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED", "PERMISSION_DENIED")  # MLflow's codes for 401 and 403
CURES = {
    401: "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, are missing or wrong",
    403: "this user may not write there; the experiment may be another user's, and --name NAME gives a study its own",
    404: "there is no MLflow server at this address",
}
_STATUS = re.compile(r"API request to endpoint \S+ failed with error code (\d{3}) != 200\.|too many (\d{3}) error resp")
_PAGE = re.compile(r"API request to endpoint was successful but the response body was not in a valid JSON format\.")
_SCHEMA = re.compile(r".*Detected out-of-date database schema \(found version (\w+), but expected \w+\)")
MIGRATIONS = Path("store", "db_migrations", "versions")  # in the package mlflow: a file for each version of its tables


def status_of(text: str) -> int | None:
    """Return the status of the answer that an error's text is about; None if it is about none.

    >>> status_of("too many 500 error responses"), status_of("Connection refused")
    (500, None)
    """
    found = _STATUS.match(text)
    return None if found is None else int(found[1] or found[2])


def in_words(text: str) -> str:
    """Return what a server answered, or which MLflow made a database, and what may help; any other text as it is.

    >>> in_words("API request to endpoint /api/x failed with error code 404 != 200. Response body: '<html>")
    'it answers 404 Not Found: there is no MLflow server at this address'
    >>> in_words("too many 500 error responses"), in_words("Connection refused")
    ('it answers 500 Internal Server Error', 'Connection refused')
    """
    if (schema := _SCHEMA.match(text)) is not None:
        if _is_known(schema[1]):
            return "its database is of an older MLflow; keep a copy, then `mlflow db upgrade` with its address mends it"
        return "its database is of a newer MLflow than the one that is installed here: pip install -U mlflow"
    if _PAGE.match(text):
        return "it answers with a page and not as MLflow does: a login page, or another server"
    status = status_of(text)
    if status is None:
        return text
    phrase = f" {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else ""
    cure = f": {CURES[status]}" if status in CURES else ""
    return f"it answers {status}{phrase}{cure}"


def is_hopeless(error: BaseException) -> bool:
    """Return whether the same would fail again.

    A server denies this user the request, a package is missing here, or a database is of another MLflow.
    """
    denied = getattr(error, "error_code", "") in DENIED
    return denied or isinstance(error, ImportError) or _SCHEMA.match(str(error)) is not None


def _is_known(version: str) -> bool:
    """Tell whether the MLflow that is installed here knows a version of its tables; MLflow is not imported."""
    package = find_spec("mlflow")
    places = [] if package is None else package.submodule_search_locations or []
    return any(any((Path(place) / MIGRATIONS).glob(f"{version}_*.py")) for place in places)
