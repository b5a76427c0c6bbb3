"""What a server answers to MLflow's client is said in words, with what may help."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.tracking.answers import is_hopeless, status_of
from experiments.tracking.mlflow_setup import innermost, prepare_mlflow, reason
from support.answering import answering

pytestmark = pytest.mark.slow
PAGE = "<html>\n<title>Sign in</title></html>"
VARIABLES = "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, are missing or wrong"


@pytest.mark.parametrize(
    ("status", "body", "said", "hopeless"),
    [
        (401, "You are not authenticated.", f"it answers 401 Unauthorized: {VARIABLES}", True),
        (401, '{"error_code": "UNAUTHENTICATED", "message": "who?"}', "UNAUTHENTICATED: who?", True),
        (403, "Permission denied", "it answers 403 Forbidden: this user may not write there; ", True),
        (404, PAGE, "it answers 404 Not Found: there is no MLflow server at this address", False),
        (413, PAGE, "it answers 413 ", False),
        (429, "", "it answers 429 Too Many Requests", False),
        (500, PAGE, "it answers 500 Internal Server Error", False),
        (200, PAGE, "it answers with a page and not as MLflow does: a login page, or another server", False),
    ],
)
def test_an_answer_to_the_client_is_said_in_words(
    environment: None, status: int, body: str, said: str, hopeless: bool
) -> None:
    from mlflow.exceptions import MlflowException

    with answering(status, body) as (uri, _), pytest.raises(MlflowException) as caught:
        prepare_mlflow(os.environ).MlflowClient(uri).get_experiment_by_name("x")
    assert reason(caught.value).startswith(said)
    assert "<" not in reason(caught.value)
    assert is_hopeless(caught.value) == hopeless


def test_the_status_of_an_answer_to_a_file_is_known(environment: None, tmp_path: Path) -> None:
    from mlflow.exceptions import MlflowException
    from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository

    (tmp_path / "a").write_text("x")
    with answering(500, PAGE) as (uri, _), pytest.raises(MlflowException) as caught:
        HttpArtifactRepository(f"{uri}/api/2.0/mlflow-artifacts/artifacts").log_artifact(str(tmp_path / "a"))
    assert status_of(innermost(caught.value)) == 500
