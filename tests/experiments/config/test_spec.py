"""A spec is frozen and strict, and its resolved form is complete."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from experiments.config.data_options import OF_A_SOURCE, DataSection
from experiments.config.sampler_options import SAMPLERS, CMAESOptions
from experiments.config.spec import Choices, CVSection, Range, StudySection, StudySpec, TrainingSection
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError

SPACE: dict[str, Any] = {
    "learning_rate": {"low": 1e-4, "high": 0.1, "log": True},
    "hidden_units": {"low": 8, "high": 32, "step": 8},
    "activation": {"choices": ("relu", "tanh")},
    "dropout": {"low": 0.0, "high": 0.5},
}


def make(**sections: Any) -> StudySpec:
    return StudySpec.model_validate({"study": {"name": "x"}, "data": {"source": "iris"}, "space": SPACE, **sections})


def test_frozen_is_frozen() -> None:
    spec = make()
    for section, key in [(spec, "study"), (spec.study, "seed"), (spec.space["dropout"], "low"), (spec.cv, "metric")]:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(section, key, getattr(section, key))


def test_a_name_that_can_be_a_folder_is_taken_as_it_is() -> None:
    for name in ["😀", "digits-2", "mein Versuch", "اسم", "a'b", "$HOME", "x" * 100, "é" * 100, "a.b"]:
        assert StudySection(name=name).name == name


NAMES = [
    *[
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "ledger.jsonl",
        "ledger.lock",
        "a\\b",
        '"',
        "<script>",
        "a:b",
        "a|b",
        "a*",
        "a?",
        " a",
        "a ",
        "a.",
        "-rf",
        ".x",
    ],
    *["a\nb", "a\tb", "\x00", "\x1b[31m", "\x7f", "\u202ea", "\u200d", "\ud800", "x" * 101, "x" * 600, "😀" * 51],
]
RANGES: list[dict[str, Any]] = [
    {"low": 2, "high": 1},
    {"low": 0, "high": 1, "log": True},
    {"low": -1.0, "high": 1, "log": True},
    {"low": 1, "high": 2, "log": True, "step": 1},
    {"low": 1, "high": 2, "step": 0},
    {"low": 1, "high": 2, "step": -0.5},
    {"low": True, "high": 2},
    {"low": "a", "high": "b"},
    {"low": 0, "high": float("inf")},
    {"low": 0, "high": float("nan")},
    {"low": 1},
]
CHOICES = [(), (1, 1), (1, 1.0), (1, True), ("a", "a"), (0.0, -0.0), (None,), ((1,),)]


def test_a_value_that_breaks_its_rule_is_refused() -> None:
    cases: list[tuple[Any, dict[str, Any]]] = [
        *((TrainingSection, {"epochs": value}) for value in (True, "3", 3.0, None, [3], float("nan"))),
        *((TrainingSection, {"l2": value}) for value in (True, "0.1", None, float("inf"), float("nan"))),
        *((StudySection, {"name": name}) for name in NAMES),
        *((Range, rule) for rule in RANGES),
        *((Choices, {"choices": choices}) for choices in CHOICES),
    ]
    for section, keys in cases:
        with pytest.raises(ValidationError, match="|".join(keys)):
            section(**keys)


def test_what_a_file_leaves_out() -> None:
    spec = make()
    assert (spec.study.seed, spec.default) == (0, {})
    assert (spec.data.test_size, spec.data.split_seed) == (0.2, 0)
    assert (spec.cv.splitter, spec.cv.n_splits, spec.cv.n_repeats) == ("auto", 5, 1)
    assert (spec.cv.metric, spec.search.sampler, spec.search.pruner) == ("auto", "tpe", "median")
    assert (spec.search.trials, spec.search.lookahead) == (40, 4)
    assert (spec.final.members, spec.final.epochs) == (5, None)
    ours = {
        **{"epochs": 60, "batch_size": 32, "optimizer": "adam", "learning_rate": 1e-3, "momentum": 0.9},
        **{"activation": "relu", "initializer": "auto", "hidden_layers": 1, "hidden_units": 64},
        **{"l2": 1e-4, "dropout": 0.0, "patience": 10, "validate_every": 1, "batch_norm": False, "l1": 0.0},
        **{"schedule": "constant", "loss": "auto", "label_smoothing": 0.0, "class_weight": "none"},
        **{"beta2": 0.999, "decay_start": 0.0, "noise": 0.0, "input_noise": 0.0, "input_scale": False},
        **{"average_epochs": 1, "max_norm": 0.0, "clip_norm": 0.0, "warm_up": 0.0, "input_dropout": 0.0},
    }
    assert spec.training.model_dump().items() >= ours.items()


@pytest.mark.parametrize(
    ("section", "key", "low", "high"),
    [
        ("study", "seed", 0, 2**63 - 1),
        ("data", "split_seed", 0, 2**32 - 1),
        ("cv", "n_splits", 2, 100),
        ("training", "epochs", 1, 100_000),
        ("final", "members", 1, 32),
        ("final", "epochs", 1, 100_000),
        ("training", "hidden_layers", 0, 20),
        ("training", "hidden_units", 1, 2**20),
        ("search", "trials", 1, 1_000_000),
        ("search", "lookahead", 1, 1024),
    ],
)
def test_a_number_has_ends(section: str, key: str, low: int, high: int) -> None:
    sections: dict[str, Any] = {"study": {"name": "x"}, "data": {"source": "iris"}}

    def parsed(value: int) -> Any:
        return getattr(getattr(make(**{section: sections.get(section, {}) | {key: value}}), section), key)

    assert (parsed(low), parsed(high)) == (low, high)
    for value in (low - 1, high + 1):
        with pytest.raises(ValidationError, match=key):
            parsed(value)


def test_a_plateau_schedule_has_no_other_horizon() -> None:
    choices = {"choices": ("cosine", "plateau")}
    searched: dict[str, Any] = {"space": {"l2": {"low": 0.0, "high": 0.1}, "schedule": choices}}
    without = {"space": {"l2": {"low": 0.0, "high": 0.1}, "schedule": {"choices": ("cosine", "step")}}}
    for sections in (
        {"training": {"schedule": "plateau"}},
        searched,
        {**without, "default": {"schedule": "plateau"}},
        {**without, "search": {"enqueue": ({"schedule": "plateau"},)}},
    ):
        assert make(**sections).final.members == 5
        with pytest.raises(ValidationError, match=r"epochs\n +a plateau schedule lowers .* but got 9"):
            make(**sections, final={"epochs": 9})
    assert make(**without, final={"epochs": 9}).final.epochs == 9


def test_rare_is_a_number_of_rows_or_a_share() -> None:
    for given, kept in [(5, 5), (1, 1), (0, 0.0), (0.01, 0.01)]:
        rare = make(preprocessing={"rare": given}).preprocessing.rare
        assert (rare, type(rare)) == (kept, type(kept))
    for given in (-1, 1.0, 2.5, True, "5"):
        with pytest.raises(ValidationError, match="rare"):
            make(preprocessing={"rare": given})


def test_a_searched_key_is_a_range_or_choices() -> None:
    spec = make()
    assert [type(one) for one in spec.space.values()] == [Range, Range, Choices, Range]


def test_repeats_belong_to_repeated_splitters_and_folds_are_at_most_100() -> None:
    assert CVSection(splitter="RepeatedKFold", n_splits=2, n_repeats=50).n_repeats == 50
    with pytest.raises(ValidationError, match="Repeated"):
        CVSection(splitter="KFold", n_repeats=2)
    with pytest.raises(ValidationError, match="at most 100 folds, but got 11 x 10"):
        CVSection(splitter="RepeatedKFold", n_splits=11, n_repeats=10)


def test_resolved_has_every_key_in_one_place() -> None:
    document = make(training={"epochs": 5, "patience": 3}, default={"dropout": 0.25}).to_document()
    assert document["default"] == {"learning_rate": 1e-3, "hidden_units": 64, "activation": "relu", "dropout": 0.25}
    assert document["training"].keys() == TrainingSection.model_fields.keys() - SPACE.keys()
    assert (document["training"]["epochs"], document["training"]["patience"]) == (5, 3)


def test_options_written_out_or_left_out_are_one_study() -> None:
    for sampler in SAMPLERS:
        resolved = make(search={"sampler": sampler}).to_document()
        options = resolved["search"]["sampler_options"]
        assert options.keys() == SAMPLERS[sampler].model_fields.keys() - {"popsize"}
        assert make(search={"sampler": sampler, "sampler_options": options}).to_document() == resolved


def test_an_option_is_the_samplers_own() -> None:
    spec = make(search={"sampler": "cmaes", "sampler_options": {"popsize": 6}})
    assert spec.search.sampler_options == CMAESOptions(popsize=6)
    assert spec.to_document()["search"]["sampler_options"]["popsize"] == 6
    with pytest.raises(ValidationError, match="tpe has no such option"):
        make(search={"sampler": "tpe", "sampler_options": spec.search.sampler_options})


def test_what_is_enqueued_is_resolved_with_what_the_default_adds() -> None:
    def resolved(*enqueue: dict[str, Any]) -> Any:
        return make(default={"dropout": 0.25}, search={"enqueue": enqueue}).to_document()["search"]["enqueue"]

    whole = {"learning_rate": 0.5, "hidden_units": 64, "activation": "relu", "dropout": 0.25}
    assert resolved({"learning_rate": 0.5}, {"dropout": 0}) == [
        whole,
        {**whole, "learning_rate": 1e-3, "dropout": 0},
    ]
    assert resolved({"learning_rate": 0.5}) == resolved(whole)


VALUES: dict[str, Any] = {
    "target": "y",
    "drop": ("a", 0),
    "categories": ("a",),
    "numbers": (-1,),
    "keep": ("a",),
    "dates": ("d",),
    "formats": {"p": "$1,234.5"},
    "drop_classes": ("rare",),
    "missing": ("-",),
    "strict": True,
    "identifier": "i",
    "groups": 3,
    "time": "t",
    "weights": "w",
    "test_rows": "split=test",
    "present": ("None",),
    "header": False,
    "separator": ";",
    "encoding": "cp1252",
    "skip": 2,
    "sheet": "2024",
    "fill_down": ("f",),
    "size": (8, 8),
    "colour": True,
}
UNREAD = ("t.pkl", "a/t.pkl", "./t.xls", "t.tar")  # sources whose format is not read
OF_EACH = {
    "name": "iris",
    "openml": "openml:61",
    "text": "my.csv.gz",
    "json": "my.jsonl",
    "excel": "my.xlsx",
    "parquet": "a/my.PARQUET",
    "npz": "my.npz",
    "folder": "flowers/",
}


def test_a_key_goes_with_the_sources_that_have_it() -> None:
    for sort in OF_EACH:
        for key in [*VALUES, "test"]:
            source = OF_EACH[sort]
            keys: dict[str, Any] = {key: source if key == "test" else VALUES[key]}
            assert DataSection(source=source).sort == sort
            if key in OF_A_SOURCE[sort]:
                assert getattr(DataSection(source=source, **keys), key) == keys[key]
            else:
                with pytest.raises(ValidationError, match=f"{key} cannot be set for source '{source}'"):
                    DataSection(source=source, **keys)


def test_every_key_that_not_every_source_has_is_tried() -> None:
    assert set().union(*OF_A_SOURCE.values()) == {*VALUES, "test", "folder"}


def test_a_time_is_a_column_or_its_parts() -> None:
    times: list[tuple[Any, Any]] = [("day", "day"), (("day",), "day"), (("year", "month"), ("year", "month")), (3, 3)]
    for given, time in times:
        section = DataSection(source="t.csv", time=given)
        assert section.time == time
        assert section.with_names({"year": "Year", "day": "Day"}).time in ("Day", ("Year", "month"), 3)


def test_a_value_of_data_that_breaks_its_rule_is_refused() -> None:
    parts = [("my.csv", "my.parquet"), ("my.csv", "iris"), ("a/", "b.npz"), ("my.npz", "b/"), ("a.json", "b.xlsx")]
    columns = [{"target": value} for value in (True, 1.0, "", ("y",))] + [{"drop": ()}, {"drop": ""}]
    paths = ["a\0.csv", "a\n/", "\x1b[2J.csv", "\udcff.npz", "", "x" * 5000]
    cases: list[tuple[dict[str, Any], str]] = [
        *(({"source": source, "test": test}, "test must be the same kind of file") for source, test in parts),
        *(({"source": "my.csv", **keys}, next(iter(keys))) for keys in (*columns, {"rows": 1}, {"header": 1})),
        *(({"source": "my.csv", "rows": rows}, "rows") for rows in (1, "9")),
        *(({"source": "iris", key: path}, key) for path in paths for key in ("source", "test", "folder")),
        *(({"source": "a/", "size": size}, "size") for size in ((0, 8), (8,), (8, 8, 8), (8.0, 8), (8, 5000), 8)),
        *(({"source": source, "target": "y"}, f"end in .csv, .tsv, .*but got '{source}'") for source in UNREAD),
        (
            {"source": "my.csv", "test": "split"},
            "'split'; if it is a column, set test_rows = \"split=VALUE\" in its place",
        ),
        ({"source": "my.csv", "test": "a=b"}, "but got 'a=b'; if it is a column, set test_rows = \"a=b\" in its place"),
        *(
            ({"source": "my.csv", "test_rows": one}, 'must be COLUMN=VALUE, as in "split=test" or "fold=9,10"')
            for one in ("split", "split=", "=test", "fold=9,", "", "=")
        ),
        (
            {"source": "a.csv", "test_rows": "s=t", "test": "b.csv"},
            "test_rows and test = 'b.csv' both name the test set",
        ),
        ({"source": "a.csv", "test_rows": "s=t", "test_fold": (1, 5)}, "test_fold and test_rows = 's=t' both name the"),
        ({"source": "t.xls"}, "save it as .xlsx"),
        ({"source": "t.npz", "time": ("a", "b")}, r"time must be one array of source 't\.npz', .*; join them"),
        ({"source": "t.csv", "time": tuple("ymdhns")}, "at most 5 items"),
        ({"source": "t.h5"}, r"save its arrays, as in numpy\.savez\('t\.npz'"),
        *(({"source": "a.csv", "separator": one}, "must be one character") for one in ("a", "::", '"', "", "é")),
        *(
            ({"source": "a.csv", "encoding": one}, "must be an encoding such as")
            for one in ("utf8000", "rot13", "", "a\0")
        ),
        *(({"source": "a.csv", "skip": count}, "skip") for count in (-1, 1.0)),
    ]
    for keys, words in cases:
        with pytest.raises(ValidationError, match=words):
            DataSection(**keys)


def test_where_the_files_lie_does_not_matter() -> None:
    for keys, resolved in [
        ({"source": "a/b/my.csv", "target": 0}, {"source": "my.csv", "target": 0}),
        ({"source": "my.csv", "test": "/x/other.csv"}, {"source": "my.csv", "test": "other.csv"}),
        ({"source": "a/flowers/"}, {"source": "flowers/"}),
        ({"source": "./a/flowers"}, {"source": "flowers/"}),
        ({"source": "mnist", "folder": "/somewhere"}, {"source": "mnist"}),
        ({"source": "openml:61"}, {"source": "openml:61"}),
    ]:
        found = make(data=keys).to_document()["data"]
        assert found == {**resolved, "test_size": 0.2, "split_seed": 0, "task": "auto"}
        assert DataSection.model_validate(found).to_document() == found


def test_a_choice_that_is_not_named_is_not_written_out() -> None:
    """So studies from before there was a choice keep their identity."""
    document = {"study": {"name": "mine"}, "data": {"source": "iris"}, "space": {"l2": {"low": 0, "high": 1}}}
    plain = parse_spec(document, "here").to_document()
    assert plain["final"] == {"members": 5}
    assert parse_spec({**document, "final": {"choice": "best"}}, "here").to_document() == plain
    small = parse_spec({**document, "final": {"choice": "Smallest"}}, "here")
    assert small.to_document()["final"] == {"members": 5, "choice": "smallest"}
    assert parse_spec(small.to_document(), "here").final == small.final
    with pytest.raises(SpecError, match=r"final\.choice.*best.*smallest"):
        parse_spec({**document, "final": {"choice": "tiniest"}}, "here")
