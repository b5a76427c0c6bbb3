"""A local store whose folder was moved or copied: its database holds the absolute places of its artifacts.

MLflow keeps the place of each experiment, run, model and version as a whole address. So a copy of a working folder
would write into the original's artifacts, and a moved one into a folder that is gone. Where the artifacts came along,
the addresses in the database are rewritten; where they did not, nothing is written to a place of another store.

Only the artifacts of studies are looked at: their folders lie in one called `artifacts`, named by `folder_name`.
SQLite is asked, not MLflow, whose import takes a second.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from experiments.tracking.uris import artifacts_of

FOLDER = "artifacts"
OF_A_STUDY = re.compile(r"(?:[A-Za-z0-9_-]*-)?[0-9a-f]{8}")  # as `runs.folder_name` makes them
# what holds the place of an experiment, or one inside it
COLUMNS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "storage_location"),
    ("model_versions", "source"),
)
BUSY = 10.0  # seconds to wait for another process's write


@dataclass(frozen=True)
class Placed:
    """An experiment whose artifacts lie outside the store's own folder for them.

    location: as the database has it.
    place:    that location as a folder.
    here:     the folder of the same name in the store's own.
    parts:    names of the folders that its runs and models have inside, if they have artifacts.
    runs:     ids of its runs.
    sent:     whether a study has sent files or a model to it.
    """

    name: str
    location: str
    place: Path
    here: Path
    parts: Sequence[str]
    runs: Sequence[str]
    sent: bool

    @property
    def came_along(self) -> bool:
        """Return whether the artifacts are here: one of its own is, or a folder was made for them, or it has none."""
        if self.here.is_dir():
            return any((self.here / part).exists() for part in self.parts) or not any(self.here.iterdir())
        return not self.sent and not any((self.place / part).exists() for part in self.parts)

    def is_of_a_copy(self, database: Path) -> bool:
        """Tell whether the database beside these artifacts has the same runs, so that this one is a copy of it."""
        original = self.place.parent.parent / database.name
        if not original.is_file():
            return False
        try:
            with closing(_opened(original, "ro")) as connection:
                known = {run for (run,) in connection.execute("SELECT run_uuid FROM runs")}
        except sqlite3.Error:  # no database of MLflow's
            return False
        return bool(known.intersection(self.runs))


def follow_artifacts(database: Path) -> list[str]:
    """Rewrite the places of artifacts that came along with a moved or copied store, all of them or none.

    Returns:
        one line about what was rewritten; nothing if nothing was.

    Raises:
        sqlite3.Error: the database cannot be read or written.
    """
    moved = [found for found in _outside(database) if found.came_along]
    if not moved:
        return []
    with closing(_opened(database, "rw")) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        for table, column in COLUMNS:
            if column not in {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}:
                continue
            for one in moved:
                news = f"{column} = ? || substr({column}, ?)"
                inside = f"{column} = ? OR instr({column}, ?) = 1"
                connection.execute(
                    f"UPDATE {table} SET {news} WHERE {inside}",  # noqa: S608  the names are those above
                    (one.here.as_uri(), len(one.location) + 1, one.location, f"{one.location}/"),
                )
    first, *more = moved
    others = f" and of {len(more)} more" if more else ""
    own = artifacts_of(database)
    return [f"{database}: was moved or copied; MLflow's artifacts of {first.name}{others} are now those in {own}"]


def refusal_or_note(experiment: str, database: Path) -> tuple[str, str]:
    """Return why no files may be written to an experiment's place, and a note about the place; both may be empty.

    Args:
        experiment: its id.

    Raises:
        sqlite3.Error: the database cannot be read.
    """
    for found in _outside(database, experiment):
        cure = f"copy that folder to {found.here}, or make an empty one there"
        if found.is_of_a_copy(database):
            return f"its artifacts lie in {found.place}, of the store that this one is a copy of; {cure}", ""
        if not found.place.is_dir() and found.sent:
            return f"its artifacts lie in {found.place}, which is not there; {cure}", ""
        if not found.place.is_relative_to(Path.cwd()):
            line = f"MLflow's artifacts of {found.name} go to {found.place}, where its experiment began"
            return "", f"{line}; moved to {found.here}, they are found there"
    return "", ""


def _outside(database: Path, experiment: str | None = None) -> list[Placed]:
    """Return the experiments of studies with artifacts outside the store's own folder; of all, or the one."""
    artifacts = artifacts_of(database)
    own = artifacts.resolve()
    with closing(_opened(database, "ro")) as connection:
        query = "SELECT experiment_id, name, artifact_location FROM experiments ORDER BY experiment_id"
        found = []
        for identity, name, location in connection.execute(query).fetchall():
            place = _folder(location or "")
            if place is None or place.parent.name != FOLDER or not OF_A_STUDY.fullmatch(place.name):
                continue
            if place.parent.resolve() == own or experiment not in (None, str(identity)):
                continue
            runs = [run for (run,) in connection.execute(RUNS, (identity,))]
            models = [model for (model,) in connection.execute(MODELS, (identity,))]
            (sent,) = connection.execute(SENT, (identity,)).fetchone()
            parts = (*runs, *(f"models/{model}" for model in models))
            here = artifacts / place.name
            found.append(Placed(str(name), location, place, here, parts, runs, bool(sent or models)))
    return found


RUNS = "SELECT run_uuid FROM runs WHERE experiment_id = ?"
MODELS = "SELECT model_id FROM logged_models WHERE experiment_id = ?"
# a study writes its digest before its files
SENT = "SELECT count(*) FROM tags JOIN runs USING (run_uuid) WHERE key = 'digest' AND experiment_id = ?"


def _folder(location: str) -> Path | None:
    """Return the folder of a location on this machine; None for any other.

    >>> [str(_folder(text)) for text in ("file:///a/b%20c", "/a/b", "s3://a/b", "mlflow-artifacts:/1", "a/b")]
    ['/a/b c', '/a/b', 'None', 'None', 'None']
    """
    if location.startswith("/"):
        return Path(location)
    parts = urlsplit(location)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" and parts.netloc in ("", "localhost") else None


def _opened(database: Path, mode: str) -> sqlite3.Connection:
    uri = f"{database.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY, isolation_level=None)
