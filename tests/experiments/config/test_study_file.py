"""Whatever a study file holds, it becomes a spec or one line that names the key and the value."""

from __future__ import annotations

import datetime
import json
import math
import os
import random
from collections.abc import Callable
from errno import EISDIR, ENAMETOOLONG, ENOENT
from functools import partial
from pathlib import Path

import pytest

from experiments.config.documents import canonical_json
from experiments.config.study_file import LARGEST_FILE, parse_spec, read_spec
from experiments.errors import SpecError

STUDIES = sorted((Path(__file__).parents[3] / "studies").glob("*.toml"))
RATE = "learning_rate = { low = 1e-4, high = 1e-1, log = true }"
GOOD = {"study": 'name = "x"', "data": 'source = "iris"', "space": RATE}


def toml(**sections: str) -> str:
    """A good study file with lines added to its sections; a section of `-` is left out."""
    lines = {name: "\n".join([GOOD.get(name, ""), sections.get(name, "")]) for name in {**GOOD, **sections}}
    return "\n".join(f"[{name}]\n{lines[name]}" for name in lines if sections.get(name) != "-")


def refusal(path: Path, content: str | bytes) -> str:
    """The message for a file with that content, without the file's name."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SpecError) as caught:
        read_spec(path)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(f"{path}: ")
    assert "value error" not in message.lower()
    return message.removeprefix(f"{path}: ")


def problem(call: Callable[[], object]) -> str:
    """The one line of a SpecError, or nothing; any other error is the test's failure."""
    try:
        call()
    except SpecError as error:
        return str(error)
    return ""


def test_every_study_of_ours_is_read() -> None:
    for path in STUDIES:
        spec = read_spec(path)
        assert spec.study.name == path.stem
        assert parse_spec(json.loads(json.dumps(spec.to_document())), "again").to_document() == spec.to_document()


def test_the_main_study_is_there() -> None:
    assert "digits.toml" in [path.name for path in STUDIES]


def test_a_broken_rule_is_one_line_with_the_key_and_the_value(tmp_path: Path) -> None:
    for content, key, value in [
        ("", "study", "is required"),
        (toml(space="-"), "space", "is required"),
        (toml(space="-", cv="n_splits = 3"), "space", "is required"),
        (toml(bogus=""), "bogus", "no such key"),
        *[(toml(**{name: "bogus = 1"}), f"{name}.bogus", "no such key") for name in ("study", "data", "cv")],
        *[(toml(**{name: "bogus = 1"}), f"{name}.bogus", "no such key") for name in ("training", "search")],
        (toml(space="bogus = { low = 1, high = 2 }"), "space.bogus", "cannot be searched"),
        (toml(space="l2 = { low = 0.1, high = 0.2, lgo = true }"), "space.l2.lgo", "no such key"),
        (toml(space='optimizer = { choices = ["sgd"], low = 1 }'), "space.optimizer.low", "no such key"),
        (toml(study="seed = true"), "study.seed", "True"),
        (toml(study="seed = 1.0"), "study.seed", "1.0"),
        (toml(study="seed = 1979-05-27"), "study.seed", "1979"),
        (toml(data="test_size = 1"), "data.test_size", "1"),
        (toml(data="test_size = 0.0"), "data.test_size", "0.0"),
        (toml(data='test_size = "0.2"'), "data.test_size", "'0.2'"),
        (toml(data="test_size = nan"), "data.test_size", "nan"),
        (toml(data="test_size = [0.2]"), "data.test_size", "0.2"),
        (
            toml(data='target = "y"'),
            "data",
            "target cannot be set for source 'iris'; remove it, or name a file with its ending, such as iris.csv",
        ),
        (toml(data="target = 1.5"), "data.target", "1.5"),
        (toml(data="drop = [true]"), "data.drop.0", "True"),
        (toml(data="drop = true"), "data.drop", "must be a list, but got True"),
        (toml(cv='splitter = "MyFold"'), "cv.splitter", "'MyFold'"),
        (toml(cv='metric = ""'), "cv.metric", "''"),
        (toml(cv='n_repeats = 2\nsplitter = "KFold"'), "cv", "KFold"),
        (toml(training="l2 = true"), "training.l2", "True"),
        (toml(training="batch_size = 0"), "training.batch_size", "batch_size=0"),
        (toml(training="patience = -1"), "training.patience", "patience=-1"),
        (toml(training="dropout = 1.0"), "training.dropout", "dropout=1.0"),
        (toml(training='activation = "gulp"'), "training.activation", "'gulp'"),
        (toml(training='optimizer = "fastest"'), "training.optimizer", "'fastest'"),
        (toml(training="hidden_units = [8, 8]"), "training.hidden_units", "[8, 8]"),
        (toml(search='sampler = "dice"'), "search.sampler", "'dice'"),
        (toml(space="l2 = true"), "space.l2", "True"),
        (toml(space="l2 = { low = 2, high = 1 }"), "space.l2", "low=2, high=1"),
        (toml(space="l2 = { low = [0.1], high = 1 }"), "space.l2.low", "0.1"),
        (toml(space="l2 = { low = 0, high = 1, log = 1 }"), "space.l2.log", "1"),
        (toml(space="l2 = { low = 0, high = 1, step = 0.3 }"), "space.l2.step", "0.3"),
        (toml(space="l2 = { low = -1.0, high = 1 }"), "space.l2", "l2=-1.0"),
        (toml(space="batch_size = { low = 0, high = 8 }"), "space.batch_size", "batch_size=0"),
        (toml(space="hidden_units = { low = 1.5, high = 8 }"), "space.hidden_units", "1.5"),
        (toml(space="hidden_layers = { low = -1, high = 1 }"), "space.hidden_layers", "-1"),
        (toml(space="l2 = { choices = [] }"), "space.l2.choices", "must not be empty, but got []"),
        (toml(space='l2 = { choices = "ab" }'), "space.l2.choices", "'ab'"),
        (toml(space='l2 = { choices = ["a"] }'), "space.l2", "'a'"),
        (toml(space="l2 = { choices = [[1]] }"), "space.l2.choices.0", "1"),
        (toml(space='initializer = { choices = ["he", "x"] }'), "space.initializer", "'x'"),
        (toml(space="activation = { low = 1, high = 2 }"), "space.activation", "1"),
        (toml(default="learning_rate = true"), "default.learning_rate", "True"),
        (toml(default="learning_rate = [1.0, 2.0]"), "default.learning_rate", "1.0"),
        (toml(space="hidden_units = { low = 1, high = 9 }", default="hidden_units = []"), "default.hidden_units", "[]"),
        ("study = 3\n" + toml(study="-"), "study", "3"),
        (toml().replace("[study]", "[[study]]"), "study", "x"),
        (toml().replace('"x"', '"../x"'), "study.name", "'../x'"),
        (toml().replace('"x"', r'"a\u0000b"'), "study.name", r"'a\x00b'"),
        (toml().replace('"x"', f'"{"x" * 600}"'), "study.name", "100"),
    ]:
        message = refusal(tmp_path / "s.toml", content)
        assert message.startswith(f"{key}: ")
        assert value in message.removeprefix(f"{key}: ")


