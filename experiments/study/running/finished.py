"""A study that is finished already: recognised by its record, so that the command says so and stops."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack

from experiments.config.data_options import Decided
from experiments.config.documents import canonical_digest
from experiments.config.later_keys import without_later_keys
from experiments.config.report_options import ReportSection
from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData
from experiments.data.source_digest import source_digest
from experiments.data.table import Table
from experiments.errors import DataError, ExperimentError, StudyStateError
from experiments.evaluation.final_model.final_kind import holds_default
from experiments.evaluation.final_model.model import read_model
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.scoring.ledger_place import open_ledger
from experiments.search.context import StudyContext, prepare_study
from experiments.search.journal import repair_journal
from experiments.search.journal_reader import JournalView, view_journal
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.search.stopping import possible_trials
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.ledger_check import check_look_is_known, standing_of
from experiments.study.folders.results_file import Recorded, read_own_results
from experiments.study.running.admission import check_folder, recorded_reading
from experiments.study.running.options import Options, Outcome, RunContext
from experiments.study.running.resume import identity_of, recorded_identity
from experiments.study.running.written_file import is_later, keep_study_file
from experiments.tracking.outbox import Outbox, read_outbox

INPUT = "input"  # key of a result's provenance
DECIDED = "decided"  # key of the digest that leaves out where data lies, and knows what it decided


def input_digests(spec: StudySpec, given: bool) -> dict[str, str]:
    """Return the digests of all that a study is made from, as they are before its data is read.

    Args:
        given: rows come from the caller, who may have others the next time.
    """
    source = None if given else source_digest(spec.data, os.environ)
    if source is None:
        return {}
    return {"settings": _settings(spec), DECIDED: _settings(spec, paths=False), "source": source}


def recorded_digests(digests: Mapping[str, str], spec: StudySpec, decided: Decided) -> dict[str, str]:
    """Return the digests that are kept: with that of the study file that is written, which holds what was decided.

    Args:
        digests: those of the spec.
        decided: the keys of [data] that its rows decided.
    """
    written = _settings(spec.with_decided(decided), paths=False)
    known = {name: digest for name, digest in digests.items() if name != DECIDED}
    return known if not known or written == known["settings"] else known | {DECIDED: written}


def _settings(spec: StudySpec, paths: bool = True) -> str:
    """Return the digest of a study file, with or without the folders of its data."""
    document = spec.model_dump(mode="json", exclude_none=True, exclude={"report"})
    return canonical_digest(without_later_keys(document if paths else {**document, "data": spec.data.to_document()}))


def recorded_end(folder: StudyFolder, options: Options) -> Recorded | None:
    """Return the results in the folder if they are of this version and this run could end with them."""
    path = folder.results
    try:
        if options.fresh or not path.exists() or not folder.journal.exists():
            return None
        recorded = read_own_results(path)
    except (ExperimentError, OSError):
        return None  # the study says what is wrong where it matters
    only_a_try = recorded.result.spec.get("cv", {}).get("outer") is not None and recorded.result.outer is None
    if only_a_try and options.planned is None:
        return None  # a try has no outer studies
    return recorded if recorded.result.test is not None or options.look == "leave" else None


def recorded_outcome(
    spec: StudySpec, run: RunContext, table: Table | None, digests: Mapping[str, str]
) -> tuple[Outcome | None, StudyContext | None]:
    """Return the outcome of a study that is finished, whose pages are written again; and the study, if it was loaded.

    Args:
        table:   the rows, if they are not to be loaded from the spec's source.
        digests: of all that the study is made from.
    """
    recorded = recorded_end(run.folder, run.options)
    if recorded is None:
        return None, None
    is_known = has_input(recorded, digests) and not (run.options.document and is_later(run.folder))
    study = None if is_known else prepare_study(spec, table)
    return _finish_again(recorded, run, study, spec.texts), study


def _finish_again(
    recorded: Recorded, run: RunContext, study: StudyContext | None, texts: ReportSection | None
) -> Outcome | None:
    """Write the pages of a finished study again, with the ledger as it is now; None if it is not finished.

    Args:
        study: study of this run; None if its input is that of the results, byte for byte.
        texts: the author's texts; None leaves those on record.
    """
    from experiments.study.folders.finished_files import write_report
    from experiments.study.folders.report_texts import with_texts

    options, folder, clock, tracking = run.options, run.folder, run.clock, run.tracking
    clock.lap("data")
    folder.check_free()
    if study is not None:
        study = check_folder(study, folder, options)
    ledger = open_ledger(options.ledger, run.say)
    with ExitStack() as stack:
        stack.enter_context(folder.claimed(run.say))
        repair_journal(folder.journal)
        journal = view_journal(folder.journal)
        if study is not None and not is_finished(recorded.result, study, journal):
            return None
        outbox = _complete(recorded, journal, folder)
        if outbox is None:
            return None
        if study is not None:
            keep_study_file(study, run)
        count = len(journal.trials)
        check_look_is_known(ledger, folder, range(count, count + 1), options.acknowledge_reuse)
        if standing_of(ledger, recorded) == "different":
            return None  # the test evaluation is entered anew
        seen = recorded_reading(ledger, recorded)
        result = with_texts(recorded, texts)
        write_report(folder, result, journal.trials, seen)
        clock.lap("report")
        untracked = None
        if options.register_as is not None or not tracking.has_everything(recorded.result.digest):
            tracking.start(outbox.metadata)
            if options.register_as is not None:
                tracking.register(options.register_as)
            untracked = tracking.finish()
        clock.lap("left to tell MLflow")
    return run.outcome(result, seen, untracked, finished=True)


def has_input(recorded: Recorded, digests: Mapping[str, str]) -> bool:
    """Tell whether results were made from the same bytes, and with this study file or one that decides as they did."""
    known = recorded.result.provenance.get(INPUT)
    if not digests or not isinstance(known, dict) or known.get("source") != digests["source"]:
        return False
    return any(known.get(name) == digests[name] for name in ("settings", DECIDED))


def is_finished(result: StudyResult, study: StudyContext, journal: JournalView) -> bool:
    """Tell whether the study has nothing left to compute but, perhaps, its test evaluation.

    Args:
        result: the results on record.
    """
    count, data, split = len(journal.trials), study.data, result.split
    if not count or count not in possible_trials(journal, study.spec.search):
        return False
    return (
        result.spec == study.with_trials(count).spec.to_document()
        and result.data.fingerprint == data.fingerprint
        and (split.test_fingerprint, split.folds_fingerprint) == (data.test.fingerprint, data.folds.fingerprint)
        and _has_names(result, data)
    )


def _has_names(result: StudyResult, data: StudyData) -> bool:
    """Tell whether classes, columns and target have the names of the results: the fingerprints know values alone."""
    table, recorded = data.development.table, result.reading
    if result.data.classes != data.target.classes:
        return False
    if recorded is None or not recorded.columns:
        return True
    columns = table.columns if data.reading is None else [name for name, _ in data.reading.columns]
    named = [column.name for column in recorded.columns] == list(columns)
    return named and recorded.target in ("", table.target_name)  # an earlier version did not record the target


def _complete(recorded: Recorded, journal: JournalView, folder: StudyFolder) -> Outbox | None:
    """Return the outbox if the journal is that of the results, and all is there that takes computing to bring back."""
    result, outputs = recorded.result, OutOfFoldFiles(folder.out_of_fold)
    if journal.identity is None or identity_of(journal.identity) != recorded_identity(recorded.document):
        return None
    complete = [trial.result for trial in journal.trials if trial.result.state == "COMPLETE"]
    kept = all(one.out_of_fold and outputs.content(one) is not None for one in complete)
    try:
        outbox = read_outbox(folder.path)
    except StudyStateError:  # a damaged one is written anew by a whole run
        return None
    concluded = outbox is not None and outbox.outcome is not None and outbox.outcome.digest == result.digest
    if not kept or not concluded or not folder.row_hashes.exists() or len(journal.trials) != len(result.trials):
        return None
    return outbox if result.test is None or _has_model(folder, result) else None


def _has_model(folder: StudyFolder, result: StudyResult) -> bool:
    """Tell whether the final model is there, whole: a kill or a hand may have removed a part of it."""
    try:
        model = read_model(folder.path / "model")
    except DataError:
        return False
    return holds_default(result) == (model.beside is not None)
