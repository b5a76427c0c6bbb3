"""The ledger of looks: an append-only, fsynced, hash-chained file of every time test rows were scored.

Each line is a JSON entry that holds the sha256 of the line before. A look is reserved before the rows are read for
scoring and completed after, so that a look cannot be taken unseen. Single rows are known by the hash of their cells in
the source, so that a look at the same rows in another split or with other columns is counted too. Entries of version
0.1.0 have hashes of the rows as they were read, and still match. The chain cannot protect its own end: the hashes of
the first and of the last entry, the head, are in every results.json, by which `stands` knows a ledger that was cut.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from experiments.config.documents import canonical_digest, canonical_json
from experiments.data.hashes import HASH_BYTES
from experiments.data.holdout import Look
from experiments.data.row_hashes import RowHashes
from experiments.errors import LedgerError

GENESIS = "0" * 64
FIELDS = {
    "reserved": {"look", "rows", "models", "study", "name", "trials", "time"},
    "completed": {"look", "scores", "time"},
}
LedgerMatch = Literal["same", "truncated", "different"]
WAIT = 30.0  # seconds for another command's append, which takes milliseconds


@dataclass(frozen=True)
class Past:
    """What the ledger knows of some test rows.

    looks:           distinct looks at rows that overlap them.
    largest_overlap: largest share of them, 0 to 1, that one look of another study saw.
    own:             number of the asking study's distinct looks at exactly these rows.
    head:            hash of the last entry.
    first:           hash of the first, by which the ledger is known again.
    """

    looks: int
    largest_overlap: float
    own: int
    head: str
    first: str = GENESIS


class Ledger:
    """The ledger in one file.

    Raises:
        LedgerError: an entry was edited, removed or put in: the chain of hashes is broken. From any method.
    """

    def __init__(self, path: Path):
        self.path = path

    def check(self, study: str, test: RowHashes, trials: range) -> None:
        """Refuse a study that had its look with another number of trials than it can come to.

        Raises:
            LedgerError: it did; more trials after the look would choose a model by a test set already seen.
        """
        if not self.path.exists():
            return
        with self._locked():
            for entry in self._reservations(self._entries()):
                if entry["study"] == study and entry["rows"] == test.fingerprint and entry["trials"] not in trials:
                    raise LedgerError(
                        f"this study had its look at the test set after {entry['trials']} trials; a second look after "
                        f"{trials[-1]} would choose by a test set already seen. --acknowledge-reuse does it all the "
                        "same and the report says so; --no-test goes on searching without a look."
                    )

    def reserve(
        self,
        look: Look,
        test: RowHashes,
        name: str,
        trials: int,
        acknowledged: bool = False,
        final_models: Mapping[str, Any] | None = None,
    ) -> Look:
        """Write down that a look is about to be taken. The same look again is no new one.

        Args:
            final_models: document that the look's `models` is the digest of, for people who read the ledger.

        Raises:
            LedgerError: the study had another look at these rows, and reuse is not acknowledged.
        """
        with self._locked():
            entries = self._entries()
            reservations = self._reservations(entries)
            known = [entry for entry in reservations if entry["look"] == look.id]
            if any(entry["study"] == look.study for entry in known):
                return look
            earlier = [one for one in reservations if one["study"] == look.study and one["rows"] == look.rows]
            if earlier and not acknowledged:
                raise LedgerError(
                    f"this study had its look at the test set on {earlier[-1]['time'][:10]}, at other models; a second "
                    "look needs --acknowledge-reuse, and the report says so."
                )
            entry: dict[str, Any] = {
                "kind": "reserved",
                "look": look.id,
                "rows": look.rows,
                "models": look.models,
                "study": look.study,
                "name": name,
                "trials": trials,
                "time": _now(),
            }
            if final_models is not None:
                entry["final_models"] = final_models
            if not self._known("cells", reservations).get(look.rows, frozenset()).issuperset(test.cells):
                entry["cells"] = base64.b64encode(b"".join(sorted(set(test.cells)))).decode()
            self._append(entry, entries)
        return look

    def complete(self, look: Look, scores: dict[str, float]) -> None:
        """Write down what a reserved look saw; once."""
        with self._locked():
            entries = self._entries()
            if not any(entry["look"] == look.id for entry in self._reservations(entries)):
                raise LedgerError(f"{self.path}: the look was not reserved, so it cannot be completed.")
            if not any(entry["kind"] == "completed" and entry["look"] == look.id for entry in entries):
                self._append({"kind": "completed", "look": look.id, "scores": scores, "time": _now()}, entries)

    def has(self, look: Look) -> bool:
        """Whether a study has reserved this look."""
        with self._locked():
            reservations = self._reservations(self._entries())
        return any(entry["look"] == look.id and entry["study"] == look.study for entry in reservations)

    def times(self, look: Look) -> int:
        """The how manieth look of its study at these rows it is, from 1; those taken after it change nothing."""
        with self._locked():
            reservations = self._reservations(self._entries())
        ours = [entry["look"] for entry in reservations if (entry["study"], entry["rows"]) == (look.study, look.rows)]
        return ours.index(look.id) + 1

    def looked(self, study: str, test: RowHashes, trials: int) -> bool:
        """Whether the study had a look at these rows after so many trials."""
        return any(
            (entry["study"], entry["rows"], entry["trials"]) == (study, test.fingerprint, trials)
            for entry in self._reservations(self._glanced())
        )

    def stands(self, first: str, head: str) -> LedgerMatch:
        """How this ledger stands to one that began with an entry of hash `first` and had the head `head` once."""
        hashes = [canonical_digest(entry) for entry in self._glanced()]
        if head in hashes:
            return "same"
        return "truncated" if hashes[:1] == [first] else "different"

    def past(self, study: str, test: RowHashes) -> Past:
        """What is known of these rows by now."""
        with self._locked():
            entries = self._entries()
        return self._past(entries, study, test)

    def glance(self, study: str, test: RowHashes) -> Past:
        """The same from the whole lines that are there now: nothing is locked, made or repaired."""
        return self._past(self._glanced(), study, test)

    def _glanced(self) -> list[dict[str, Any]]:
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            raw = b""
        except OSError as error:
            raise LedgerError(f"{self.path}: the ledger cannot be read: {error.strerror}.") from None
        return self._chain(raw[: raw.rfind(b"\n") + 1])

    def _past(self, entries: list[dict[str, Any]], study: str, test: RowHashes) -> Past:
        reservations = self._reservations(entries)
        cells, read = self._known("cells", reservations), self._known("hashes", reservations)

        def overlap(rows: str) -> float:
            seen, seen_as_read = cells.get(rows, frozenset()), read.get(rows, frozenset())
            pairs = zip(test.cells, test.read, strict=True)
            return sum(cell in seen or one in seen_as_read for cell, one in pairs) / max(1, len(test.cells))

        shares = {rows: overlap(rows) for rows in {entry["rows"] for entry in reservations}}
        shares |= {test.fingerprint: 1.0} if test.fingerprint in shares else {}  # whatever cells they were read from
        return Past(
            looks=len({entry["look"] for entry in reservations if shares[entry["rows"]] > 0}),
            largest_overlap=max((shares[one["rows"]] for one in reservations if one["study"] != study), default=0.0),
            own=len({one["look"] for one in reservations if (one["study"], one["rows"]) == (study, test.fingerprint)}),
            head=_head(entries),
            first=_head(entries[:1]),
        )

    def _known(self, key: str, reservations: list[dict[str, Any]]) -> dict[str, frozenset[bytes]]:
        """Collect the hashes of that kind: fingerprint of test rows -> all that its entries have."""
        known: dict[str, frozenset[bytes]] = {}
        for entry in reservations:
            if key in entry:
                try:
                    raw = base64.b64decode(entry[key], validate=True)
                except (ValueError, TypeError):
                    raise LedgerError(
                        f"{self.path}: the entry of look {entry['look']} has no readable {key}."
                    ) from None
                hashes = frozenset(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES))
                known[entry["rows"]] = known.get(entry["rows"], frozenset()) | hashes
        return known

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_suffix(".lock"), timeout=WAIT):
                yield
        except Timeout:
            raise LedgerError(f"{self.path}: another command has held the ledger for {WAIT:.0f} seconds.") from None
        except OSError as error:
            raise LedgerError(f"{self.path}: the ledger cannot be read or written: {error.strerror}.") from None

    def _entries(self) -> list[dict[str, Any]]:
        """All entries, the chain checked; a torn last line, from a kill in an append, is cut off with a copy kept."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return []
        if not raw.endswith(b"\n") and raw:
            shutil.copyfile(self.path, self.path.with_suffix(".torn"))
            raw = raw[: raw.rfind(b"\n") + 1]
            with self.path.open("r+b") as file:
                file.truncate(len(raw))
        return self._chain(raw)

    def _chain(self, raw: bytes) -> list[dict[str, Any]]:
        """The entries of whole lines, each checked against the one before."""
        entries: list[dict[str, Any]] = []
        for number, line in enumerate(raw.splitlines(), start=1):
            try:
                entry = json.loads(line)
                intact = entry["previous"] == _head(entries) and canonical_json(entry).encode() == line
                intact = intact and entry.keys() >= FIELDS[entry["kind"]]
            except (ValueError, TypeError, KeyError, RecursionError):
                intact = False
            if not intact:
                raise LedgerError(f"{self.path}: line {number} does not follow from the line before; it was changed.")
            entries.append(entry)
        return entries

    def _append(self, entry: dict[str, Any], entries: list[dict[str, Any]]) -> None:
        line = canonical_json({**entry, "previous": _head(entries)})
        with self.path.open("ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def _reservations(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [entry for entry in entries if entry["kind"] == "reserved"]


def _head(entries: list[dict[str, Any]]) -> str:
    return canonical_digest(entries[-1]) if entries else GENESIS


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
