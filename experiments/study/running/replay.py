"""A recorded study computed again and compared with its record: all of it, or its final models alone."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.config.data_options import DataSection
from experiments.config.documents import Difference, differences
from experiments.config.outer import outer_study
from experiments.config.readable import count
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.evaluation.records.outer_record import OuterFold, OuterRecord, unscored
from experiments.evaluation.records.result_digest import digest, digested, written
from experiments.evaluation.records.results import FinalScore, StudyResult
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.last_fit import last_fit
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.scoring.outer_fit import OuterFits, outer_fit
from experiments.evaluation.uncertainty.temperature import temperatures_of
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.base import Executor
from experiments.search.executors.one_kernel import one_kernel
from experiments.search.trial import Curves, FinishedTrial, TrialResult
from experiments.study.command.process import call
from experiments.study.folders.find_data import PLACES
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.lookup import holds_a_study
from experiments.study.folders.results_file import Recorded, learned, read_own_results, read_results
from experiments.study.running.nested import OuterInput
from experiments.study.running.options import Options, has_arithmetic, open_executor_of, study_environment
from experiments.study.running.run import run_study
from experiments.tracking.uris import OFF

SHARE = 0.25  # of the width of the score's interval, by which a score of another BLAS kernel may differ


@dataclass(frozen=True)
class Replay:
    """A comparison of a study, computed again, with its record.

    digest:      the digest that the study has here; None if only the final models were computed.
    differences: the differences from the record, in the order of results.json.
    kernel:      the BLAS kernel of this machine's workers.
    compared:    the parts that were compared, in words.
    precision:   how exactly they were compared, in words.
    notes:       further facts, a line each.
    """

    digest: str | None
    differences: tuple[Difference, ...]
    kernel: str
    compared: str
    precision: str = "to the bit"
    notes: tuple[str, ...] = ()


def options_for(recorded: Recorded, folder: Path, ledger: Path, workers: int, acknowledged: bool) -> Options:
    """Return the options of the recorded search alone, in another folder and without MLflow."""
    return Options(
        folder=folder,
        ledger=ledger,
        tracking_uri=OFF,
        workers=workers,
        look="leave",
        acknowledge_reuse=acknowledged,
        origin=recorded.folder,  # whose record says which rows the default was chosen with
        kernel=recorded_kernel(recorded),
    )


def recorded_kernel(recorded: Recorded) -> str:
    """Return the BLAS kernel on record; empty if there is none."""
    blas = recorded.result.provenance.get("blas")
    return str(blas["kernel"]) if isinstance(blas, dict) and blas.get("kernel") else ""


def replay_study(recorded: Recorded, spec: StudySpec, table: Table, options: Options, console: Console) -> Replay:
    """Run a study again: the search, and the test evaluation if the search leads to the models on record.

    So no other models than those on record are scored on the test rows.

    Args:
        options: those of the search, which keep the test rows sealed.

    Raises:
        ExperimentError: it cannot be computed, or the ledger here refuses the test evaluation.
    """
    result, notes = recorded.result, []
    interventions = {one.trial: one.kind for one in result.interventions}
    outer: tuple[OuterInput, ...] = ()
    if result.outer is not None:
        sections = [_outer_data(recorded, number, fold, spec) for number, fold in enumerate(result.outer.folds, 1)]
        outer = tuple(
            OuterInput(trials=fold.trials, interventions=dict(fold.interventions), data=section)
            for fold, section in zip(result.outer.folds, sections, strict=True)
        )
        if None in sections:
            notes.append(
                "the results of the outer studies are not there, so their columns are those of the whole study"
            )
    searched = run_study(spec, options, console, interventions, table, outer).result
    document, before = searched.document(), dict(recorded.document)
    if result.test is not None and _same_models(result, searched):
        known = _acknowledged(options, recorded, prepare_study(spec, table).with_trials(len(searched.trials)))
        again = replace(options, look="only", acknowledge_reuse=known, label="test")
        document = run_study(spec, again, console, interventions, table, outer).result.document()
        notes += _as_many_times(before["test"], document["test"])
    elif result.test is not None:
        notes.append("the models differ from those on record, so the test rows were not read")
        before |= {"test": None, **({} if result.outer is None else {"outer": asdict(unscored(result.outer))})}
    both = [digested(one) for one in (before, document)]
    return Replay(
        digest=digest(document),
        differences=tuple(differences(*both)),
        kernel=document["provenance"]["blas"]["kernel"],
        compared=f"spec, data, split, {count(len(searched.trials), 'trial')}, best"
        + ("" if result.outer is None else f", {len(result.outer.folds)} outer studies")
        + ("" if document["test"] is None else ", test"),
        notes=tuple(notes),
    )


def replay_final(recorded: Recorded, spec: StudySpec, table: Table, options: Options) -> Replay:
    """Refit the final models, from the parameters and epochs on record, and score them on the test rows again.

    Raises:
        ExperimentError: there is no test score, the record lacks what a refit needs, or the ledger here refuses it.
    """
    if not has_arithmetic(spec, options):
        return call(study_environment(spec, options), replay_final, recorded, spec, table, options)
    result = recorded.result
    if result.test is None:
        raise StudyStateError(f"--final: {recorded.path} has no test score; without --final the search is compared.")
    study = prepare_study(spec, table)
    finalists = _finalists(recorded, study.space)
    folder, ledger = StudyFolder(options.folder), Ledger(options.ledger)
    known = _acknowledged(options, recorded, study)
    with folder.claimed(), open_executor_of(options, folder) as executor:
        kernel = one_kernel(executor.wait_for_workers(), [], study.spec.study.arithmetic)
        fits = FinalFits(study, executor)
        if result.outer is None:
            scored = last_fit(fits, finalists, ledger, known, result.analysed.uncertainty)
        else:
            of_folds = _outer_fits(recorded, result.outer, spec, executor)
            scored = outer_fit(fits, finalists, result.analysed.uncertainty, of_folds, ledger, known)
    test, before = asdict(scored.record), dict(recorded.document["test"])
    notes = _as_many_times(before, test)
    if kernel == recorded_kernel(recorded) and spec.study.arithmetic == result.spec["study"].get("arithmetic"):
        outer = None if scored.outer is None else asdict(scored.outer)
        on_record = {"test": before, "outer": recorded.document.get("outer")}
        changed = differences(digested(on_record), digested(written({"test": test, "outer": outer})))
        return Replay(None, tuple(changed), kernel, "test scores of the final models", notes=tuple(notes))
    margin = SHARE * (result.test.ci95[1] - result.test.ci95[0])
    return Replay(
        None,
        tuple(_outside(margin, result.test, scored.record)),
        kernel,
        "test scores of the final models",
        f"to {margin:.2g} ({SHARE:g} of the width of the score's interval)",
        tuple(notes),
    )


def in_folder(out: Path | None, stack: ExitStack) -> Path:
    """Return the folder to compute in: a new one, or a temporary one that is removed with the stack.

    Raises:
        StudyStateError: the folder holds a study.
    """
    if out is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reproduce-")))
    if holds_a_study(out):
        raise StudyStateError(f"--out: {out} holds a study already; the study is computed again in a new folder.")
    return out


def _same_models(before: StudyResult, now: StudyResult) -> bool:
    """Tell whether winner and default are trained alike on the same rows, so that their scores are those on record."""

    def models(result: StudyResult) -> Any:
        default = None if result.default is None else (result.default.params, result.trials[0].epochs)
        temperatures = temperatures_of(result.analysed.uncertainty)
        best, outer = result.best, None if result.outer is None else unscored(result.outer)
        return result.split, result.spec, best.number, best.params, best.epochs, default, temperatures, outer

    return bool(models(before) == models(now))


def _acknowledged(options: Options, recorded: Recorded, study: StudyContext) -> bool:
    """Tell whether the test rows may have been scored after several numbers of trials.

    They may by the record, by the ledger here, or because a person says so.
    """
    looked = Ledger(options.ledger).looked(study.identity, study.data.test.known_by, study.spec.search.trials)
    return looked or recorded.document["test"]["times_scored"] > 1 or options.acknowledge_reuse


def _as_many_times(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Keep the count on record where the ledger here lacks earlier test evaluations; say so in a note."""
    recorded, counted = before["times_scored"], now["times_scored"]
    if counted >= recorded:
        return []
    now["times_scored"] = recorded
    return [f"the record counts {recorded} test evaluations of this study, the ledger here {counted}"]


