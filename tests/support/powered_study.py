"""A small study on a disk that loses its power, and what must be true of the folder afterwards."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from experiments.config.study_file import parse_spec
from experiments.data.splits.holdout import SealedTestSet
from experiments.evaluation.final_model.model import read_model
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.scoring import final_fits
from experiments.evaluation.scoring.ledger import Ledger
from experiments.search import shared_lock
from experiments.search.executors.serial import SerialExecutor
from experiments.search.journal_reader import view_journal
from experiments.search.trial import FinishedTrial
from experiments.study.command.console import study_console
from experiments.study.command.progress import StudyProgress
from experiments.study.folders.results_file import read_own_results
from experiments.study.running import begun, run
from experiments.study.running.options import Options
from experiments.tracking.uris import OFF
from support.golden import sampled
from support.power import RecordedDisk

TRIALS = 5
STUDY = sampled("random", {}, training={"epochs": 2, "batch_size": 160}, default={})
STUDY["search"] |= {"trials": TRIALS, "lookahead": 2, "pruner": "none", "pruner_options": {}}
STUDY["cv"] |= {"n_splits": 2}
STUDY["study"] |= {"name": "powered"}
NESTED = {**STUDY, "cv": {**STUDY["cv"], "outer": 2}, "search": {**STUDY["search"], "trials": 2}}
LIVES = {"once": STUDY, "anew": STUDY, "nested": NESTED}  # anew: with --fresh, where a study without a look was


@contextmanager
def in_this_process() -> Iterator[None]:
    """Compute studies in this process, with the quickest baseline alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(begun, "open_executor_of", lambda *_: SerialExecutor())
        tasks = final_fits.baseline_tasks
        patch.setattr(final_fits, "baseline_tasks", lambda *known: tasks(*known)[:1])
        patch.setenv("NNET_COMPILED", "0")
        yield


def run_in(
    root: Path, fresh: bool = False, study: Mapping[str, Any] = STUDY, look: Literal["take", "leave"] = "take"
) -> StudyResult:
    """Run the study, or resume it, in studies/powered of a working folder, with the ledger beside it."""
    spec = parse_spec(study, "powered")
    places = Path("studies", "powered"), Path("studies", "ledger.jsonl")
    options = Options(*places, OFF, 1, fresh=fresh, look=look)
    with chdir(root):
        return run.run_study(spec, options, study_console(quiet=True)).result


@dataclass
class Recorded:
    """A study that was run on a recorded disk.

    life:   its life, one of LIVES.
    before: number of steps that only say what was on the disk before.
    old:    digest of the results that were there before; empty without any.
    told:   the trials that were told, each with the number of steps before that, and the folder of its study.
    looked: number of steps before the first test row was read.
    digest: digest of the results.
    """

    disk: RecordedDisk
    life: str = "once"
    before: int = 0
    old: str = ""
    told: list[tuple[int, str, FinishedTrial]] = field(default_factory=list)
    looked: int = 0
    digest: str = ""

    @property
    def steps(self) -> int:
        """Number of steps of the whole life of the study."""
        return len(self.disk.steps)

    @property
    def decisive(self) -> list[int]:
        """The points at which the disk has more, or more was said, than one step before: between them is no change."""
        later = enumerate(self.disk.steps[self.before :], self.before + 1)
        flushed = [at for at, step in later if step[0] == "flush"]
        return sorted({self.before, *flushed, *(step for step, *_ in self.told), self.looked, self.steps})


def recorded(root: Path, life: str = "once") -> Recorded:
    """Run the study in a folder, and record it."""
    it = Recorded(RecordedDisk(root), life)
    if life == "anew":
        it.old = run_in(root, look="leave").digest
    update, opened = StudyProgress.update, SealedTestSet.open

    def told(self: StudyProgress, trial: FinishedTrial, from_journal: bool = False) -> None:
        outer = re.match(r"outer fold (\d+)", self._label)
        it.told.append((it.steps, "" if outer is None else f"outer-{outer[1]}", trial))
        update(self, trial, from_journal)

    def look(self: SealedTestSet, *how: Any) -> Any:
        it.looked = it.looked or it.steps
        return opened(self, *how)

    with pytest.MonkeyPatch.context() as patch, it.disk.recording():
        it.before = it.steps
        patch.setattr(StudyProgress, "update", told)
        patch.setattr(SealedTestSet, "open", look)
        it.digest = run_in(root, fresh=life == "anew", study=LIVES[life]).digest
    return it


def check_what_is_left(it: Recorded, at: int, seed: int | None, folder: Path) -> None:
    """Lose the power after so many steps, and check that all that was said until then is there.

    Args:
        seed:   of what reached the disk without being flushed; None: nothing did.
        folder: the folder as it is then, which is made.
    """
    shutil.rmtree(folder, ignore_errors=True)
    it.disk.lose_power(at, folder, None if seed is None else random.Random(seed))
    study, ledger = folder / "studies" / "powered", folder / "studies" / "ledger.jsonl"
    for part in {part for step, part, _ in it.told if step <= at}:
        told = [trial for step, of, trial in it.told if of == part and step <= at]
        kept = view_journal(study / part / "journal.log").trials
        assert [_known(trial) for trial in kept[: len(told)]] == [_known(trial) for trial in told]
    if at >= it.looked:
        assert _looks(Ledger(ledger)) == 1, "test rows were read, and no look is in the ledger"
    if (study / "results.json").exists():  # whole, and so is what it is about
        found = read_own_results(study / "results.json").result.digest
        if found != it.digest:  # what was there before goes before the first trial is told
            assert (found, at < it.told[0][0]) == (it.old, True)
        else:
            assert read_model(study / "model").trial >= 0
    else:
        assert at < it.steps, "the study was finished, and has no results"


def check_resumed(it: Recorded, folder: Path) -> None:
    """Resume the study in a folder that is left, and check that it is the undisturbed one with one look."""
    study, ledger = folder / "studies" / "powered", folder / "studies" / "ledger.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        for name, seconds in (("BEAT", 0.01), ("PATIENCE", 0.0), ("POLL", 0.0)):  # nobody waits for who lost the power
            patch.setattr(shared_lock, name, seconds)
        assert run_in(folder, study=LIVES[it.life]).digest == it.digest
    assert [json.loads(line)["kind"] for line in ledger.read_bytes().splitlines()] == ["reserved", "completed"]
    assert read_own_results(study / "results.json").result.digest == it.digest
    assert read_model(study / "model").trial >= 0
    for part in {part for _, part, _ in it.told}:
        trials = view_journal(study / part / "journal.log").trials
        assert [_known(trial) for trial in trials] == [_known(trial) for _, of, trial in it.told if of == part]
    assert not list(study.rglob("*.holder"))


def _known(trial: FinishedTrial) -> tuple[Any, ...]:
    result = trial.result
    return result.number, trial.params, result.state, result.value, result.fold_scores


def _looks(ledger: Ledger) -> int:
    return sum(entry["kind"] == "reserved" for entry in ledger._entries())
