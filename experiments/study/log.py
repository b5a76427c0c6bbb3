"""log.txt: what happened in a study's folder and when, for people; nothing reads it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class StudyLog:
    """Appends lines with the time; a line that cannot be written is lost, not the study."""

    def __init__(self, path: Path):
        self._path = path

    def write(self, line: str) -> None:
        """One line."""
        try:
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(
                    f"{datetime.now().astimezone().isoformat(timespec='milliseconds')}  {' '.join(line.split())}\n"
                )
        except OSError:
            return