def _finalists(recorded: Recorded, space: Space) -> list[FinishedTrial]:
    """Return what a refit needs of the winner and the default.

    Raises:
        StudyStateError: the rates of a plateau schedule are wanted, and they are in the journal, which is missing.
    """
    result = recorded.result
    chosen = [(result.best.number, dict(result.best.params), result.best.epochs)]
    if result.default is not None and result.best.number != 0:
        chosen.append((0, dict(result.default.params), result.trials[0].epochs))
    finalists = []
    for number, params, epochs in chosen:
        factors: tuple[float, ...] = ()
        if space.candidate(params).training.schedule == "plateau":
            trials = learned(recorded)
            if not trials:
                raise StudyStateError(
                    f"--final: trial {number} has a plateau schedule, and the rates that it came to are in the "
                    f"journal, but {recorded.folder} has none; without --final they are computed again."
                )
            factors = trials[number].result.curves.factors
        curves, scores = Curves((), (), (), (), factors), result.trials[number].fold_scores
        finalists.append(
            FinishedTrial(params, TrialResult(number, "COMPLETE", "", None, None, epochs, None, scores, curves))
        )
    return finalists


def _outer_fits(recorded: Recorded, outer: OuterRecord, spec: StudySpec, executor: Executor) -> list[OuterFits]:
    """Return the fits of the outer studies, by the results in their folders.

    Raises:
        StudyStateError: the results of an outer study are not there, or not those on record.
    """
    found = []
    for number, fold in enumerate(unscored(outer).folds, 1):
        of_fold = read_results(StudyFolder(recorded.folder).outer(number).results)
        if (data := _outer_data(recorded, number, fold, spec)) is None:
            raise StudyStateError(f"--final: {of_fold.path} is not what {recorded.path} was made with.")
        of_rows = outer_study(spec, number).model_copy(update={"data": data})
        study = prepare_study(of_rows).with_trials(fold.trials)
        uncertainty = of_fold.result.analysed.uncertainty
        found.append(OuterFits(FinalFits(study, executor), _finalists(of_fold, study.space), fold, uncertainty))
    return found


