"""StudySpec: a study file as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    SerializeAsAny,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from experiments.config.candidate import MOST_BINS, RARE_RULE, Preprocessing, Scaling
from experiments.config.data_options import DataSection, Decided, OuterFolds
from experiments.config.final_options import FinalSection
from experiments.config.later_keys import without_later_keys
from experiments.config.pruner_options import PRUNERS, HyperbandOptions, PatientOptions
from experiments.config.report_options import ReportSection
from experiments.config.sampler_options import SAMPLERS
from experiments.config.section import Section, broken_rules, options_of, section_from
from experiments.config.study_name import names_a_folder
from nnet.network import Architecture
from nnet.settings import TrainingSettings

Value = bool | int | float | str
Number = Annotated[int | float, Field(ge=-1e18, le=1e18)]
SMALLEST = 1e-30  # where a log range may begin
MOST_STEPS = 1e9
MOST_MINUTES = 525_600  # of a year: a clock cannot wait for much more
Units = Annotated[int, Field(ge=1, le=1 << 20)]


class StudySection(Section):
    """[study]: the study's name, the seed of everything random in it but the splits, and its arithmetic.

    arithmetic: "portable" has the same bits on every x86-64 processor with AVX2; "native" is a machine's fastest.
    """

    name: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(names_a_folder)]
    seed: Annotated[int, Field(ge=0, lt=1 << 63)] = 0
    arithmetic: Literal["portable", "native"] = "portable"


class CVSection(Section):
    """[cv]: scikit-learn's splitter by class name, and its scorer by name; auto is what suits the data.

    fold_rows: development rows to draw for the folds, by split_seed; without it all. The final model learns from all.
    outer:     number of outer folds, each the test set of a search of its own (nested cross-validation); None: no such.
    """

    splitter: Literal[
        "auto",
        "GroupKFold",
        "KFold",
        "RepeatedKFold",
        "RepeatedStratifiedKFold",
        "StratifiedGroupKFold",
        "StratifiedKFold",
        "TimeSeriesSplit",
    ] = "auto"
    n_splits: Annotated[int, Field(ge=2, le=100)] = 5
    n_repeats: Annotated[int, Field(ge=1, le=50)] = 1
    fold_rows: Annotated[int, Field(ge=2)] | None = None
    metric: Annotated[str, Field(min_length=1, max_length=100)] = "auto"
    outer: OuterFolds | None = None

    @model_validator(mode="after")
    def _bounded(self) -> CVSection:
        if self.n_repeats > 1 and not self.splitter.startswith("Repeated"):
            stratified, plain = "RepeatedStratifiedKFold", "RepeatedKFold"
            named = plain if self.splitter == "KFold" else stratified
            other = "" if self.splitter in ("KFold", "StratifiedKFold") else f', or "{plain}" for a number'
            rule = f"n_repeats = {self.n_repeats} belongs to the Repeated splitters, but splitter is {self.splitter}"
            raise ValueError(f'{rule}; set cv.splitter = "{named}"{other}, or remove n_repeats')
        if self.n_splits * self.n_repeats > 100:
            raise ValueError(f"at most 100 folds, but got {self.n_splits} x {self.n_repeats}")
        return self


def _rows_or_share(rare: int | float) -> int | float:
    if isinstance(rare, int) and rare >= 1:
        return rare
    if not 0 <= rare < 1:
        raise ValueError(f"it must be {RARE_RULE}, but got {rare!r}")
    return float(rare)


class PreprocessingSection(Section):
    """[preprocessing]: how rows become inputs, where [space] does not search it; `candidate` defines the keys."""

    numbers: Scaling = Preprocessing.numbers
    rare: Annotated[int | float, AfterValidator(_rows_or_share)] = Preprocessing.rare
    bins: Annotated[int, Field(ge=2, le=MOST_BINS)] = Preprocessing.bins


class TrainingSection(section_from(TrainingSettings, Architecture), Section):  # type: ignore[misc]
    """[training]: the settings of every trial, where [space] does not search them.

    The keys are the fields of TrainingSettings and Architecture, with their types and defaults, where none is given
    here. Both classes check the ranges once more, for every candidate.
    """

    epochs: Annotated[int, Field(ge=1, le=100_000)] = TrainingSettings.epochs
    hidden_layers: Annotated[int, Field(ge=0, le=20)] = 1
    hidden_units: Units | tuple[Units, ...] = 64
    loss: str = "auto"
    class_weight: Literal["none", "balanced"] = "none"


class SearchSection(Section):
    """[search]: the number of trials, how many run at once, the sampler and the pruner.

    enqueue:        configurations tried first, after the default; each is given like [default].
    patience:       trials without an improvement that end the search; 0: never.
    budget_minutes: wall-clock time that ends it, over all runs of the study; 0: no limit.

    A search that patience or the budget ends equals a search for as many trials, and so does its digest.
    """

    trials: Annotated[int, Field(ge=1, le=1_000_000)] = 40
    lookahead: Annotated[int, Field(ge=1, le=1024)] = 4
    sampler: Literal["tpe", "random", "qmc", "grid", "gp", "cmaes"] = "tpe"
    sampler_options: Annotated[SerializeAsAny[Section], Field(validate_default=True)] = Section()
    enqueue: tuple[dict[str, Value | tuple[Value, ...]], ...] = ()
    pruner: Literal["none", "median", "percentile", "successive_halving", "hyperband", "patient", "threshold"] = (
        "median"
    )
    pruner_options: Annotated[SerializeAsAny[Section], Field(validate_default=True)] = Section()
    patience: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    budget_minutes: Annotated[int | float, Field(ge=0, le=MOST_MINUTES)] = 0

    @field_validator("sampler_options", "pruner_options", mode="plain")
    @classmethod
    def _of_the_sampler_or_pruner(cls, value: object, info: ValidationInfo) -> Section:
        kind, models = ("sampler", SAMPLERS) if info.field_name == "sampler_options" else ("pruner", PRUNERS)
        return options_of(models, info.data.get(kind), value)


class Range(Section):
    """{ low, high, log, step }: numbers from low to high, both included."""

    low: Number
    high: Number
    log: bool = False
    step: Number | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.low <= self.high:
            raise ValueError(f"`low <= high` must hold, but got low={self.low}, high={self.high}")
        if self.log and not self.low >= SMALLEST:
            raise ValueError(f"`low > 0` must hold for a log range (from {SMALLEST:g} on), but got low={self.low}")
        if self.log and self.step is not None:
            raise ValueError("a range has a log scale or a step, not both")
        if self.step is not None and not SMALLEST <= self.step <= max(self.high - self.low, SMALLEST):
            raise ValueError(f"`0 < step <= high - low` must hold, but got step={self.step}")
        if self.step is not None and (self.high - self.low) / self.step > MOST_STEPS:
            raise ValueError(f"a range has at most {MOST_STEPS:g} steps, but got step={self.step}")
        return self

    @property
    def ends(self) -> tuple[Value, ...]:
        """Return the least and the largest number."""
        return (self.low, self.high)


class Choices(Section):
    """{ choices = [...] }: a value from a list."""

    choices: Annotated[tuple[Value, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> Choices:
        if len(set(self.choices)) < len(self.choices):
            raise ValueError(f"choices must differ, but got {list(self.choices)}")
        return self

    @property
    def ends(self) -> tuple[Value, ...]:
        """Return all choices, where a range has its ends."""
        return self.choices


def _kind(value: object) -> str:
    has_choices = "choices" in value if isinstance(value, Mapping) else isinstance(value, Choices)
    return "Choices" if has_choices else "Range"


Searched = Annotated[
    Annotated[Range, Tag("Range")] | Annotated[Choices, Tag("Choices")],
    Discriminator(_kind),
]


class StudySpec(Section):
    """The whole study file. Nothing but it and the data can change the outcome, and [report] changes none of it."""

    study: StudySection
    data: DataSection
    cv: CVSection = CVSection()
    preprocessing: PreprocessingSection = PreprocessingSection()
    training: TrainingSection = TrainingSection()
    search: SearchSection = SearchSection()
    space: dict[str, Searched]
    default: dict[str, Value | tuple[Value, ...]] = Field(default_factory=dict)
    final: FinalSection = FinalSection()
    report: ReportSection = ReportSection()

    @field_validator("cv")
    @classmethod
    def _one_kind_of_test_set(cls, cv: CVSection, info: ValidationInfo) -> CVSection:
        """Refuse outer folds beside another test set: they are the test sets."""
        for key in ("test", "test_rows", "test_fold"):
            if cv.outer is not None and (named := getattr(info.data.get("data"), key, None)) is not None:
                rule = (
                    f"the outer folds are the test sets, but data.{key} = {named!r} names another; remove one of them"
                )
                raise broken_rules({("outer",): rule})
        return cv

    @field_validator("final")
    @classmethod
    def _no_plateau_on_another_horizon(cls, final: FinalSection, info: ValidationInfo) -> FinalSection:
        """Refuse another horizon where rates may follow the scores of the search, which has its own epochs."""
        training, searched = info.data.get("training"), info.data.get("space", {}).get("schedule")
        enqueued = info.data["search"].enqueue if "search" in info.data else ()
        given = [table.get("schedule") for table in (info.data.get("default", {}), *enqueued)]
        ends = searched.ends if searched else ()
        if final.epochs is not None and "plateau" in (training and training.schedule, *ends, *given):
            rule = "a plateau schedule lowers the rate where the search did, so the refit has the epochs of the search"
            rule += f", but got {final.epochs}; remove it, or choose another schedule"
            raise broken_rules({("epochs",): rule})
        return final

    @field_validator("final")
    @classmethod
    def _one_loss_where_models_are_joined(cls, final: FinalSection, info: ValidationInfo) -> FinalSection:
        """Refuse the mean of outputs that different losses give different meanings."""
        if final.choice == "with_default" and "loss" in info.data.get("space", {}):
            rule = "with_default is the mean of two models, which must have the same loss"
            raise broken_rules({("choice",): f'{rule}; set final.choice = "best", or remove space.loss'})
        return final

    @field_validator("search")
    @classmethod
    def _first_rung_is_reached(cls, search: SearchSection, info: ValidationInfo) -> SearchSection:
        """Refuse a first rung beyond the last epoch: nothing would be pruned, and Hyperband would have no bracket."""
        table, options = ["pruner_options"], search.pruner_options
        if isinstance(options, PatientOptions):
            table, options = [*table, "pruner_options"], options.pruner_options
        training = info.data.get("training")
        if isinstance(options, HyperbandOptions) and training and options.min_resource > training.epochs:
            rule = f"must be at most training.epochs, which is {training.epochs}, but got {options.min_resource}"
            raise broken_rules({(*table, "min_resource"): rule})
        return search

    def with_inferred_settings(
        self, task: Literal["classification", "regression"], splitter: str, n_splits: int | None = None
    ) -> StudySpec:
        """Return the spec with every `auto` replaced by what suits the data.

        Args:
            task:     of the data.
            splitter: replaces an automatic splitter.
            n_splits: number of folds; None leaves it.
        """
        classes = task == "classification"
        training, default = self.training, self.default
        loss = "cross_entropy" if classes else "mean_squared_error"
        if "loss" in self.space:
            default = {"loss": loss} | default
        elif training.loss == "auto":
            training = training.model_copy(update={"loss": loss})
        cv: dict[str, str | int] = {"splitter": splitter} if self.cv.splitter == "auto" else {}
        if n_splits is not None:
            cv["n_splits"] = n_splits
        if self.cv.metric == "auto":
            cv["metric"] = "accuracy" if classes else "r2"
        return self.model_copy(
            update={
                "data": self.data.model_copy(update={"task": task}),
                "cv": self.cv.model_copy(update=cv),
                "training": training,
                "default": default,
            }
        )

    def with_decided(self, keys: Decided) -> StudySpec:
        """Return the spec with these keys of [data], which leave nothing to decide about a file."""
        changed: dict[str, Any] = {key: None if value in ((), {}) else value for key, value in keys.items()}
        return self.model_copy(update={"data": self.data.model_copy(update=changed)})

    def with_arithmetic(self, arithmetic: Literal["portable", "native"]) -> StudySpec:
        """Return the same study with that arithmetic."""
        return self.model_copy(update={"study": self.study.model_copy(update={"arithmetic": arithmetic})})

    def with_trials(self, trials: int) -> StudySpec:
        """Return the same study with another number of trials."""
        return self.model_copy(update={"search": self.search.model_copy(update={"trials": trials})})

    @property
    def texts(self) -> ReportSection | None:
        """Return the author's texts; None where the study file has no [report]."""
        return self.report if "report" in self.model_fields_set else None

    def to_document(self) -> dict[str, Any]:
        """Return JSON data that makes the same study again: every default but those of later keys, in one place."""
        elsewhere: dict[str, Any] = {"data": True, "report": True, "search": {"patience", "budget_minutes"}}
        document = self.model_dump(mode="json", exclude_none=True, exclude=elsewhere) | {
            "data": self.data.to_document()
        }
        if self.cv.outer is not None:
            del document["data"]["test_size"]  # which is not used
        ours = {
            key: document[section].pop(key)
            for section in ("training", "preprocessing")
            for key in self.space
            if key in document[section]
        }
        default = _one_form(ours | document["default"])
        enqueue = [default | _one_form(entry) for entry in document["search"]["enqueue"]]
        return without_later_keys(
            {
                **document,
                "search": {**document["search"], "enqueue": enqueue},
                "space": _one_form(document["space"]),
                "default": default,
            }
        )


def _one_form(value: Any) -> Any:
    """Write whole numbers as integers: 0 and 0.0 mean the same, and so must their digests."""
    if isinstance(value, dict):
        return {key: _one_form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_one_form(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
