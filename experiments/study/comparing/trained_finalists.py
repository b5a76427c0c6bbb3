"""The finalists of compared studies: fixed, written down, and trained again on new splits of the development rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from math import nan
from statistics import fmean
from typing import Any

import numpy as np
from rich.console import Console

from experiments.config.candidate import Preprocessing
from experiments.config.documents import rounded
from experiments.config.regular_file import write_atomically
from experiments.config.target import Target
from experiments.data.prepare import preprocessed_folds
from experiments.data.splits.fold_rows import fold_rows
from experiments.data.splits.folds import Folds, make_folds
from experiments.errors import SpecError
from experiments.evaluation.analysis.final_folds import Pending, begin_models
from experiments.evaluation.analysis.fold_models import FoldModel
from experiments.evaluation.comparison.finalists import Finalist, FinalistsPlan, FinalistsRecord, compare_finalists
from experiments.evaluation.records.results import StudyResult
from experiments.reports.formatting import configuration
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.base import Executor
from experiments.search.executors.one_kernel import one_kernel
from experiments.search.executors.shared_data import DataReference, share_folds
from experiments.search.seeds import repetition_seed
from experiments.search.trial import FinishedTrial, Shared
from experiments.study.command.console import print_sentence
from experiments.study.command.process import call
from experiments.study.comparing.compared import ReadStudy, arithmetic_of
from experiments.study.folders.find_data import data_again, spec_again
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.results_file import Recorded
from experiments.study.running.options import Options, has_arithmetic, open_executor_of, study_environment

PLAN = "finalists.json"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Chosen:
    """A finalist with all that its training needs."""

    study: StudyContext
    trial: FinishedTrial
    finalist: Finalist


def compare_again(
    studies: Sequence[ReadStudy], count: int, seeds: int, data: str | None, options: Options, console: Console
) -> FinalistsRecord:
    """Fix the best configurations of all studies, write them down, train them again, and compare them.

    Args:
        studies: such as `check_comparable` allows.
        count:   number of finalists.
        seeds:   number of repetitions.
        data:    file or folder where the data is now.
        options: folder of the comparison, and the workers.

    Raises:
        SpecError:       the studies have too few configurations.
        DataError:       the data is not there.
        StudyStateError: the plan cannot be written.
        ExecutorError:   a training was given up.
    """
    first = spec_again(_recorded(studies[0]), data)
    if not has_arithmetic(first, options):
        return call(study_environment(first, options), compare_again, studies, count, seeds, data, options, console)
    say: Say = partial(print_sentence, console)
    contexts = [_prepared(study, data) for study in studies]
    chosen = choose_finalists(studies, contexts, count)
    plan = _plan(chosen, seeds)
    document = json.dumps({"schema": 1, **asdict(rounded(plan))}, indent=1, ensure_ascii=False, allow_nan=False)
    folder = StudyFolder(options.folder)
    with folder.claimed():
        write_atomically(options.folder / PLAN, f"{document}\n".encode())
        say(f"{count} finalists are fixed in {options.folder / PLAN}; each is trained in {seeds} repetitions")
        with open_executor_of(options, folder) as executor:
            one_kernel(executor.wait_for_workers(), [], contexts[0].spec.study.arithmetic)
            return train_finalists(chosen, plan, executor, say)


def check_comparable(studies: Sequence[ReadStudy], count: int, seeds: int) -> None:
    """Refuse studies whose configurations cannot be trained on the same new splits; all reasons in one line.

    Raises:
        SpecError: they cannot.
    """
    if problems := list(_problems(studies, count, seeds)):
        raise SpecError(f"--finalists: {'; '.join(problems)}.")


def choose_finalists(studies: Sequence[ReadStudy], contexts: Sequence[StudyContext], count: int) -> list[Chosen]:
    """Choose the best configurations of all studies by selection score; the first study, the first trial of equals.

    A configuration that two trials share is taken once.

    Raises:
        SpecError: there are fewer.
    """
    found: dict[Any, Chosen] = {}
    rows = [
        (trial.result.value or 0.0, at, trial)
        for at, study in enumerate(studies)
        for trial in study.trials
        if trial.result.state == "COMPLETE"
    ]
    for value, at, trial in sorted(rows, key=lambda row: (-row[0], row[1], row[2].result.number)):
        study, epochs = contexts[at], trial.result.epochs
        words, members = configuration(trial.params, studies[at].spec, epochs), study.spec.final.members
        finalist = Finalist(
            study=studies[at].name,
            trial=trial.result.number,
            selection=value,
            configuration=words,
            epochs=epochs,
            members=members,
        )
        key = study.space.candidate(trial.params), study.data.target, epochs, trial.result.curves.factors, members
        found.setdefault(key, Chosen(study, trial, finalist))
    if len(found) < count:
        raise SpecError(f"--finalists: {count} are wanted, but the studies have {len(found)} complete configurations.")
    return list(found.values())[:count]


def train_finalists(chosen: Sequence[Chosen], plan: FinalistsPlan, executor: Executor, say: Say) -> FinalistsRecord:
    """Train every finalist in every repetition, and compare them.

    The result depends on the plan and the rows alone: folds and seeds follow from the number of a repetition.

    Raises:
        DataError:  a repetition's splits do not suit the rows.
        WorkerLost: a training was given up.
    """
    scores = np.empty((len(chosen), plan.seeds, plan.folds))
    waiting: list[tuple[list[Pending], set[Shared]]] = []
    for repetition in range(plan.seeds + 1):  # one is begun before the one before it is waited for
        if repetition < plan.seeds:
            waiting.append(_begun(chosen, repetition, executor))
        if repetition > 0:
            trainings, contents = waiting.pop(0)
            for at, futures in enumerate(trainings):
                scores[at, repetition - 1] = [_score(fold) for future in futures for fold in future.result()]
            for content in contents:
                executor.forget(content)
            say(f"repetition {repetition} of {plan.seeds} is trained")
    pairs = _folds(chosen[0].study, chosen[0].study, 0).pairs
    ratio = fmean(len(validation) / len(train) for train, validation in pairs)
    return rounded(compare_finalists(plan, list(scores), ratio))


def _begun(chosen: Sequence[Chosen], repetition: int, executor: Executor) -> tuple[list[Pending], set[Shared]]:
    """Begin the trainings of a repetition, and return them with the content of its folds.

    Finalists with the same preprocessing share the folds.
    """
    trainings = list[Pending]()
    shared: dict[tuple[Target, Preprocessing], DataReference] = {}
    seed = repetition_seed(repetition)
    for one in chosen:
        folds, data = _folds(chosen[0].study, one.study, repetition), one.study.data
        preprocessing = one.study.space.candidate(one.trial.params).preprocessing
        key = data.target, preprocessing
        if key not in shared:
            prepared = preprocessed_folds(data.development, folds, preprocessing)
            shared[key] = share_folds(prepared, data.target, executor.share)
        spec = one.study.spec
        again = replace(
            one.study,
            spec=spec.model_copy(update={"study": spec.study.model_copy(update={"seed": seed})}),
            data=replace(data, folds=folds),
        )
        trainings.append(begin_models(again, one.trial, {preprocessing: shared[key]}, executor))
    return trainings, {content for reference in shared.values() for content in reference.contents}


def _folds(best: StudyContext, study: StudyContext, repetition: int) -> Folds:
    """Make a repetition's folds with the splitter of the best finalist's study; the same for all studies."""
    development, cv, seed = study.data.development, best.spec.cv, repetition_seed(repetition)
    return make_folds(development, cv, seed, fold_rows(development, cv, seed))


def _plan(chosen: Sequence[Chosen], seeds: int) -> FinalistsPlan:
    best = chosen[0].study
    return FinalistsPlan(
        metric=best.spec.cv.metric,
        finalists=tuple(one.finalist for one in chosen),
        seeds=seeds,
        splitter=best.data.folds.splitter,
        folds=len(best.data.folds.pairs),
        rows=best.data.development.fingerprint,
    )


def _problems(studies: Sequence[ReadStudy], count: int, seeds: int) -> Iterator[str]:
    if count < 2:
        yield f"at least 2 are compared, but got {count}"
    if not 2 <= seeds <= 1000:
        yield f"`2 <= --seeds <= 1000` must hold, but got {seeds}"
    unfinished = [study.name for study in studies if study.recorded is None]
    if unfinished:
        yield f"{', '.join(unfinished)} has not come to its end; the tune command brings it there"
    if missing := [study.name for study in studies if study.recorded is not None and not study.trials]:
        yield f"the journal of {', '.join(missing)} is not there, and with it the trials"
    if timed := [study.name for study in studies if study.setting("data", "time")]:
        yield f"the rows of {', '.join(timed)} are in a time order, which leaves no other splits"
    if unfinished:
        return
    rows = [(result.data.fingerprint, result.split.test_fingerprint) for result in map(_result, studies)]
    if len(set(rows)) > 1:
        other = next(study.name for study, here in zip(studies, rows, strict=True) if here != rows[0])
        yield (
            f"{studies[0].name} and {other} have other development rows or columns, so no split is the same for both; "
            "name studies of the same rows"
        )
    elif len({_result(study).data.classes for study in studies}) > 1:
        yield "the studies name their classes in another order"
    for what, values in (("metrics", [study.metric for study in studies]), ("arithmetic", map(arithmetic_of, studies))):
        if len(different := list(dict.fromkeys(values))) > 1:
            yield f"the studies have other {what}: {', '.join(different)}"


def _recorded(study: ReadStudy) -> Recorded:
    assert study.recorded is not None
    return study.recorded


def _result(study: ReadStudy) -> StudyResult:
    return _recorded(study).result


def _prepared(study: ReadStudy, data: str | None) -> StudyContext:
    recorded = _recorded(study)
    spec = spec_again(recorded, data)
    return prepare_study(spec, data_again(spec, recorded)[0])


def _score(model: FoldModel) -> float:
    """Return the score of a fold; NaN where a network diverged."""
    return model.score if np.isfinite(model.outputs).all() else nan
