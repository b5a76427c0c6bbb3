"""Every error a user can cause or meet, in one tree.

    ExperimentError            shown as one line, exit 2
    ├── SpecError              the study file or an override of it
    ├── DataError              the data, its split or its folds
    ├── StudyStateError        the study's folder: not writable, in use, or of another study
    ├── ExecutorError          the workers: Ray is missing or lost, a BLAS kernel differs, a task was given up
    ├── SearchError            the search ended without a configuration to refit
    ├── LedgerError            the test set must not be scored again, or the ledger is damaged
    └── TrackingError          MLflow's store is missing, unreachable or broken, for a command that needs it

A message gives the rule, the value, the place and a remedy, in one line.
"""

from __future__ import annotations


def first_line(error: BaseException) -> str:
    """Return the first line of a foreign error's text that says something; its type's name if there is none.

    >>> first_line(ValueError("no such row: 7" + chr(10) + "see the log")), first_line(MemoryError())
    ('no such row: 7', 'MemoryError')
    """
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


class ExperimentError(Exception):
    """A user's problem. The command prints its message and exits with 2; a notebook shows it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class SpecError(ExperimentError):
    """The study file, or an override of it, breaks a rule."""


class DataError(ExperimentError):
    """The data, its split or its folds break a rule."""


class StudyStateError(ExperimentError):
    """The study's folder cannot be used: not writable, in use, or holding another study."""


class ExecutorError(ExperimentError):
    """The workers cannot compute: Ray is missing or lost, a BLAS kernel differs, or a task was given up."""


class SearchError(ExperimentError):
    """The search ended without a configuration that could be refitted."""


class LedgerError(ExperimentError):
    """The test set must not be scored again, or the ledger is damaged."""


class TrackingError(ExperimentError):
    """MLflow's store is missing, unreachable or broken, for a command that needs it; a study does not."""
