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

from experiments.calibration import Timed, calibrate, most_memory, parameter_count
from experiments.candidate import Candidate
from experiments.data.ledger import Ledger, Past
from experiments.data.prepare import StudyData, preprocessed_folds
from experiments.errors import SearchError, SpecError, StudyStateError
from experiments.folder import StudyFolder
from experiments.forecast import Forecast, Search, forecast
from experiments.identity import check_enough_trials, check_same_study, study_identity
from experiments.kernel import blas_kernel
from experiments.search.executor import WorkerDied
from experiments.search.journal_view import view_journal
from experiments.search.processes import Processes
from experiments.search.pruning import quiet_optuna
from experiments.space import Space
from experiments.spec import StudySpec
from experiments.study import Options, checked_data
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.blas import computing_environment, cpu_flags
from nnet.errors import NNetError

SECONDS = 2.5  # of calibration
DRAWS = 128  # configurations, the first of which are timed, as many as there is time for
LARGEST = 1 << 24  # elements of the features that a worker is sent to calibrate with: 64 MB of float32


@dataclass(frozen=True)
class Plan:
    """What is known of a study before it runs.

    told:      trials that its folder holds already.
    running:   another command works on it now.
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
    past: Past
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
    quiet_optuna()
    environment = computing_environment(blas_kernel(), cpu_flags(), os.environ)
    with Processes(options.workers, environment) as processes:
        spec, space, data = checked_data(spec)
        folder = StudyFolder(options.folder)
        folder.check_place()
        view = view_journal(folder.journal)
        if options.fresh:
            view = replace(view, identity=None, told=())
        if view.identity is not None:
            check_same_study(view.identity, spec, data, folder.path)
        if options.look == "only" and not view.told:
            raise StudyStateError(f"--score: {folder.path} holds no trial to score.")
        if options.look != "only":
            check_enough_trials(spec, view.told, folder.path)
        past = Ledger(options.mlruns / "looks.jsonl").glance(study_identity(spec, data), data.test)
        folds = preprocessed_folds(data.development, data.folds, space.candidate(space.default).preprocessing)
        kernel = next((one.kernel for one in processes.greetings()), "")
        start = time.perf_counter() - started
        candidates, sizes = _candidates(space, data)
        sample, share = sample_of(folds)
        arguments = candidates, sample, share, data.target, spec.cv.metric, SECONDS
        futures = [processes.submit(calibrate, *arguments) for _ in range(options.workers)]
        try:
            found = [future.result() for future in futures]
        except WorkerDied as error:
            raise SearchError(f"configurations of this space cannot be timed here: {error}") from None
    timed = [
        (candidate, Timed(mean(one.epoch for one in times), times[0].parameters))
        for candidate, *times in zip(candidates, *(one.timed for one in found), strict=False)
    ]
    wanted = max(0, spec.search.trials - len(view.told))
    search = Search(
        trials=0 if options.look == "only" else wanted,
        told=len(view.told),
        epochs=spec.training.epochs,
        folds=len(folds),
        workers=options.workers,
        lookahead=spec.search.lookahead,
        learns=spec.search.sampler != "random",
        prunes=spec.search.pruner != "none",
        new_store=_is_new(options.tracking_uri),
    )
    drawn = list(zip(candidates, sizes, strict=True))[1:]
    most = max(one.memory for one in found)
    foretold = forecast(search, timed[0], timed[1:] or timed, drawn, start, most_memory(), most)
    return Plan(
        spec=spec,
        options=options,
        data=data,
        space=space,
        told=len(view.told),
        running=folder.is_running(),
        past=past,
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


def _candidates(space: Space, data: StudyData) -> tuple[list[Candidate], list[int]]:
    """The default and others from the space, and the number of parameters of each."""
    try:
        candidates = [space.candidate(space.default), *random_candidates(space)]
        return candidates, [parameter_count(one, data.features, data.target) for one in candidates]
    except NNetError as error:
        raise SpecError(f"space: {error}") from None


def _is_new(tracking_uri: str) -> bool:
    """Whether this is a database on this machine that does not exist yet."""
    file = tracking_uri.removeprefix("sqlite:///")
    return file != tracking_uri and not Path(file).exists()
