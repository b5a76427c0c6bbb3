"""What a place for artifacts refuses for good is told from what it may take later."""

from __future__ import annotations

import errno
from types import SimpleNamespace

import pytest

from experiments.tracking.refusals import ArtifactsRefusedError, artifact_upload


class AnswerError(OSError):
    """An answer over HTTP that is an error, as `requests` raises it."""

    def __init__(self, status: int):
        super().__init__(f"status {status}")
        self.response = SimpleNamespace(status_code=status)


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'boto3'"),
        PermissionError(errno.EACCES, "Permission denied"),
        NotADirectoryError(errno.ENOTDIR, "Not a directory"),
        OSError(errno.EROFS, "Read-only file system"),
        AnswerError(403),
    ],
)
def test_what_would_be_refused_again_is_a_refusal_with_its_reason(error: Exception) -> None:
    with pytest.raises(ArtifactsRefusedError) as refusal, artifact_upload():
        raise error
    assert str(refusal.value) == str(error)


@pytest.mark.parametrize(
    "error",
    [ConnectionError("gone"), TimeoutError("slow"), OSError(errno.ENOSPC, "full"), AnswerError(429), AnswerError(503)],
)
def test_what_may_be_taken_later_is_raised_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, artifact_upload():
        raise error
    assert raised.value is error
