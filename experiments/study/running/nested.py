"""Nested cross-validation: a study for each outer fold, each in a folder of its own, and one look at all of them.

The outer studies are ordinary ones that never score their test rows. After them comes the search over all rows, whose
model is kept. Only then all final models are fitted, and each outer fold is scored by the models that did not have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from experiments.config.data_options import DataSection
from experiments.config.outer import outer_study
from experiments.config.spec import StudySpec
from experiments.data.splits.folds import suitable_splitter
from experiments.data.table import Table
from experiments.errors import ExperimentError, StudyStateError
from experiments.evaluation.analysis.tested_trials import finalists_of
from experiments.evaluation.records.analysis_record import UncertaintyRecord
from experiments.evaluation.records.outer_record import OuterFold, OuterRecord
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.last_fit import LastFit
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.scoring.ledger_place import open_ledger
from experiments.evaluation.scoring.outer_fit import OuterFits, outer_fit
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.base import Executor
from experiments.search.journal import Journal
from experiments.search.journal_reader import view_journal
from experiments.search.stopping import possible_trials
from experiments.search.trial import FinishedTrial, InterventionKind
from experiments.study.folders.results_file import Recorded, read_own_results
from experiments.study.running.admission import check_folder, check_ledger
from experiments.study.running.default_rows import default_rows
from experiments.study.running.finished import has_input, input_digests, recorded_end
from experiments.study.running.options import Options, RunContext
from experiments.study.running.resume import check_same_study, start_or_resume
from experiments.tracking.uris import OFF


@dataclass(frozen=True)
class OuterInput:
    """The facts about an outer study that do not follow from the study file.

    table:         its rows as it reads them, if the caller has them; None: as the whole study's, or from the source.
    trials:        number of trials, of a study that is repeated; None: as many as the whole study's.
    interventions: trials that are not computed, each with what ended it in the study that is repeated.
    data:          [data] with all that was decided about its own rows, of a study that is repeated.
    """

    table: Table | None = None
    trials: int | None = None
    interventions: Mapping[int, InterventionKind] = field(default_factory=dict)
    data: DataSection | None = None


OuterRun = tuple[StudySpec, Options, Mapping[int, InterventionKind], Table | None]


@dataclass(frozen=True)
class Nested:
    """The outer studies of nested cross-validation, in one run of the command.

    spec:  the study file, with cv.outer.
    run:   the run of the whole study.
    table: the rows, if they are not to be loaded from the spec's source.
    given: what else is known of each outer study; nothing, if it is empty.
    """

    spec: StudySpec
    run: RunContext
    table: Table | None
    given: Sequence[OuterInput]

    @property
    def folds(self) -> range:
        """Return the numbers of the outer folds, from 1 on."""
        return range(1, (self.spec.cv.outer or 0) + 1)

    @contextmanager
    def runs(self) -> Iterator[list[OuterRun]]:
        """Have the folder of the whole study, and give spec, options, interventions and rows of each outer study.

        What forbids the whole study is said before the first of them begins. There is nothing to run where all of it
        is finished.

        Raises:
            ExperimentError: the study cannot run.
        """
        run = self.run
        if self._is_done():
            yield []
            return
        study = prepare_study(self.spec, self.table)
        run.folder.check_free()
        study = check_folder(study, run.folder, run.options)
        default_rows(study, run.folder, run.options)  # which refuses the default of another kind of study
        check_ledger(study, run.folder, run.options, open_ledger(run.options.ledger, run.say))
        with run.folder.claimed(run.say):
            if run.options.fresh:
                with run.tracking.alone():
                    run.folder.clear()
            journal = Journal(run.folder.journal, study.spec.study.name, run.folder.check_held)
            start_or_resume(journal, study, run.folder.path)
            first, last = (run.folder.outer(fold).path.name for fold in (self.folds[0], self.folds[-1]))
            run.say(f"{len(self.folds)} outer studies come first, in {first} to {last}; then the study of all rows")
            run.log.write(f"outer studies: {first} to {last}")
            yield [self._run(fold) for fold in self.folds]

    def record(self, study: StudyContext) -> OuterRecord:
        """Return the outer folds without scores."""
        folds = tuple(_found(self._recorded(fold).result) for fold in self.folds)
        return OuterRecord(splitter=suitable_splitter(study.data.development), folds=folds)

    def score(
        self,
        study: StudyContext,
        finalists: Sequence[FinishedTrial],
        uncertainty: UncertaintyRecord | None,
        ledger: Ledger,
        executor: Executor,
    ) -> LastFit:
        """Fit all final models, and score each outer fold.

        Args:
            study:       the study of all rows.
            finalists:   its winner, then its default unless it is the winner.
            uncertainty: of all rows.

        Raises:
            ExperimentError: see `outer_fit`; or an outer study was changed meanwhile.
        """
        run, fits = self.run, FinalFits(study, executor)
        run.progress.stage("refitting the best configurations")
        outer = [self._fits(fold, executor) for fold in self.folds]
        chosen = ", ".join(str(one.found.number) for one in outer)
        run.log.write(f"refit and test: trials {chosen} of the outer studies, trial {finalists[0].result.number}")
        return outer_fit(fits, finalists, uncertainty, outer, ledger, run.options.acknowledge_reuse)

    def _run(self, fold: int) -> OuterRun:
        known, options = self._given(fold), self.run.options
        trials = self._trials() if known.trials is None else known.trials
        ours = replace(
            options,
            folder=self.run.folder.outer(fold).path,
            tracking_uri=OFF,
            fresh=False,
            look="leave",
            register_as=None,
            document=None,
            default_of=None,
            origin=None,
            label=f"outer fold {fold} of {len(self.folds)}",
        )
        return self._spec(fold).with_trials(trials), ours, known.interventions, self._table(fold)

    def _spec(self, fold: int) -> StudySpec:
        """Return the study of an outer fold; what was decided about the rows of another one is not its own."""
        study, data = outer_study(self.spec, fold), self._given(fold).data
        return study if data is None else study.model_copy(update={"data": data})

    def _trials(self) -> int:
        """Return the number of trials of an outer study: with --score as many as the whole study has."""
        search = self.spec.search
        if self.run.options.look != "only":
            return search.trials
        view = view_journal(self.run.folder.journal)
        finished = len(view.trials)
        return search.trials if finished in possible_trials(view, search) else finished

    def _given(self, fold: int) -> OuterInput:
        return self.given[fold - 1] if self.given else OuterInput()

    def _table(self, fold: int) -> Table | None:
        """Return the rows of an outer study; None where they are loaded, as how they are read depends on the fold."""
        known = self._given(fold)
        decided = self.table is None or self.table.reading is not None or known.data is not None
        return known.table or (None if decided else self.table)

    def _is_done(self) -> bool:
        """Tell whether results and input show that the whole study is finished, and its outer studies are there."""
        recorded = recorded_end(self.run.folder, self.run.options)
        if recorded is None or recorded.result.outer is None:
            return False
        try:
            digests = [self._recorded(fold).digest for fold in self.folds]
        except (ExperimentError, OSError):
            return False
        there = digests == [one.digest for one in recorded.result.outer.folds]
        return there and has_input(recorded, input_digests(self.spec, given=self.table is not None))

    def _recorded(self, fold: int) -> Recorded:
        return read_own_results(self.run.folder.outer(fold).results)

    def _fits(self, fold: int, executor: Executor) -> OuterFits:
        """Return the fits of an outer study, whose rows are read once more.

        Raises:
            StudyStateError: its journal is not that of its results.
        """
        folder, result = self.run.folder.outer(fold), self._recorded(fold).result
        view = view_journal(folder.journal)
        study = prepare_study(self._spec(fold), self._table(fold)).with_trials(len(view.trials))
        check_same_study(view.identity or {}, study, folder.path)
        if len(view.trials) != len(result.trials):
            raise StudyStateError(f"{folder.path}: its journal is not that of its results; the same command mends it.")
        finalists = finalists_of(view.trials, view.trials[result.best.number])
        return OuterFits(FinalFits(study, executor), finalists, _found(result), result.analysed.uncertainty)


def _found(result: StudyResult) -> OuterFold:
    best, split = result.best, result.split
    return OuterFold(
        development=split.development,
        rows=split.test,
        test_fingerprint=split.test_fingerprint,
        digest=result.digest,
        trials=len(result.trials),
        number=best.number,
        params=best.params,
        epochs=best.epochs,
        cv_mean=best.cv_mean,
        interventions=tuple((one.trial, one.kind) for one in result.interventions),
    )