def test_the_rule_is_the_one_that_was_broken(tmp_path: Path) -> None:
    for content, words in [
        (toml(study='name = "y"'), r"TOML in UTF-8, but .*\(at line 3, column \d+\): name = \"y\"\.$"),
        (toml() + "\n[study]\n", "TOML in UTF-8, but .*study.*line"),
        ("[study\n", "TOML in UTF-8, but .*line 1"),
        (toml().replace('"x"', r'"\ud800"'), "TOML in UTF-8, but .*line 2"),
        (toml() + "\0", "TOML in UTF-8, but .*line"),
        (b"# \xff\n" + toml().encode(), "UTF-8, but line 1 is not: .* position 2"),
        (toml().encode() + b"# a\n# \xff\n", rf"UTF-8, but line {toml().count(chr(10)) + 2} is not: "),
        (toml().encode("utf-16"), "UTF-8, but .* position 0"),
        (toml(study="int = 1"), "^study.int: there is no such key"),
        (toml(study='"a[0]" = 1'), r"^study\.a\[0\]: there is no such key"),
        (toml(space='activation = { low = "a", high = "b" }'), "^space.activation.*choices"),
        (toml(space="hidden_units = { low = 1, high = 8 }", training="hidden_layers = 0"), "^space.hidden_units"),
        (toml(default="learning_rate = [1.0]"), "^default.learning_rate: .*number"),
    ]:
        path = tmp_path / "s.toml"
        with pytest.raises(SpecError, match=words):
            raise SpecError(refusal(path, content))


def test_a_file_has_a_largest_size(tmp_path: Path) -> None:
    text = toml()
    path = tmp_path / "s.toml"
    path.write_text(text + "\n#".ljust(LARGEST_FILE - len(text), "x"))
    assert path.stat().st_size == LARGEST_FILE
    assert read_spec(path).study.name == "x"
    assert refusal(path, path.read_text() + "x") == "a study file has at most 1048576 bytes, but this has 1048577."


