"""The writer that brings MLflow up to date with a study's folder: it writes what the folder has and MLflow lacks.

After any failure it asks MLflow again what it has, so that neither a lost answer nor a kill nor an outage can lose a
trial or show it twice.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments.config.regular_file import read_regular
from experiments.errors import StudyStateError
from experiments.search.journal_reader import JournalReader
from experiments.search.trial import FinishedTrial
from experiments.tracking.answers import is_hopeless, status_of
from experiments.tracking.comparable import METRIC, comparable_metadata, comparable_outcome
from experiments.tracking.experiment import NOTE
from experiments.tracking.mlflow_setup import innermost, reason
from experiments.tracking.model import log_model, register_model
from experiments.tracking.outbox import EndStatus, Outbox, StudyOutcome, read_outbox
from experiments.tracking.refusals import ArtifactsRefusedError, RefusedError
from experiments.tracking.runs import CURVES, curves_csv, final_run, long_values, ranks_of, trial_run
from experiments.tracking.store import Store
from experiments.tracking.uris import masked

RANKS, RESULTS, MODEL, RESULTS_FILE = "the ranks", "the results of the study", "the model", "results.json"
SERVER_ERROR, MOST_ERRORS = 500, 5  # answers of a server to files, until its place for them counts as broken


@dataclass(frozen=True)
class Item:
    """One thing to write.

    name: its name for a person, different for every item.
    kind: trials and files are many, and counted instead of named.
    """

    name: str
    write: Callable[[Store], None]
    kind: Literal["trial", "file", ""] = ""


class Writer:
    """The writer of one study's folder to one MLflow store.

    Args:
        folder:    of the study; read only.
        uri:       sqlite:///<path> (made if it does not exist), http(s)://..., or what else MLflow knows.
        check:     raises an error if another machine has become the writer.

    Attributes:
        trouble:    why the last attempt failed; empty once what it failed at is written.
        hopeless:   True if the next attempt would fail in the same way.
        registered: address of the model in MLflow's registry; empty if it was not registered.
        notes:      lines for the user about what was found in the store.

    Raises:
        StudyStateError: the folder has nothing for MLflow.
    """

    def __init__(self, folder: Path, uri: str, check: Callable[[], object] = lambda: None):
        outbox = read_outbox(folder)
        if outbox is None:
            raise StudyStateError(f"{folder} holds nothing for MLflow: no study has run here.")
        self._folder, self._uri, self._check = folder, uri, check
        self._journal = JournalReader(folder / "journal.log")
        self._metadata, self._begun = comparable_metadata(outbox.metadata, self._journal.space()), outbox.begun
        self._metric = self._metadata.params.get(METRIC, "")
        self._recorded = outbox.outcome  # of these trials or of fewer
        self._news: list[FinishedTrial] = []
        self._trials: dict[int, FinishedTrial] = {}
        self._status: EndStatus | Literal["RUNNING"] = "RUNNING"
        self._outcome: StudyOutcome | None = None
        self._published = False  # True once the study's files are there
        self._items: deque[Item] = deque()  # what is left to write, trials first
        self._written: set[str] = set()  # names of items that MLflow has
        self._refused: dict[str, tuple[Item, RefusedError]] = {}  # by name: items that MLflow will not take, and why
        self._took_file = False  # True once the place for artifacts has taken a file
        self._errors = 0  # answers that the server failed at a file, since it took one
        self._store: Store | None = None
        self._parent = ""  # the study's run, in which all but the trials was written
        self._failed = ""  # name of the item at which the last attempt failed; empty if the store did not answer
        self._shown: str | None = None  # the status that MLflow shows
        self.trouble = self.registered = ""
        self.hopeless = False
        self.notes: list[str] = []

    def conclude(self) -> None:
        """Take up the study's end from the outbox, after the last trial; its files are not there yet."""
        self._read_journal()
        outbox = self._outbox()
        self._recorded = outcome = None if outbox is None else outbox.outcome
        if outcome is not None and outcome.trials == len(self._trials):
            self._outcome = comparable_outcome(outcome, self._metric, self._trials)
        else:
            self._outcome = None
        self._items = self._left()

    def close(self, status: EndStatus | Literal["RUNNING"] | None = None) -> None:
        """Take up the study's end with its files, if the study came to its end; nothing more will come.

        Args:
            status: the study's status, if it is known not to have come to its end.
        """
        self.conclude()
        if status is not None:
            self._outcome = None
        self._published = self._outcome is not None and self._has_results(self._outcome)
        self._items = self._left()
        self._status = status or ("FINISHED" if self._published else "KILLED")

    def write(self, go_on: Callable[[], bool]) -> bool:
        """Write what MLflow lacks, as long as `go_on` allows; return False, and keep the trouble, if that failed."""
        at = ""
        try:
            self._read_journal()
            store = self._store = self._store or self._connect()
            self._show(store)
            while self._items and go_on():
                at = self._items[0].name
                self._check()
                self._write_item(store, self._items[0])
                self._items.popleft()
                self._forget_trouble()
        except Exception as error:
            self._note()
            self._store, self.trouble, self._failed = None, reason(error), at
            self.hopeless = is_hopeless(error)
            return False
        self._note()
        return True

    def _forget_trouble(self) -> None:
        """Forget why the last attempt failed, once nothing is left of what it failed at."""
        if self.trouble and all(item.name != self._failed for item in self._items):
            self.trouble = ""

    def _note(self) -> None:
        """Take up what the store has to say, each line once."""
        lines = [] if self._store is None else [*self._store.notes]
        if (newer := self._newer()) and (self._outcome is not None or self._status in ("KILLED", "FAILED")):
            stays = "its scores, files and model of this study stay as they are, sent from another copy of this folder"
            lines.append(f"MLflow at {masked(self._uri)} has {newer}: {stays}")
        self.notes += [line for line in lines if line not in self.notes]

    def _newer(self) -> str:
        """Say what MLflow has that this older copy of the study's folder lacks; nothing if this one is no such copy."""
        return "" if self._store is None else self._store.newer(self._trials, self._recorded)

    @property
    def replaced(self) -> bool:
        """Return whether another study has begun in the folder: it has an outbox and a journal of its own."""
        return self._outbox() is None

    @property
    def trials(self) -> int:
        """Return the number of finished trials."""
        return len(self._trials)

    @property
    def digest(self) -> str:
        """Return the digest of the results, once the study has come to its end with all its files; else nothing.

        There is none where MLflow keeps the results of a newer copy of the folder.
        """
        return self._outcome.digest if self._outcome is not None and self._published and not self._newer() else ""

    @property
    def left(self) -> str:
        """Return what is left to write, in words."""
        return self._listed(self._items)

    @property
    def missing(self) -> str | None:
        """Return what MLflow does not have, in one line; None if it has everything."""
        lost = [f"{self._listed(self._items)} ({self.trouble or 'not written in time'})"] if self._items else []
        if (place := self._place_refusal) is not None:
            without = [item for item, refusal in self._refused.values() if isinstance(refusal, ArtifactsRefusedError)]
            lost.append(f"{self._listed(without)} (refused: {place})")
        by_reason: dict[str, list[str]] = {}
        for name, (_, refusal) in self._refused.items():
            if not isinstance(refusal, ArtifactsRefusedError):
                by_reason.setdefault(str(refusal), []).append(name)
        lost += [f"{', '.join(names)} (refused: {why})" for why, names in by_reason.items()]
        return f"MLflow at {masked(self._uri)} is missing {'; '.join(lost)}" if lost else None

    @property
    def _place_refusal(self) -> ArtifactsRefusedError | None:
        """Return the first refusal by the place for artifacts."""
        refusals = (refusal for _, refusal in self._refused.values())
        return next((one for one in refusals if isinstance(one, ArtifactsRefusedError)), None)

    def _listed(self, items: Collection[Item]) -> str:
        trials, files = (sum(item.kind == kind for item in items) for kind in ("trial", "file"))
        names = [f"{trials} of {self.trials} trials"] if trials else []
        names += [item.name for item in items if not item.kind]
        if files:
            names.append("1 file" if files == 1 else f"{files} files")
        return ", ".join(names)

    def _read_journal(self) -> None:
        if not self.replaced:
            self._news += self._journal.new_trials()
        if self._news and not self.replaced:  # nor was it meanwhile
            self._trials |= {entry.result.number: entry for entry in self._news}
            self._news.clear()
            self._items = self._left()

    def _has_results(self, outcome: StudyOutcome) -> bool:
        """Tell whether the results of a study that is to have them are there; they are the last of its files."""
        if RESULTS_FILE not in outcome.files:
            return True
        try:
            document = json.loads(read_regular(self._folder / RESULTS_FILE))
        except (OSError, ValueError):
            return False
        return isinstance(document, dict) and document.get("digest") == outcome.digest

    def _outbox(self) -> Outbox | None:
        outbox = read_outbox(self._folder)
        return outbox if outbox is not None and outbox.metadata.uid == self._metadata.uid else None

    def _connect(self) -> Store:
        store = self._store = Store.connect(self._uri, self._metadata, self._begun)
        self._shown = None
        there, trials = set(map(_title, store.trials)), self._written & set(map(_title, self._trials))
        # what else was written is still there, unless the run that has it is gone, or a trial that is among the ranks
        rest = self._written - trials if store.parent == self._parent and trials <= there else set()
        self._written, self._parent = there | rest, store.parent
        self._items = self._left()
        self._forget_trouble()
        return store

    def _show(self, store: Store) -> None:
        """Show the study's status before anything else: there may be no time for more. FINISHED comes last."""
        if self._status not in ("FINISHED", self._shown) and not self._newer():
            store.show(self._status, max((entry.finished_at for entry in self._trials.values()), default=self._begun))
            self._shown = self._status

    def _write_item(self, store: Store, item: Item) -> None:
        """Write an item; one that MLflow will never take is noted, so that it cannot block what comes after it.

        A server whose own place for artifacts is broken says no more than 500, each time.
        """
        try:
            item.write(store)
            self._written.add(item.name)
            if item.kind == "file":
                self._took_file, self._errors = True, 0
        except RefusedError as error:
            self._refused[item.name] = item, error
        except Exception as error:
            if item.kind != "file" or status_of(innermost(error)) != SERVER_ERROR:
                raise
            self._errors += 1
            if self._errors < MOST_ERRORS:
                raise
            self._refused[item.name] = item, ArtifactsRefusedError(f"{reason(error)}; its log says why")

    def _left(self) -> deque[Item]:
        """Return what is not written. Files and the model come last: their place may need more rights."""
        items = [self._trial(number, entry) for number, entry in self._trials.items()]
        if self._outcome is not None and not self._newer():
            items += self._scores(self._outcome)
            if self._published:
                items += [self._results(self._outcome), *self._files(self._outcome), *self._model(self._outcome)]
        return deque(item for item in items if item.name not in self._written and item.name not in self._refused)

    def _trial(self, number: int, entry: FinishedTrial) -> Item:
        def write(store: Store) -> None:
            store.write_trial(number, trial_run(entry, self._metadata.log_scaled, self._metric))

        return Item(_title(number), write, "trial")

    def _scores(self, outcome: StudyOutcome) -> Iterator[Item]:
        metadata, refitted = self._metadata, outcome.refitted
        ranks = ranks_of(self._trials.values())
        at = int(1000 * self._begun) + outcome.trials  # the ranks among more trials are later, whatever the clock says
        yield Item(RANKS, lambda store: store.write_ranks(ranks, at))
        if refitted is None:
            return

        final = final_run(outcome, refitted, metadata.log_scaled)
        yield Item("the final run", lambda store: store.write_final(final, outcome.digest))

    def _results(self, outcome: StudyOutcome) -> Item:
        return Item(RESULTS, lambda store: store.end(outcome))

    def _files(self, outcome: StudyOutcome) -> Iterator[Item]:
        metadata = self._metadata
        tags = {**metadata.tags, NOTE: metadata.description, **outcome.tags}
        texts = long_values(metadata.params, tags) | {CURVES: curves_csv(self._trials.values())}
        for name, text in texts.items():
            yield _file_item(name, text)
        for name in outcome.files:
            yield _file_item(name, self._folder / name)

    def _model(self, outcome: StudyOutcome) -> Iterator[Item]:
        if outcome.refitted is not None:
            yield Item(MODEL, lambda store: self._log_model(store, outcome))
            if outcome.register_as is not None:
                name = outcome.register_as
                yield Item(f"the registered model {name}", lambda store: self._register(store, name, outcome))

    def _log_model(self, store: Store, outcome: StudyOutcome) -> None:
        """Log the model. A place that has refused every file would refuse it, too, and leave a dead one in MLflow."""
        refusal = None if self._took_file else self._place_refusal
        log_model(store, self._folder / "model", outcome, self._metadata.log_scaled, refusal)

    def _register(self, store: Store, name: str, outcome: StudyOutcome) -> None:
        _, refusal = self._refused.get(MODEL, (None, None))
        if isinstance(refusal, ArtifactsRefusedError):
            raise refusal
        self.registered = register_model(store, name, outcome)


def _file_item(name: str, content: Path | str) -> Item:
    return Item(name, lambda store: store.upload(name, content), "file")


def _title(number: int) -> str:
    return f"trial {number}"
