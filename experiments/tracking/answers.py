"""The errors of MLflow's client that are answers of a server, in words for who typed its address."""

from __future__ import annotations

import re
from http import HTTPStatus

DENIED = ("UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED", "PERMISSION_DENIED")  # MLflow's codes for 401 and 403
CURES = {
    401: "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, are missing or wrong",
    403: "this user may not write there; the experiment may be another user's, and --name NAME gives a study its own",
    404: "there is no MLflow server at this address",
}
_STATUS = re.compile(r"API request to endpoint \S+ failed with error code (\d{3}) != 200\.|too many (\d{3}) error resp")
_PAGE = re.compile(r"API request to endpoint was successful but the response body was not in a valid JSON format\.")


def status_of(text: str) -> int | None:
    """Return the status of the answer that an error's text is about; None if it is about none.

    >>> status_of("too many 500 error responses"), status_of("Connection refused")
    (500, None)
    """
    found = _STATUS.match(text)
    return None if found is None else int(found[1] or found[2])


def in_words(text: str) -> str:
    """Return what a server answered, and what may help; any other text as it is.

    >>> in_words("API request to endpoint /api/x failed with error code 404 != 200. Response body: '<html>")
    'it answers 404 Not Found: there is no MLflow server at this address'
    >>> in_words("too many 500 error responses"), in_words("Connection refused")
    ('it answers 500 Internal Server Error', 'Connection refused')
    """
    if _PAGE.match(text):
        return "it answers with a page and not as MLflow does: a login page, or another server"
    status = status_of(text)
    if status is None:
        return text
    phrase = f" {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else ""
    cure = f": {CURES[status]}" if status in CURES else ""
    return f"it answers {status}{phrase}{cure}"


def is_denied(error: BaseException) -> bool:
    """Return whether a server wants another user or password, or denies this user the request."""
    return getattr(error, "error_code", "") in DENIED