@pytest.mark.parametrize(("name", "code"), [("absent.toml", ENOENT), (".", EISDIR), ("x" * 300, ENAMETOOLONG)])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, code: int) -> None:
    with pytest.raises(SpecError) as caught:
        read_spec(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: {os.strerror(code)}."


def test_strange_names_are_kept(tmp_path: Path) -> None:
    for name in ["😀", "a'b", "اسم", "$(x)", "[red]x", "%s{0}"]:
        path = tmp_path / "s.toml"
        path.write_text(toml().replace('"x"', f'"{name}"'), encoding="utf-8")
        assert read_spec(path).study.name == name


def test_resolved_round_trips_in_the_order_of_the_space() -> None:
    keys = ["momentum", "hidden_units", "activation", "l2", "dropout"]
    space = {key: {"low": 0, "high": 0.5} for key in keys} | {
        "hidden_units": {"low": 4, "high": 12, "step": 4},
        "activation": {"choices": ["relu", "tanh"]},
    }
    base = {"study": {"name": "x"}, "data": {"source": "iris"}, "training": {"hidden_layers": 2}}
    spec = parse_spec({**base, "space": space, "default": {"hidden_units": [8, 4]}}, "here")
    again = parse_spec(json.loads(json.dumps(spec.to_document())), "there")
    assert json.dumps(again.to_document()) == json.dumps(spec.to_document())
    assert list(again.to_document()["space"]) == keys


def test_no_damage_to_a_file_is_a_traceback(tmp_path: Path) -> None:
    rng = random.Random(0)
    good = STUDIES[0].read_bytes()
    for _ in range(300):
        damaged = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(len(damaged))
            damaged[start : start + rng.randint(0, 9)] = rng.choice([b"", b"=", b"-1", b"[", b'"', b"1e999", b"true"])
        path = tmp_path / "s.toml"
        path.write_bytes(damaged)
        assert len(problem(partial(read_spec, path)).splitlines()) <= 1


ODD = [True, -1, 0, 2, 0.5, 0.125, math.nan, math.inf, "", "x", "\ud800", [], [[1]], [1, "a"], {}, {"low": 1}]
HUGE = [
    10**30,
    1e308,
    10**400,
    1e-320,
]


def test_no_value_anywhere_is_a_traceback() -> None:
    for odd in [*ODD, {"choices": 3}, datetime.date(2000, 1, 1), None, *HUGE]:
        base = {"study": {"name": "x"}, "data": {"source": "iris"}, "space": {"l2": {"low": 0, "high": 1}}}
        document = parse_spec(base, "here").to_document()
        places = [(section, key) for section, keys in document.items() for key in keys]
        places += [("space", "l2", key) for key in ("low", "high", "log", "step", "choices")] + [
            (key,) for key in document
        ]
        for place in places:
            damaged = json.loads(json.dumps(document))
            below = damaged
            for part in place[:-1]:
                below = below[part]
            below[place[-1]] = odd
            assert len(problem(partial(parse_spec, damaged, "here")).splitlines()) <= 1


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a = " + "9" * 5000, "a" + ".a" * 5000 + " = 1"],
    ids=["list", "int", "key"],
)
def test_what_tomllib_cannot_take_is_one_line(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path / "s.toml", text)


@pytest.mark.parametrize(
    "sections",
    [
        {"space": "hidden_units = { low = 1, high = 100000000 }"},
        {"space": "hidden_units = { low = 1, high = 8 }", "default": "hidden_units = 100000000"},
        {"space": "batch_size = { choices = [8, 1000000000000000000000] }"},
    ],
)
def test_a_size_that_no_machine_has_is_refused(tmp_path: Path, sections: dict[str, str]) -> None:
    assert "10000000" in refusal(tmp_path / "s.toml", toml(**sections))


@pytest.mark.parametrize("line", [r'"a\nb" = 1', r'"a\u001bm" = 1', f'seed = "{"x" * 5000}"', f"{'x' * 5000} = 1"])
def test_a_message_is_one_readable_line(tmp_path: Path, line: str) -> None:
    message = refusal(tmp_path / "s.toml", toml(study=line))
    assert message.isprintable()
    assert len(message) < 1000


def test_one_meaning_has_one_resolved_form() -> None:
    def text(one: float, zero: float) -> str:
        space = {"l2": {"low": zero, "high": one}, "dropout": {"choices": [zero, 0.5]}}
        base = {"study": {"name": "x"}, "data": {"source": "iris"}, "default": {"l2": one}}
        return canonical_json(parse_spec({**base, "space": space}, "here").to_document())

    assert text(1, 0) == text(1.0, 0.0)
