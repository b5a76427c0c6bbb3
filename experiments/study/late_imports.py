"""The imports of what a study needs last, made while its data is loaded and its workers start."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor


class LateImports:
    """A thread that imports the final score and the report."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._thread = ThreadPoolExecutor(1)
        self._seconds = self._thread.submit(self._import)

    @property
    def seconds(self) -> float:
        """Return the seconds that the imports took, or have taken so far."""
        return (
            self._seconds.result()
            if self._seconds.done() and not self._seconds.exception()
            else time.monotonic() - self._begun
        )

    def wait(self) -> None:
        """Wait until everything is imported; an import that fails is met again where it is needed."""
        self._thread.shutdown()

    def _import(self) -> float:
        import experiments.evaluation.last_fit
        import experiments.study.outputs  # noqa: F401

        return time.monotonic() - self._begun
