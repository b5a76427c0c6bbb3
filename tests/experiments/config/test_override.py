"""An override of a study file has the last word, and leaves no contradiction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.config.override import with_override
from experiments.config.study_file import read_spec
from experiments.errors import SpecError

RATE = "learning_rate = { low = 1e-4, high = 1e-1, log = true }"


def study_file(search: str = "", space: str = "", training: str = "", default: str = "") -> str:
    """A good study file with lines added to its sections."""
    return (
        f'[study]\nname = "x"\n[data]\nsource = "iris"\n[search]\n{search}\n'
        f"[space]\n{RATE}\n{space}\n[training]\n{training}\n[default]\n{default}\n"
    )


def test_overrides_come_after_the_file_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(study_file(search="trials = 7"))
    spec = read_spec(path, ["search.trials=8", "search.trials=9", "cv.metric=neg_log_loss", "study.name = a=b"])
    assert (spec.search.trials, spec.cv.metric, spec.study.name) == (9, "neg_log_loss", "a=b")
    spec = read_spec(path, ["space.learning_rate.low=1e-5", "space.l2={low=0.1,high=0.2}", 'study.name="7"'])
    assert (spec.space["learning_rate"].low, list(spec.space), spec.study.name) == (1e-5, ["learning_rate", "l2"], "7")


def test_a_bad_override_is_one_line(tmp_path: Path) -> None:
    for override, words in [
        ("search.trials", "needs key=value.*'search.trials'"),
        ("=1", "needs key=value"),
        ("a..b=1", "needs key=value"),
        ("study.name.x=1", "name is not a table"),
        ("bogus=1", "bogus: there is no such key"),
        ("trails=5", r"trails: there is no such key \(did you mean search\.trials\?\)"),
        ("patience=5", r"--set patience: .*; type training\.patience or search\.patience\."),
        ("search.trials=x", "search.trials: .*'x'"),
        ("search.trials='20'", "search.trials: .*'20'"),
        ("study.name=", "study.name: "),
        ("study=1", "study: must be a table, but got 1"),
        ("data.source=\udcff", "needs key=value.*udcff"),
    ]:
        (tmp_path / "s.toml").write_text(study_file())
        with pytest.raises(SpecError, match=words) as caught:
            read_spec(tmp_path / "s.toml", [override])
        assert len(str(caught.value).splitlines()) == 1


def test_an_override_needs_no_section_where_one_has_the_key(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(study_file())
    spec = read_spec(tmp_path / "s.toml", ["trials=5", "metric=acc", "l2=0", "seed=3"])
    assert (spec.search.trials, spec.cv.metric, spec.training.l2, spec.study.seed) == (5, "accuracy", 0, 3)


@pytest.mark.parametrize(
    ("override", "fixed", "searched"),
    [
        ("hidden_layers=0", {"batch_size", "hidden_layers"}, ["learning_rate", "l2"]),
        ("hidden_layers=[8, 4]", {"batch_size", "hidden_layers", "hidden_units"}, ["learning_rate", "l2"]),
        ("training={ l2 = 0.5 }", {"l2"}, ["learning_rate", "hidden_layers", "hidden_units"]),
        (
            "space.batch_size={ choices = [16, 64] }",
            set(),
            ["learning_rate", "hidden_layers", "hidden_units", "l2", "batch_size"],
        ),
    ],
)
def test_of_what_is_fixed_and_what_is_searched_an_override_has_the_last_word(
    tmp_path: Path, override: str, fixed: set[str], searched: list[str]
) -> None:
    space = "hidden_layers = { low = 1, high = 2 }\nhidden_units = { low = 2, high = 8 }\nl2 = { low = 0, high = 1 }"
    (tmp_path / "x.toml").write_text(study_file(space=space, training="batch_size = 8", default="hidden_layers = 2"))
    spec = read_spec(tmp_path / "x.toml", [override])
    assert list(spec.space) == searched
    assert spec.training.model_fields_set == fixed


@pytest.mark.parametrize(
    ("override", "data"),
    [
        ('data.drop="Yearly Tax"', {"numbers": ["age"], "drop": "Yearly Tax"}),
        ("data.drop=['yearly tax', 'age']", {"drop": ["yearly tax", "age"]}),
        ("data.groups=age", {"numbers": ["Yearly Tax"], "groups": "age", "drop": ["id"]}),
        ("data.keep=age", {"numbers": ["Yearly Tax", "age"], "keep": "age", "drop": ["id"]}),
        ("data.keep=id", {"numbers": ["Yearly Tax", "age"], "keep": "id"}),
        ("data.target=age", {"numbers": ["Yearly Tax"], "target": "age", "drop": ["id"]}),
        ("data.test_rows=AGE=9, 10", {"numbers": ["Yearly Tax"], "test_rows": "AGE=9, 10", "drop": ["id"]}),
        ("data.header=true", {"numbers": ["Yearly Tax", "age"], "header": True, "drop": ["id"]}),
    ],
)
def test_a_column_that_gets_a_role_leaves_the_lists_that_the_program_wrote(override: str, data: dict[str, Any]) -> None:
    written = {"data": {"numbers": ["Yearly Tax", "age"], "drop": ["id"]}}
    assert with_override(written, override) == {"data": data}


def test_an_override_leaves_the_document_alone() -> None:
    document = {"search": {"trials": 1}}
    assert with_override(document, "search.trials=2") == {"search": {"trials": 2}}
    assert document == {"search": {"trials": 1}}


def test_an_override_sets_one_key(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(study_file())
    with pytest.raises(SpecError):
        read_spec(tmp_path / "s.toml", ["search.trials=2\nseed=3"])
