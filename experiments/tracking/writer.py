"""What brings MLflow up to date with a study's folder: it knows what was told and what MLflow has, and writes the rest.

After any failure it looks again at what MLflow has, so that neither a lost answer nor a kill nor an outage can lose a
trial or show it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments.errors import StudyStateError
from experiments.search.journal_reader import JournalReader
from experiments.search.trial import FinishedTrial
from experiments.tracking.mlflow_setup import reason
from experiments.tracking.model import log_model, register_model
from experiments.tracking.outbox import EndStatus, Outbox, StudyOutcome, read_outbox
from experiments.tracking.runs import (
    CURVES,
    curves_csv,
    final_run,
    long_values,
    ranks_of,
    trial_run,
)
from experiments.tracking.store import NOTE, RefusedError, Store
from experiments.tracking.uris import masked

RESULTS = "the results of the study"


@dataclass(frozen=True)
class Item:
    """One thing to write after the trials.

    what: its name for a person.
    file: whether it is one of many that need no name.
    """

    what: str
    write: Callable[[Store], None]
    file: bool = False


class Writer:
    """One study's folder and one MLflow store.

    Args:
        folder:    of the study; read only.
        uri:       sqlite:///<path> (made if it does not exist), http(s)://..., or what else MLflow knows.
        artifacts: where the artifacts of a new experiment go; None leaves that to the server.

    Attributes:
        trouble: why the last attempt failed; empty if it did not.

    Raises:
        StudyStateError: the folder has nothing for MLflow.
    """

    def __init__(self, folder: Path, uri: str, artifacts: Path | None):
        outbox = read_outbox(folder)
        if outbox is None:
            raise StudyStateError(f"{folder} holds nothing for MLflow: no study has run here.")
        self._folder, self._uri, self._artifacts = folder, uri, artifacts
        self._card, self._begun = outbox.card, outbox.begun
        self._journal = JournalReader(folder / "journal.log")
        self._told: dict[int, FinishedTrial] = {}
        self._waiting: dict[int, FinishedTrial] = {}
        self._news: list[FinishedTrial] = []
        self._status: EndStatus | Literal["RUNNING"] = "RUNNING"
        self._end: StudyOutcome | None = None
        self._over = False
        self._items: list[Item] = []  # what follows the trials, as far as it is left
        self._written: set[str] = set()  # names of those that are not
        self._refused: dict[str, str] = {}  # what MLflow will not take, and why
        self._store: Store | None = None
        self._shown: str | None = None  # how the study stands, as far as that is shown
        self.trouble = ""

    def conclude(self) -> None:
        """All trials are told, and the outbox has the study's end: what it says is written, but for the files."""
        self._look()
        outbox = self._outbox()
        end = None if outbox is None else outbox.end
        self._end = end if end is not None and end.trials == len(self._told) else None
        self._items = self._left()

    def close(self, status: EndStatus | Literal["RUNNING"] | None = None) -> None:
        """Nothing more will come: the end is written with its files if the study came to one.

        Args:
            status: how the study stands, if it is known not to have come to its end.
        """
        self._over = True
        self.conclude()
        if status is not None:
            self._end = None
        self._items = self._left()
        self._status = status or ("KILLED" if self._end is None else "FINISHED")

    def write(self, go_on: Callable[[], bool]) -> bool:
        """Write what MLflow lacks, while it may go on; False, and the trouble, if that failed."""
        try:
            self._look()
            store = self._store = self._store or self._connect()
            self._show(store)
            while go_on() and self._write_next(store):
                pass
        except Exception as error:
            self._store, self.trouble = None, reason(error)
            return False
        return True

    @property
    def replaced(self) -> bool:
        """Whether the folder is no longer this study's: one that is begun anew there has its own outbox and journal."""
        return self._outbox() is None

    @property
    def told(self) -> int:
        """How many trials are told."""
        return len(self._told)

    @property
    def missing(self) -> str | None:
        """What MLflow does not have, in one line; None if it has everything."""
        late = [f"{len(self._waiting)} of {len(self._told)} trials"] if self._waiting else []
        late += [item.what for item in self._items if not item.file]
        if files := sum(item.file for item in self._items):
            late.append("1 file" if files == 1 else f"{files} files")
        lost = [f"{', '.join(late)} ({self.trouble or 'not written in time'})"] if late else []
        lost += [f"{name} (refused: {why})" for name, why in self._refused.items()]
        return f"MLflow at {masked(self._uri)} is missing {'; '.join(lost)}" if lost else None

    def _look(self) -> None:
        if not self.replaced:
            self._news += self._journal.new_trials()
        if self._news and not self.replaced:  # nor was it meanwhile
            for entry in self._news:
                number = entry.result.number
                self._told[number] = self._waiting[number] = entry
            self._news.clear()

    def _outbox(self) -> Outbox | None:
        outbox = read_outbox(self._folder)
        return outbox if outbox is not None and outbox.card.uid == self._card.uid else None

    def _connect(self) -> Store:
        store = Store.connect(self._uri, self._artifacts, self._card, self._begun)
        self.trouble, self._shown = "", None
        self._waiting = {
            number: entry
            for number, entry in self._told.items()
            if number not in store.trials and _title(number) not in self._refused
        }
        self._written.clear()  # a file sent twice is one file, and of all else the store knows what is there
        self._items = self._left()
        return store

    def _show(self, store: Store) -> None:
        """How the study stands comes first: there may be no time for more. That it is finished comes last."""
        if self._status not in ("FINISHED", self._shown):
            store.show(self._status, max((one.finished_at for one in self._told.values()), default=self._begun))
            self._shown = self._status

    def _write_next(self, store: Store) -> bool:
        """Write one thing that MLflow does not have; False if there is none."""
        if self._waiting:
            number, entry = next(iter(self._waiting.items()))
            run = trial_run(entry, self._card.log_scaled)
            self._noting_refusal(_title(number), lambda: store.write_trial(number, run))
            del self._waiting[number]
        elif self._items:
            item = self._items[0]
            self._noting_refusal(item.what, lambda: item.write(store))
            self._written.add(item.what)
            del self._items[0]
        else:
            return False
        return True

    def _noting_refusal(self, name: str, write: Callable[[], None]) -> None:
        """What MLflow will never take is noted and passed over, so that it cannot block what comes after it."""
        try:
            write()
        except RefusedError as error:
            self._refused[name] = str(error)

    def _left(self) -> list[Item]:
        """What follows the trials and is not written. Files come last: their place may need more rights."""
        if self._end is None:
            return []
        items = [*self._scores(self._end), *(self._files(self._end) if self._over else ())]
        return [item for item in items if item.what not in self._written and item.what not in self._refused]

    def _scores(self, end: StudyOutcome) -> Iterator[Item]:
        card, refitted = self._card, end.refitted
        ranks = ranks_of(self._told.values())
        at = int(1000 * self._begun) + end.trials  # the ranks among more trials are later, whatever the clock says
        yield Item("the ranks", lambda store: store.write_ranks(ranks, at))
        if refitted is None:
            return

        def final(store: Store) -> None:
            if store.outcome != end.digest:
                store.write_final(final_run(end, refitted, card.log_scaled), end.digest)

        yield Item("the final run", final)
        yield Item("the model", lambda store: log_model(store, self._folder / "model", end, card.log_scaled))
        if end.register_as is not None:
            name = end.register_as
            yield Item(f"the registered model {name}", lambda store: register_model(store, name, end))

    def _files(self, end: StudyOutcome) -> Iterator[Item]:
        card = self._card
        yield Item(RESULTS, lambda store: store.end(end))
        tags = {**card.tags, NOTE: card.description, **end.tags}
        texts: list[tuple[int | None, dict[str, str]]] = [(None, long_values(card.params, tags))]
        texts += [(number, long_values(one.params, {})) for number, one in self._told.items()]
        texts.append((None, {CURVES: curves_csv(self._told.values())}))
        for trial, page in texts:
            for name, text in page.items():
                title = name if trial is None else f"{_title(trial)}: {name}"
                yield Item(title, _upload(trial, name, text), file=True)
        for name in end.files:
            yield Item(name, _upload(None, name, self._folder / name), file=True)


def _upload(trial: int | None, name: str, content: Path | str) -> Callable[[Store], None]:
    def write(store: Store) -> None:
        if trial is None or trial in store.trials:  # of a trial that was refused there is nothing
            store.upload(trial, name, content)

    return write


def _title(number: int) -> str:
    return f"trial {number}"
