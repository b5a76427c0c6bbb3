"""A study that is to be compared with others, as its folder has it. Files are read, none is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from experiments.config.study_file import read_spec
from experiments.errors import SpecError, StudyStateError
from experiments.evaluation.assemble import best_record
from experiments.evaluation.comparison.comparison_record import ComparedStudy, ComparedTest, SearchCurve, WinnerCurve
from experiments.evaluation.records.analysis_record import AnalysisRecord, SelectionRecord
from experiments.evaluation.records.results import BestRecord, StudyResult
from experiments.evaluation.scoring.ledger import Ledger
from experiments.reports.blocks import plain
from experiments.reports.formatting import configuration
from experiments.reports.methods import reason
from experiments.reports.metrics import metric_of
from experiments.reports.trials_csv import trained_epochs
from experiments.search.journal_reader import JournalView, view_journal
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.search.trial import FinishedTrial, best_trial
from experiments.study.folders.folder import RESULTS, StudyFolder
from experiments.study.folders.ledger_check import standing_of, was_tested_before
from experiments.study.folders.lookup import find_study, results_alone, study_folder
from experiments.study.folders.results_file import Recorded, known_rows, learned, read_own_results
from experiments.study.folders.status import State, StudyStatus, study_status
from experiments.study.running.admission import recorded_reading


@dataclass(frozen=True)
class ReadStudy:
    """A study as its files have it.

    name:     its name; where two studies have one name, that of its folder, or its path where these are equal too.
    folder:   the folder that it lies in.
    status:   its state.
    recorded: its results; None before it has come to its end.
    view:     its journal.
    trials:   its finished trials with their learning curves; of a study with results, those of the results.
    """

    name: str
    folder: Path
    status: StudyStatus
    recorded: Recorded | None
    view: JournalView
    trials: tuple[FinishedTrial, ...]

    @property
    def spec(self) -> Mapping[str, Any]:
        """Return its resolved study file."""
        return self.status.spec

    def setting(self, section: str, key: str, default: Any = None) -> Any:
        """Return a key of its study file; the default where its record has none."""
        return self.spec.get(section, {}).get(key, default)

    @property
    def result(self) -> StudyResult | None:
        """Return its result; None before it has come to its end."""
        return None if self.recorded is None else self.recorded.result

    @property
    def analysis(self) -> AnalysisRecord:
        """Return the analysis of its search; without any part where its results have none."""
        return AnalysisRecord() if self.result is None else self.result.analysed

    @property
    def selection(self) -> SelectionRecord | None:
        """Return its corrected score; None where its results have none."""
        return self.analysis.selection

    @property
    def winner(self) -> BestRecord | None:
        """Return its winner, or its best trial so far; None without any."""
        if self.result is not None:
            return self.result.best
        best = best_trial(self.trials)
        return None if best is None else best_record(best)

    @property
    def best(self) -> FinishedTrial | None:
        """Return its winner, or its best trial so far, with learning curves; None without any or without a journal."""
        kept = None if self.result is None else self.result.best.number
        return next((trial for trial in self.trials if trial.result.number == kept), best_trial(self.trials))

    @property
    def metric(self) -> str:
        return metric_of(self.spec)

    @property
    def rows(self) -> tuple[str, str]:
        """Return the fingerprints of its rows and of its folds."""
        assert self.status.rows is not None
        return self.status.rows

    @cached_property
    def outputs(self) -> dict[int, bytes] | None:
        """Return the out-of-fold outputs of each complete trial, by its number; None where one is lost."""
        files, found = OutOfFoldFiles(StudyFolder(self.folder).out_of_fold), {}
        for trial in self.trials:
            if trial.result.state == "COMPLETE":
                content = files.content(trial.result)
                if content is None:
                    return None
                found[trial.result.number] = content
        return found or None


def read_studies(names: Sequence[str], least: int = 2) -> list[ReadStudy]:
    """Read the studies that a person names.

    Args:
        names: names, folders, study files or results.json files.
        least: number of studies that are needed.

    Raises:
        SpecError:       fewer studies, or the same one twice.
        StudyStateError: a study has not begun, or its files cannot be read.
    """
    studies = [read_study(name) for name in names]
    for number, study in enumerate(studies):
        # as the system tells folders apart: on a Mac, My and my are one
        if any(study.folder.samefile(other.folder) for other in studies[:number]):
            raise SpecError(f"STUDY: {study.folder.resolve().name!r} is named twice; name different studies.")
    if len(studies) < least:
        raise SpecError("STUDY: a comparison needs at least two studies; name another one.")
    if len({study.name for study in studies}) == len(studies):
        return studies
    names = [study.folder.resolve().name for study in studies]
    if len(set(names)) < len(names):
        names = [str(study.folder) for study in studies]
    return [replace(study, name=name) for study, name in zip(studies, names, strict=True)]


def read_study(name: str) -> ReadStudy:
    """Read a study that a person names.

    Raises:
        SpecError:       there is no such study.
        StudyStateError: it has not begun, or its files cannot be read.
    """
    alone = results_alone(name)
    file = find_study(name).file if alone is None else None
    path = alone or study_folder(name) / RESULTS  # which may not be there yet
    search = read_spec(file).search if file is not None and file.is_file() else None
    recorded = read_own_results(path) if path.exists() else None
    status = study_status(path.parent, search)
    if recorded is not None and status.result is None:  # a file of another name, copied alone
        ended: State = "searched" if recorded.result.test is None else "done"
        rows = (recorded.result.data.fingerprint, recorded.result.split.folds_fingerprint)
        status = replace(status, state=ended, result=recorded.result, spec=recorded.result.spec, rows=rows)
    view = view_journal(StudyFolder(path.parent).journal)
    if recorded is None and not view.trials:
        raise StudyStateError(f"{path.parent}: no trial has finished, so there is nothing to compare.")
    trials = view.trials if recorded is None else learned(recorded)
    title = (
        str(status.spec.get("study", {}).get("name", path.parent.name)) if recorded is None else recorded.result.study
    )
    return ReadStudy(title, path.parent, status, recorded, view, trials)


def entry_of(study: ReadStudy, ledger: Ledger, sharing: str) -> ComparedStudy:
    """Return the study's line of a comparison.

    Args:
        sharing: letter of the studies that have its rows and folds.

    Raises:
        LedgerError: the ledger has lost entries.
    """
    result, winner, selection = study.result, study.winner, study.selection
    trials = [trial.result for trial in study.trials]
    states = [trial.state for trial in (trials if result is None else result.trials)]
    reasons = [trial.reason for trial in (trials if result is None else result.trials)]
    seconds = study.view.seconds[: len(trials)]  # that the search had taken until each finished trial
    return ComparedStudy(
        name=study.name,
        folder=str(study.folder),
        state=study.status.state,
        data=source_of(study) if result is None else result.data.name,
        development=None if result is None else result.split.development,
        sharing=sharing,
        metric=study.metric,
        sampler=str(study.setting("search", "sampler", "")),
        pruner=str(study.setting("search", "pruner", "")),
        arithmetic=arithmetic_of(study),
        members=members_of(study),
        trials=len(states),
        complete=states.count("COMPLETE"),
        pruned=reasons.count("pruned"),
        without_score=len(states) - states.count("COMPLETE") - reasons.count("pruned"),
        seconds=seconds[-1] if seconds else None,
        epochs=sum(trained_epochs(trials).values()) if trials else None,
        best=None if winner is None else winner.cv_mean,
        winner=None if winner is None else winner.number,
        configuration="" if winner is None else configuration(winner.params, study.spec, winner.epochs),
        corrected=None if selection is None else selection.corrected,
        ci95=None if selection is None else selection.ci95,
        test=_test(study, ledger),
        search=_search_curve(study, seconds),
        learning=_winner_curve(study),
        notes=tuple(_notes(study)),
    )


def source_of(study: ReadStudy) -> str:
    """Return the source of its data as its study file names it; nothing where its record has none."""
    return str(study.setting("data", "source", ""))


def members_of(study: ReadStudy) -> int:
    """Return the number of networks of its final model; 1 in results that name none."""
    return int(study.setting("final", "members", 1))


def networks_of(study: ReadStudy) -> str:
    """Say of what networks its final model is asked to be the mean, whichever trial won."""
    beside = study.setting("final", "choice") == "with_default"
    return f"{members_of(study)} with the default's" if beside else str(members_of(study))


def arithmetic_of(study: ReadStudy) -> str:
    """Return its arithmetic; native in results that name none."""
    return str(study.setting("study", "arithmetic", "native"))


def _notes(study: ReadStudy) -> list[str]:
    status, recorded = study.status, study.recorded
    if recorded is None:
        again = f"python -m experiments.tune {study.folder.name}"
        has = "it is running" if status.state == "running" else "it was interrupted"
        return [f"{has} after {status.trials}: its search so far is shown, and {again} brings it to its end"]
    notes = []
    if recorded.document["schema"] != recorded.result.schema:
        notes.append("its results are of version 0.1: what they do not record is not shown")
    if status.state in ("running", "interrupted"):
        notes.append("it is being continued: the results of its last end are compared")
    if status.state == "tried":
        notes.append(f"it is a try, with {status.trials}")
    if not study.trials:
        notes.append("its journal is not there, so it has no curves")
    if was_tested_before(recorded.result):
        notes.append("it has no test score, but was tested before it went on to these trials")
    elif recorded.result.test is None:
        notes.append("its test rows have not been scored")
    elif recorded.result.test.times_scored > 1:
        notes.append("its test rows had been scored before, so its test score is optimistic by an unknown amount")
    if study.selection is None:
        given = study.analysis.left_out.get("selection")
        why = "" if given is None else f": {plain(reason('selection', given))}"
        notes.append(f"it has no corrected score{why}")
    return notes


def _test(study: ReadStudy, ledger: Ledger) -> ComparedTest | None:
    recorded = study.recorded
    if recorded is None or recorded.result.test is None:
        return None
    standing_of(ledger, recorded)
    seen = recorded_reading(ledger, recorded)
    test = recorded.result.test
    nested = recorded.result.outer is not None
    return ComparedTest(
        score=test.score,
        ci95=test.ci95,
        rows=test.rows,
        looks=seen.looks,
        own=seen.own,
        times_scored=test.times_scored,
        nested=nested,
        cells=sha256(b"".join(cells)).hexdigest() if (cells := sorted(known_rows(recorded).cells)) else "",
    )


def _search_curve(study: ReadStudy, seconds: Sequence[float]) -> SearchCurve | None:
    better: list[tuple[int, float, float]] = []
    for trial, spent in zip(study.trials, seconds, strict=True):
        value = trial.result.value
        if value is not None and (not better or value > better[-1][2]):
            better.append((trial.result.number, spent, value))
    if not better:
        return None
    numbers, times, scores = zip(*better, (study.trials[-1].result.number, seconds[-1], better[-1][2]), strict=True)
    return SearchCurve(trials=numbers, seconds=times, scores=scores)


def _winner_curve(study: ReadStudy) -> WinnerCurve | None:
    best = study.best
    if best is None or not best.result.curves.epochs:
        return None
    return WinnerCurve(epochs=best.result.curves.epochs, scores=best.result.curves.mean_scores)
