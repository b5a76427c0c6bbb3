"""A finished study in a Python program: its trials, scores, model and report."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.config.readable import count
from experiments.errors import ExperimentError, StudyStateError
from experiments.evaluation.records.results import DataRecord, FinalScore, StudyResult
from experiments.reports.formatting import configuration, is_active
from experiments.reports.metrics import metric_of, named_score
from experiments.study.command.python_words import in_python
from experiments.study.folders.results_file import Recorded, learned, read_results

if TYPE_CHECKING:
    import pandas as pd

    from experiments.data.readers.in_memory import Given
    from experiments.evaluation.scoring.external_score import ExternalScore
    from experiments.study.python.study_comparison import StudyComparison
    from experiments.study.python.study_model import StudyModel

HEIGHT = 600  # pixels of a report in a notebook


class ReportPage:
    """The report of a study: a path for `open` and the like, and in a notebook the page itself."""

    def __init__(self, path: Path):
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)

    __str__ = __fspath__

    def __repr__(self) -> str:
        return f"<ReportPage {self.path}>"

    def _repr_html_(self) -> str:
        page = escape(self.path.read_text(encoding="utf-8"))
        return f'<iframe srcdoc="{page}" width="100%" height="{HEIGHT}" style="border:0"></iframe>'


class Study:
    """A study that has come to its end.

    Attributes:
        folder: the folder of its files.
        result: everything that results.json holds, as frozen data.
    """

    def __init__(self, recorded: Recorded):
        self._as_named = recorded.path
        self._recorded = replace(recorded, path=recorded.path.absolute())  # for a program that changes its folder
        self.folder: Path = recorded.folder
        self.result: StudyResult = recorded.result

    def __repr__(self) -> str:
        result, test = self.result, self.result.test
        metric, score = (metric_of(result.spec), result.best.cv_mean) if test is None else (test.metric, test.score)
        of = "in cross-validation, not tested" if test is None else f"on {test.rows:,} test rows"
        trials = count(len(result.trials), "trial")
        return f"<Study {result.study}: {named_score(metric, score)} {of}, {trials}, {self.folder}>"

    @property
    def data(self) -> DataRecord:
        """Return the facts of the data: name, rows, features, task and classes."""
        return self.result.data

    @property
    def best_params(self) -> dict[str, float | int | str | bool]:
        """Return the settings of the best trial that were searched, without those that have no effect in its network.

        >>> from experiments.study.python.api import open
        >>> from experiments.study.folders.lookup import EXAMPLE
        >>> "learning_rate" in open(EXAMPLE).best_params
        True
        """
        best, spec = self.result.best, self.result.spec
        return {name: value for name, value in best.params.items() if is_active(name, best.params, spec)}

    @property
    def best(self) -> str:
        """Return the best configuration in words, with what the study file fixes."""
        result = self.result
        return configuration(result.best.params, result.spec, result.best.epochs)

    @property
    def test(self) -> FinalScore | None:
        """Return the test evaluation: its score, ci95, rows, baselines and so on; None of a study without one."""
        return self.result.test

    @property
    def digest(self) -> str:
        """Return the digest of all that the study file and the data determine."""
        return self.result.digest

    @cached_property
    def trials(self) -> pd.DataFrame:
        """Return the table of trials.csv, a row for each trial by its number.

        Columns: state (COMPLETE, PRUNED or FAIL), reason, value (the score, as scikit-learn signs it), last, epochs,
        trained, cv_std, each parameter, and fold_0 and so on.

        Raises:
            StudyStateError: its journal is damaged, or another study's.
        """
        import pandas as pd

        from experiments.reports.trials_csv import trial_rows
        from experiments.search.pruning import quiet_optuna

        quiet_optuna()
        try:
            curves = [trial.result for trial in learned(self._recorded)]
        except StudyStateError:
            self._check_is_in_its_folder()
            raise
        columns, rows = trial_rows(self.result, curves)
        return pd.DataFrame(rows, columns=columns).set_index("number")

    @property
    def _path(self) -> Path:
        """Return the path of the results, as it was named where that still leads to them."""
        path = self._recorded.path
        return self._as_named if self._as_named.absolute() == path else path

    def _check_is_in_its_folder(self) -> None:
        """Refuse to open what lies beside other results, as after `run` with fresh=True.

        Raises:
            StudyStateError: the folder holds other results than these.
        """
        if read_results(self._recorded.path).digest != self._recorded.digest:
            raise StudyStateError(
                f"{self.folder}: a later run has put other results there; experiments.open({str(self.folder)!r}) opens "
                "them, and out= keeps a run in a folder of its own."
            )

    @property
    def report(self) -> ReportPage:
        """Return the report, a page that stands alone; a notebook shows it.

        Raises:
            StudyStateError: it is not there, or another study's.
        """
        self._check_is_in_its_folder()
        path = self._recorded.folder / "report.html"
        if not path.is_file():
            raise StudyStateError(f"{path}: there is no report; python -m experiments.report {self.folder} writes it.")
        return ReportPage(path)

    @cached_property
    def model(self) -> StudyModel:
        """Return the model, whose `predict` takes a DataFrame of new rows.

        Raises:
            StudyStateError: the study has none, because its test rows were not scored, or it is another study's.
            DataError:       a file of it is missing or damaged.
        """
        from experiments.study.folders.lookup import check_is_current
        from experiments.study.python.study_model import StudyModel

        self._check_is_in_its_folder()
        folder = self._recorded.folder / "model"
        if not folder.is_dir():
            raise StudyStateError(
                f"{self.folder}: the study has no model; it gets one when its test rows are scored, as the same call "
                "of experiments.run does with look='only'."
            )
        check_is_current(self._recorded.folder)
        return StudyModel(folder)

    def score(self, rows: Given, drop_classes: object = ()) -> ExternalScore:
        """Score the model on new rows with their target, as `python -m experiments.score` does a file of them.

        The ledger in studies/ counts it.

        Args:
            rows:         a DataFrame with the target in it, or (x, y).
            drop_classes: a class whose rows are left out, or a list of them.

        Raises:
            ExperimentError: there is no model, a column is missing, or a class is unknown or not there.

        Warns:
            UserWarning: what is to be said of how the rows were read.
        """
        from experiments.data.new_data.labelled_rows import labelled_data
        from experiments.evaluation.scoring.ledger_place import LEDGER, open_ledger
        from experiments.study.external.external_validation import finished_study, score_rows
        from experiments.study.folders.folder import print_note

        self._check_is_in_its_folder()
        try:
            study = finished_study(self._recorded)
            several = drop_classes if isinstance(drop_classes, list | tuple | set) else [drop_classes]
            labelled = labelled_data(rows, study.learnt, list(map(str, several)))
            for note in study.notes_of(labelled):
                warnings.warn(note, stacklevel=2)
            return score_rows(study, labelled, open_ledger(LEDGER, print_note))
        except ExperimentError as error:  # whose words are those of the command
            raise in_python(error) from None

    def compare(self, other: Study | str | Path, metric: str | None = None) -> StudyComparison:
        """Compare with another study, as `python -m experiments.compare` does; nothing is trained or written.

        Args:
            other:  a study, or its name, folder or file.
            metric: metric by which the choices of both are scored, as `--metric` has it; its own of each where None.

        Raises:
            ExperimentError: there is no such study, it is this one, or other results are in its folder.
        """
        from experiments.study.python.study_comparison import compared

        for one in (self, other):
            if isinstance(one, Study):
                one._check_is_in_its_folder()
        try:
            return compared([str(one._path if isinstance(one, Study) else one) for one in (self, other)], metric)
        except ExperimentError as error:  # whose words are those of the command
            raise in_python(error) from None
