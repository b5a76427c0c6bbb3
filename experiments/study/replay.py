"""A recorded study computed again and compared with its record: the whole of it, or its final models alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.config.documents import Difference, differences
from experiments.config.spec import StudySpec
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.evaluation.last_fit import last_fit
from experiments.evaluation.ledger import Ledger
from experiments.evaluation.results import OUTSIDE_THE_DIGEST, FinalScore, StudyResult, digest
from experiments.search.executors.base import blas_kernel
from experiments.search.executors.create import one_kernel
from experiments.search.trial import Curves, FinishedTrial, TrialResult
from experiments.study.folder import StudyFolder
from experiments.study.options import Options
from experiments.study.results_file import Recorded, learned
from experiments.study.resume import study_identity
from experiments.study.run import checked_data, open_executor_of, run_study
from experiments.tracking.uris import OFF
from nnet.blas import computing_environment, cpu_flags

SHARE = 0.25  # of the width of the score's interval, by which a score of another BLAS kernel may differ


@dataclass(frozen=True)
class Replay:
    """What came of it.

    found:       the digest that the study has here; None where only the final models were computed.
    differences: to the record, in the study's own order.
    kernel:      of BLAS, that it was computed with.
    compared:    what was, in words.
    notes:       what else is to be known, a line each.
    """

    found: str | None
    differences: tuple[Difference, ...]
    kernel: str
    compared: str
    notes: tuple[str, ...] = ()


def options_for(recorded: Recorded, folder: Path, ledger: Path, workers: int, acknowledged: bool) -> Options:
    """The search alone, as the record has it, in another folder and without MLflow."""
    return Options(
        folder=folder,
        ledger=ledger,
        tracking_uri=OFF,
        artifacts=None,
        workers=workers,
        look="leave",
        acknowledge_reuse=acknowledged,
        kernel=recorded_kernel(recorded),
    )


def recorded_kernel(recorded: Recorded) -> str | None:
    """The BLAS kernel of the study."""
    blas = recorded.result.provenance.get("blas")
    return str(blas["kernel"]) if isinstance(blas, dict) and blas.get("kernel") else None


def replay_study(recorded: Recorded, spec: StudySpec, table: Table, options: Options, console: Console) -> Replay:
    """Run it all again: the search, and the look where it leads to the models that were looked at.

    So no other model than those on record is scored on the test rows.

    Args:
        options: of the search; its look is left.

    Raises:
        ExperimentError: it cannot be computed, or the ledger here refuses the look.
    """
    result, notes = recorded.result, []
    interventions = {one.trial: one.kind for one in result.interventions}
    found = run_study(spec, options, console, interventions, table).result
    document, before = found.document(), dict(recorded.document)
    if result.test is not None and _same_models(result, found):
        spec, _, data = checked_data(spec, table)
        looked = Ledger(options.ledger).looked(study_identity(spec, data), data.test.known_by, len(found.trials))
        again = replace(options, look="only", acknowledge_reuse=_acknowledged(options, recorded, looked))
        document = run_study(spec, again, console, interventions, table).result.document()
        notes += _as_many_times(before["test"], document["test"])
    elif result.test is not None:
        notes.append("the models differ from those on record, so the test rows were not read")
        before["test"] = None
    both = [{key: value for key, value in one.items() if key not in OUTSIDE_THE_DIGEST} for one in (before, document)]
    return Replay(
        found=digest(document),
        differences=tuple(differences(*both)),
        kernel=document["provenance"]["blas"]["kernel"],
        compared=f"spec, data, split, {len(found.trials)} trials, best"
        + ("" if document["test"] is None else ", test"),
        notes=tuple(notes),
    )


def replay_final(recorded: Recorded, spec: StudySpec, table: Table, options: Options) -> Replay:
    """Refit what was looked at, from the parameters and epochs on record, and score it in the same look again.

    Raises:
        ExperimentError: there was no look, the record lacks what a refit needs, or the ledger here refuses the look.
    """
    result = recorded.result
    if result.test is None:
        raise StudyStateError(f"--final: {recorded.path} has no test score; without --final the search is compared.")
    spec, space, data = checked_data(spec, table)
    finalists = _finalists(recorded, lambda params: space.candidate(params).training.schedule == "plateau")
    folder, ledger = StudyFolder(options.folder), Ledger(options.ledger)
    study = study_identity(spec, data)
    looked = ledger.looked(study, data.test.known_by, spec.search.trials)
    environment = computing_environment(blas_kernel(), cpu_flags(), os.environ, options.kernel)
    with ExitStack() as stack:
        folder.claim()
        stack.callback(folder.release)
        executor = stack.enter_context(open_executor_of(options, environment, folder))
        kernel = one_kernel(executor.wait_for_workers(), [])
        scored = last_fit(
            spec,
            space,
            study,
            data.development,
            data.test,
            ledger,
            finalists,
            executor,
            _acknowledged(options, recorded, looked),
        )
    test, before = asdict(scored.record), dict(recorded.document["test"])
    notes = _as_many_times(before, test)
    if kernel == recorded_kernel(recorded):
        found = differences({"test": before}, {"test": test})
        return Replay(None, tuple(found), kernel, "test scores of the final models, to the bit", tuple(notes))
    margin = SHARE * (result.test.ci95[1] - result.test.ci95[0])
    return Replay(
        None,
        tuple(_outside(margin, result.test, scored.record)),
        kernel,
        f"test scores of the final models, to {margin:.2g}: {SHARE:g} of the width of the score's interval",
        tuple(notes),
    )


def in_folder(out: Path | None, stack: ExitStack) -> Path:
    """Where it is computed: a folder that is new, or a temporary one that is gone in the end.

    Raises:
        StudyStateError: the folder holds a study.
    """
    if out is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reproduce-")))
    if (out / "journal.log").exists() or (out / "results.json").exists():
        raise StudyStateError(f"--out: {out} holds a study already; the study is computed again in a new folder.")
    return out


def _same_models(before: StudyResult, found: StudyResult) -> bool:
    """Whether winner and default are trained alike on the same rows, so that scoring them is the look on record."""

    def models(one: StudyResult) -> Any:
        default = None if one.default is None else (one.default.params, one.trials[0].epochs)
        return one.split, one.spec, one.best.number, one.best.params, one.best.epochs, default

    return bool(models(before) == models(found))


def _acknowledged(options: Options, recorded: Recorded, looked: bool) -> bool:
    """Whether this may be one of several looks of its study: by the ledger here, on record, or as a person says."""
    return looked or recorded.document["test"]["times_scored"] > 1 or options.acknowledge_reuse


def _as_many_times(before: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """A ledger that lacks earlier looks of the study counts fewer; what is on record then stands."""
    said, counted = before["times_scored"], found["times_scored"]
    if counted >= said:
        return []
    found["times_scored"] = said
    return [f"the record counts {said} looks of this study, the ledger here {counted}"]


def _finalists(recorded: Recorded, is_plateau: Callable[[dict[str, Any]], bool]) -> Sequence[FinishedTrial]:
    result = recorded.result
    chosen = [(result.best.number, dict(result.best.params), result.best.epochs)]
    if result.default is not None and result.best.number != 0:
        chosen.append((0, dict(result.default.params), result.trials[0].epochs))
    return [_finalist(recorded, *one, replayed=is_plateau(one[1])) for one in chosen]


def _finalist(recorded: Recorded, number: int, params: dict[str, Any], epochs: int, replayed: bool) -> FinishedTrial:
    """A trial with what a refit needs of it; the rates that a plateau schedule came to are in the journal alone."""
    factors: tuple[float, ...] = ()
    if replayed:
        told = learned(recorded)
        if not told:
            raise StudyStateError(
                f"--final: trial {number} has a plateau schedule, and the rates that it came to are in the journal, "
                f"but {recorded.folder} has none; without --final they are computed again."
            )
        factors = told[number].result.curves.factors
    curves = Curves((), (), (), (), factors)
    return FinishedTrial(params, TrialResult(number, "COMPLETE", "", None, None, epochs, None, (), curves))


def _outside(margin: float, before: FinalScore, found: FinalScore) -> list[Difference]:
    """The scores that differ by more than that."""

    def scores(one: FinalScore) -> dict[str, float | None]:
        default = {"test.default.score": None if one.default is None else one.default.score}
        references = {f"test.references.{each.id}": each.score for each in one.references}
        return {"test.score": one.score} | default | references

    said, seen = scores(before), scores(found)

    def near(name: str) -> bool:
        ours, theirs = said[name], seen.get(name)
        return ours == theirs if ours is None or theirs is None else abs(ours - theirs) <= margin

    return [Difference(name, str(said[name]), str(seen.get(name))) for name in said if not near(name)]
