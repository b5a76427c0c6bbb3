"""`tune --plan`: a study's data, what is there of it, and a forecast calibrated here. Runs no trial, writes nothing."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np
import optuna

from experiments.config.candidate import Candidate, parameter_count
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData, preprocessed_folds
from experiments.errors import SearchError
from experiments.evaluation.ledger_place import find_ledger
from experiments.evaluation.results import LedgerRecord
from experiments.search.executors.base import WorkerLost, blas_kernel
from experiments.search.executors.create import one_kernel
from experiments.search.journal_reader import JournalView, view_journal
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.study.admission import check_folder
from experiments.study.folder import StudyFolder
from experiments.study.forecast.after_search import after_search
from experiments.study.forecast.calibration import Timed, calibrate, most_memory
from experiments.study.forecast.forecast import Forecast, Search, forecast
from experiments.study.options import Options
from experiments.study.resume import study_identity
from experiments.study.run import checked_data, open_executor_of
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.blas import computing_environment, cpu_flags

DRAWING = frozenset({"random", "qmc", "grid"})  # samplers that learn nothing of earlier trials
SECONDS = 2.5  # of calibration
DRAWS = 128  # configurations, the first of which are timed, as many as there is time for
LARGEST = 1 << 24  # elements of the features that a worker is sent to calibrate with: 64 MB of float32


@dataclass(frozen=True)
class Plan:
    """What is known of a study before it runs.

    options:   with as many workers as there are to compute it.
    told:      trials that its folder holds already.
    running:   another command works on it now.
    ledger:    the ledger's file, from which `past` was read.
    kernel:    of BLAS, in the workers.
    timed:     configurations that the calibration had time for.
    took:      seconds that the plan took.
    """

    spec: StudySpec
    options: Options
    data: StudyData
    space: Space
    told: int
    running: bool
    past: LedgerRecord
    ledger: Path
    kernel: str
    timed: int
    forecast: Forecast
    took: float


def make_plan(spec: StudySpec, options: Options) -> Plan:
    """Load the data, look at what is there, and calibrate in workers like those that would compute the study.

    Raises:
        ExperimentError: what would be wrong with the study itself.
    """
    started = time.perf_counter()
    check_installed(spec.search)
    quiet_optuna()
    environment = computing_environment(blas_kernel(), cpu_flags(), os.environ)
    folder = StudyFolder(options.folder)
    with open_executor_of(options, environment, folder) as executor:
        spec, space, data = checked_data(spec)
        spec = check_folder(spec, data, folder, options)
        view = JournalView() if options.fresh else view_journal(folder.journal)
        ledger = find_ledger(options.ledger)
        past = ledger.read(study_identity(spec, data), data.test.known_by)
        folds = preprocessed_folds(data.development, data.folds, space.candidate(space.default).preprocessing)
        inputs = max(fold.x.shape[1] for fold in folds)
        space.check(inputs, data.target)
        greetings = executor.wait_for_workers()
        kernel, workers = one_kernel(greetings, view.trials), min(options.workers, len(greetings))
        start = time.perf_counter() - started
        candidates = [space.candidate(space.default), *random_candidates(space)]
        sizes = [parameter_count(one, inputs, data.target) for one in candidates]
        sample, share = sample_of(folds)
        arguments = candidates, sample, share, data.target, spec.cv.metric, SECONDS
        futures = [executor.submit(calibrate, *arguments) for _ in range(workers)]
        try:
            found = [future.result() for future in futures]
        except WorkerLost as error:
            raise SearchError(f"configurations of this space cannot be timed here: {error}") from None
    timed = [
        (candidate, Timed(mean(one.epoch for one in times), times[0].parameters))
        for candidate, *times in zip(candidates, *(one.timed for one in found), strict=False)
    ]
    search = Search(
        trials=spec.search.trials - len(view.trials),
        told=len(view.trials),
        epochs=spec.training.epochs,
        folds=len(folds),
        workers=workers,
        lookahead=spec.search.lookahead,
        learns=spec.search.sampler not in DRAWING,
        prunes=spec.search.pruner != "none",
        new_store=_is_new(options.tracking_uri),
        kept=sum(len(fold.validation) for fold in folds) * (4 * data.target.outputs if data.target.classes else 8),
    )
    drawn = list(zip(candidates, sizes, strict=True))[1:]
    most = max(one.memory for one in found)
    after = after_search(spec, space, data, inputs, workers, options.look != "leave")
    foretold = forecast(search, timed[0], timed[1:] or timed, drawn, after, start, most_memory(), most)
    return Plan(
        spec=spec,
        options=replace(options, workers=workers),
        data=data,
        space=space,
        told=len(view.trials),
        running=folder.is_running(),
        past=past,
        ledger=ledger.path,
        kernel=kernel,
        timed=len(timed),
        forecast=foretold,
        took=time.perf_counter() - started,
    )


def random_candidates(space: Space) -> list[Candidate]:
    """Configurations spread evenly over the space, of which any first few are spread evenly too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.QMCSampler(qmc_type="halton", scramble=True, seed=0, warn_independent_sampling=False)
    study = optuna.create_study(sampler=sampler)
    distributions = dict(sorted(space.distributions.items()))
    drawn = []
    for _ in range(DRAWS):
        trial = study.ask(fixed_distributions=distributions)
        study.tell(trial, 0.0)
        drawn.append(space.candidate(trial.params))
    return drawn


def sample_of(folds: Sequence[FoldData]) -> tuple[list[FoldData], float]:
    """Every n-th row of the folds, so few that they can be sent to a worker; and their share of all rows."""
    arrays = {id(fold.x): fold.x for fold in folds}
    step = -(-sum(x.size for x in arrays.values()) // LARGEST)
    if step == 1:
        return list(folds), 1.0
    features: dict[int, Array] = {key: np.ascontiguousarray(x[::step]) for key, x in arrays.items()}
    sample = [
        replace(
            fold,
            x=features[id(fold.x)],
            y=fold.y[::step],
            weights=None if fold.weights is None else fold.weights[::step],
            **{
                part: rows[rows % step == 0] // step
                for part, rows in (("train", fold.train), ("validation", fold.validation))
            },
        )
        for fold in folds
    ]
    return sample, sum(len(fold.train) for fold in sample) / sum(len(fold.train) for fold in folds)


def _is_new(tracking_uri: str) -> bool:
    """Whether this is a database on this machine that does not exist yet."""
    file = tracking_uri.removeprefix("sqlite:///")
    return file != tracking_uri and not Path(file).exists()
