"""The ledger of looks: an append-only, fsynced, hash-chained file of every scoring of final models on test rows.

Each line is a JSON entry that holds the sha256 of the line before. A look is reserved before the rows are read for
scoring and completed afterwards, so no look stays unrecorded. A look at new rows, after the study's end, is
`external`. Single rows are identified by the hash of their cells in the source, so a look at the same rows in another
split or with other columns read is counted too. The same test rows are known by any of their columns, so that a file
with more or fewer columns does not make them new. Entries of version 0.1.0 have hashes of the rows as they were read,
and still match. The chain cannot protect its own end: every results.json has the hashes of the first and of the last
entry, the head, by which `stands` recognises a truncated ledger.
"""

from __future__ import annotations

import base64
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from experiments.config.documents import canonical_digest, canonical_json
from experiments.config.regular_file import read_regular
from experiments.data.identity.hashes import HASH_BYTES
from experiments.data.identity.row_hashes import RowHashes
from experiments.data.splits.holdout import Look
from experiments.errors import LedgerError
from experiments.evaluation.records.results import LedgerRecord
from experiments.search.shared_lock import HeldError, LostError, SharedLock
from nnet.durable import FileGrownError, append, cut_torn_tail, end_of_lines, make_folder

GENESIS = "0" * 64
FIELDS = {
    "reserved": {"look", "rows", "models", "study", "name", "trials", "time"},
    "completed": {"look", "scores", "time"},
}
LedgerMatch = Literal["same", "truncated", "different"]
WAIT = 30.0  # seconds; another command's append takes milliseconds
Entry = dict[str, Any]