def _outer_data(recorded: Recorded, number: int, fold: OuterFold, spec: StudySpec) -> DataSection | None:
    """Return [data] of an outer study by the results in its folder, with the place where the data is now.

    A column may be no feature among the rows of one outer study and a feature among all rows.

    Args:
        spec: the whole study, which says where the data is.

    Returns:
        None if there are no results, or not those on record.
    """
    path = StudyFolder(recorded.folder).outer(number).results
    try:
        of_fold = read_own_results(path)
    except StudyStateError:
        return None
    if of_fold.digest != fold.digest:
        return None
    section, places = of_fold.result.spec["data"], spec.data.model_dump(include=set(PLACES), exclude_none=True)
    return parse_spec({**of_fold.result.spec, "data": {**section, **places}}, str(path)).data


def _outside(margin: float, before: FinalScore, now: FinalScore) -> list[Difference]:
    """List the scores that differ by more than the margin."""

    def scores(test: FinalScore) -> dict[str, float | None]:
        default = {"test.default.score": None if test.default is None else test.default.score}
        references = {f"test.references.{each.id}": each.score for each in test.references}
        return {"test.score": test.score} | default | references

    here, outside = scores(now), []
    for name, ours in scores(before).items():
        theirs = here.get(name)
        same = ours == theirs if ours is None or theirs is None else abs(ours - theirs) <= margin
        if not same:
            outside.append(Difference(name, str(ours), str(theirs)))
    return outside