class Ledger:
    """The ledger in one file.

    Args:
        check: raises an error if this command may no longer add entries, as it has lost its study's folder.

    Raises:
        LedgerError: an entry was edited, removed or inserted, so that the chain of hashes is broken. From any method.
    """

    def __init__(self, path: Path, check: Callable[[], object] = lambda: None):
        self.path, self._check = path, check
        self._lock = SharedLock(path.with_suffix(".lock"))
        self._size = 0  # of the file when it was read under the lock, in bytes

    def check(self, study: str, test: RowHashes, trials: range) -> None:
        """Refuse to test a study again with another number of trials.

        Args:
            trials: the numbers of trials that the study can end with.

        Raises:
            LedgerError: the study was tested with another number; more trials would select on test data already seen.
        """
        for entry in _own(self._entries(), study, test.fingerprint):
            if entry["trials"] not in trials:
                raise LedgerError(
                    f"this study was tested after {entry['trials']} trials; testing again after {trials[-1]} trials "
                    "would select on test data already seen. Use --no-test to continue the search without testing, or "
                    "--acknowledge-reuse to test again (the report will say so)."
                )

    def check_place(self) -> None:
        """Refuse a place where a look could not be recorded; nothing is written.

        Raises:
            LedgerError: a folder lies in its place, or the file is not writable, or the folder that it lies in or would
                be made in.
        """
        folder = next(place for place in self.path.parents if place.exists())
        writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        if self.path.is_dir():
            raise LedgerError(f"{self.path}: the ledger is a file, but a folder lies in its place; move it away.")
        if not writable or (self.path.exists() and not os.access(self.path, os.W_OK)):
            raise LedgerError(
                f"{self.path}: the ledger cannot be written, so the test rows must not be scored; make its folder "
                "writable, or use --no-test."
            )

    def reserve(
        self,
        look: Look,
        test: RowHashes,
        name: str,
        trials: int,
        acknowledged: bool = False,
        final_models: Mapping[str, Any] | None = None,
    ) -> None:
        """Record that a look is about to happen; the same look again is not recorded twice.

        Args:
            final_models: document that the look's `models` is the digest of, for people who read the ledger.

        Raises:
            LedgerError: the study was tested with other models on these rows, and reuse is not acknowledged.
        """
        with self._locked() as entries:
            earlier = _own(entries, look.study, look.rows, look.external)
            if any(entry["look"] == look.id for entry in earlier):
                return
            if earlier and not acknowledged and not look.external:
                raise LedgerError(
                    f"this study was tested on {earlier[-1]['time'][:10]} with other models; testing again would "
                    "select on test data already seen. Use --acknowledge-reuse to test again (the report will say so)."
                )
            entry: Entry = {
                "kind": "reserved",
                "look": look.id,
                "rows": look.rows,
                "models": look.models,
                "study": look.study,
                "name": name,
                "trials": trials,
                "time": _now(),
            }
            if any(look.joined):
                entry["joined"] = look.joined
            if look.external:
                entry["external"] = True
            if final_models is not None:
                entry["final_models"] = final_models
            if not self._known("cells", entries)[look.rows].issuperset(test.cells):
                entry["cells"] = base64.b64encode(b"".join(sorted(set(test.cells)))).decode()
            if not self._known("columns", entries)[look.rows].issuperset(test.columns):
                entry["columns"] = base64.b64encode(b"".join(test.columns)).decode()
            self._append(entry, entries)

    def complete(self, look: Look, scores: dict[str, float]) -> None:
        """Record the scores of a look that the study has reserved, once.

        Another study may have completed the same look: the same models on the same rows, perhaps by another metric.
        """
        with self._locked() as entries:
            of_look = [entry for entry in entries if entry["look"] == look.id]
            studies = [entry["study"] for entry in _reservations(of_look)]
            if look.study not in studies:
                raise LedgerError(f"{self.path}: the look was not reserved, so it cannot be completed.")
            # an entry of an earlier version does not name its study, which was the first to reserve the look
            completed = {entry.get("study", studies[0]) for entry in of_look if entry["kind"] == "completed"}
            if look.study not in completed:
                entry: Entry = {"kind": "completed", "look": look.id, "study": look.study, "scores": scores}
                self._append({**entry, "time": _now()}, entries)

    def has(self, look: Look) -> bool:
        """Return whether the look's study has reserved it."""
        own = _own(self._entries(), look.study, look.rows, look.external)
        return any(entry["look"] == look.id for entry in own)

    def tested(self, study: str, rows: str) -> str | None:
        """Return the digest of the models that a study was last tested with on exactly these rows; None of others."""
        own = _own(self._entries(), study, rows)
        return str(own[-1]["models"]) if own else None

    def times(self, look: Look) -> int:
        """Return the position of this look among the study's looks at these rows, counting from 1."""
        return [entry["look"] for entry in _own(self._entries(), look.study, look.rows)].index(look.id) + 1

    def looked(self, study: str, test: RowHashes, trials: int) -> bool:
        """Return whether the study was tested on these rows after this number of trials."""
        return any(entry["trials"] == trials for entry in _own(self._entries(), study, test.fingerprint))

    def stands(self, first: str, head: str) -> LedgerMatch:
        """Compare this ledger with one whose first entry had the hash `first` and whose last had the hash `head`."""
        hashes = [canonical_digest(entry) for entry in self._entries()]
        if head in hashes:
            return "same"
        return "truncated" if hashes[:1] == [first] else "different"

    def read(self, study: str, test: RowHashes) -> LedgerRecord:
        """Sum up the entries on these rows; nothing is locked, created or repaired."""
        entries = self._entries()
        cells, as_read = self._known("cells", entries), self._known("hashes", entries)

        columns = self._known("columns", entries)
        ours = columns[test.fingerprint].union(test.columns)
        known = tuple(sorted(cells[test.fingerprint]))  # where the file of the study's own hashes is not there
        pairs = list(zip(test.cells, test.read, strict=True) if test.cells else zip(known, known, strict=True))

        def overlap(rows: str) -> float:
            if ours & columns[rows]:  # the same rows, in a file with other columns
                return 1.0
            return sum(cell in cells[rows] or row in as_read[rows] for cell, row in pairs) / max(1, len(pairs))

        shares = {rows: overlap(rows) for rows in list(cells)}
        shares |= {test.fingerprint: 1.0} if test.fingerprint in shares else {}  # whatever cells they were read from
        reservations = _reservations(entries)
        own = [entry for entry in reservations if (entry["study"], entry["rows"]) == (study, test.fingerprint)]
        # the study's own looks at other new rows, which may hold some of these, count for a later look at new rows; its
        # test was before them, and a test again is known to be one
        since = reservations.index(own[-1]) if own and own[-1].get("external") else 0
        reservations = [
            entry
            for at, entry in enumerate(reservations)
            if at < since or entry["study"] != study or entry in own or not entry.get("external")
        ]
        others = [shares[entry["rows"]] for entry in reservations if entry["study"] != study]
        return LedgerRecord(
            file=str(self.path),
            looks=len({_final(entry) for entry in reservations if shares[entry["rows"]] > 0}),
            own=len({entry["look"] for entry in own}),
            largest_overlap=max(others, default=0.0),
            head=_head(entries),
            first=_head(entries[:1]),
            rows_known=bool(pairs),
        )

    def _known(self, key: str, entries: list[Entry]) -> defaultdict[str, set[bytes]]:
        """Collect hashes of one kind: fingerprint of test rows -> all hashes that its entries have, if any."""
        known: defaultdict[str, set[bytes]] = defaultdict(set)
        for entry in _reservations(entries):
            try:
                raw = base64.b64decode(entry.get(key, ""), validate=True)
            except (ValueError, TypeError):
                raise LedgerError(f"{self.path}: the entry of look {entry['look']} has no readable {key}.") from None
            known[entry["rows"]] |= {raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)}
        return known

    @contextmanager
    def _locked(self) -> Iterator[list[Entry]]:
        """Hold the ledger's lock and give its entries; a torn last line is cut off first, with a copy kept."""
        try:
            make_folder(self.path.parent)
            self._lock.acquire(WAIT)
            try:
                cut_torn_tail(self.path, self.path.with_suffix(".torn"))
                content = self._content()
                self._size = len(content)
                yield self._parsed(content)
            finally:
                self._lock.release()
        except HeldError as error:
            raise LedgerError(f"{self.path}: {error} has held the ledger for {WAIT:.0f} seconds.") from None
        except OSError as error:
            raise LedgerError(f"{self.path}: the ledger cannot be read or written: {error.strerror}.") from None

    def _content(self) -> bytes:
        try:
            return read_regular(self.path)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise LedgerError(f"{self.path}: the ledger cannot be read: {error.strerror}.") from None

    def _entries(self) -> list[Entry]:
        """Return the entries of all whole lines, each checked against the line before."""
        return self._parsed(self._content())

    def _parsed(self, raw: bytes) -> list[Entry]:
        entries: list[Entry] = []
        for number, line in enumerate(raw[: end_of_lines(raw)].splitlines(), start=1):
            try:
                entry: Entry = json.loads(line)
                intact = entry["previous"] == _head(entries) and canonical_json(entry).encode() == line
                intact = intact and entry.keys() >= FIELDS[entry["kind"]]
            except (ValueError, TypeError, KeyError, RecursionError):
                intact = False
            if not intact:
                raise LedgerError(
                    f"{self.path}: line {number} does not follow from the line before: a line was edited, inserted or "
                    "removed. Restore the file from a copy."
                )
            entries.append(entry)
        return entries

    def _append(self, entry: Entry, entries: list[Entry]) -> None:
        """Append an entry to those that the file has; they were checked when the lock was taken."""
        line = canonical_json({**entry, "previous": _head(entries)})
        self._check()
        try:
            self._lock.check()
            append(self.path, line.encode() + b"\n", self._size)
        except (LostError, FileGrownError):
            raise LedgerError(
                f"{self.path}: another command wrote to the ledger at the same time; nothing was written. The same "
                "command again goes on."
            ) from None


def _reservations(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry["kind"] == "reserved"]


def _final(entry: Entry) -> tuple[str, ...]:
    """Return what tells the final models of a reservation from others: two studies may join the same ones or not."""
    return entry["look"], *map(str, entry.get("joined", ()))


def _own(entries: list[Entry], study: str, rows: str, external: bool = False) -> list[Entry]:
    """Return the study's reservations at exactly these rows, in order: those of its tests, or the external ones."""
    own = [entry for entry in _reservations(entries) if (entry["study"], entry["rows"]) == (study, rows)]
    return [entry for entry in own if bool(entry.get("external")) == external]


def _head(entries: list[Entry]) -> str:
    return canonical_digest(entries[-1]) if entries else GENESIS


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
