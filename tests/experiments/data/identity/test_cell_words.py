"""A cell has one word, whatever type holds it and whatever stands beside it."""

from __future__ import annotations

import datetime
import hashlib
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.data.identity.cell_words import NOTHING, array_words, column_words, text_word


def bits(value: float) -> int:
    return int(np.float64(value).view(np.uint64))


def hashed(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


WORDS = [
    ("1", bits(1.0)),
    (" 1.50 ", bits(1.5)),
    ("+1e3", bits(1000.0)),
    (".5", bits(0.5)),
    ("-0.0", bits(0.0)),
    ("-0", bits(0.0)),
    ("inf", bits(np.inf)),
    ("1e400", bits(np.inf)),
    ("0.1", bits(0.1)),
    ("0.10000000000000000001", bits(0.1)),
    ("9007199254740992", bits(2.0**53)),
    ("9007199254740993", hashed("9007199254740993")),
    ("-9007199254740993", hashed("-9007199254740993")),
    ("9007199254740994", bits(2.0**53 + 2)),
    ("1" * 400, hashed("1" * 400)),
    ("1e20", bits(1e20)),
    ("", int(NOTHING)),
    ("  ", int(NOTHING)),
    ("?", int(NOTHING)),
    ("NaN", int(NOTHING)),
    ("N/A", int(NOTHING)),
    ("-nan", hashed("-nan")),
    ("nan(1)", hashed("nan(1)")),
    ("red", hashed("red")),
    (" dark red\t", hashed("dark red")),
    ("Red", hashed("Red")),
    ("1,5", hashed("1,5")),
    ("True", hashed("True")),
    ("2020-01-31", hashed("2020-01-31")),
    ("2020-01-31 00:00:00", hashed("2020-01-31")),
    ("2020-01-31T12:30", hashed("2020-01-31 12:30:00")),
    ("2020-01-31 12:30:00.2500", hashed("2020-01-31 12:30:00.25")),
    ("2020-01-31 12:30:00+00:00", hashed("2020-01-31 12:30:00")),
    ("2020-01-31 12:30:00+01:00", hashed("2020-01-31 12:30:00+01:00")),
    ("1/2/2020", hashed("1/2/2020")),
]
TEXTS = [text for text, _ in WORDS]


def test_a_text_has_its_word() -> None:
    for text, word in WORDS:
        assert int(text_word(text.strip())) == word
        assert column_words(pa.array([text])).tolist() == [word]


def test_no_cell_depends_on_those_beside_it() -> None:
    expected = [word for _, word in WORDS]
    rng = np.random.default_rng(0)
    for size in (2, 3, 10, 200):
        for _ in range(30):
            chosen = rng.integers(0, len(WORDS), size)
            cells = pa.array([TEXTS[at] for at in chosen])
            assert column_words(cells).tolist() == [expected[at] for at in chosen]
    numbers = [at for at, one in enumerate(expected) if text_word(TEXTS[at].strip()) == one and TEXTS[at][:1].isdigit()]
    many = np.r_[rng.choice(numbers, 300), np.arange(len(WORDS))]  # the texts come after the probe
    assert column_words(pa.array([TEXTS[at] for at in many])).tolist() == [expected[at] for at in many]


def test_texts_have_the_same_words_in_every_container() -> None:
    for make in [
        lambda texts: column_words(pa.array(texts, pa.large_string())),
        lambda texts: column_words(pa.array(texts).dictionary_encode()),
        lambda texts: column_words(pa.chunked_array([pa.array(texts[:9]), pa.array(texts[9:])])),
        lambda texts: column_words(
            pa.chunked_array([pa.array(one).dictionary_encode() for one in (texts[:9], texts[9:])])
        ),
        lambda texts: array_words(np.array(texts)),
        lambda texts: array_words(np.array(texts, object)),
        lambda texts: column_words(pd.Series(texts)),
        lambda texts: column_words(pd.Series(pd.Categorical(texts))),
        lambda texts: column_words(pd.Series([*texts, 1], dtype=object))[:-1],
        lambda texts: column_words(pa.array([one.encode() for one in texts])),
    ]:
        assert make(TEXTS).tolist() == [word for _, word in WORDS]


def test_typed_cells_have_the_words_of_their_texts() -> None:
    for values, texts in [
        (pa.array([1, -5, None], pa.int8()), ["1", "-5", ""]),
        (pa.array([2**53 + 1, 2**63], pa.uint64()), ["9007199254740993", "9223372036854775808"]),
        (pa.array([-(2**63), 2**53 + 1, None], pa.int64()), ["-9223372036854775808", "9007199254740993", ""]),
        (pa.array([0.1, -0.0, None, float("nan"), 1e20]), ["0.1", "0", "", "nan", "1e20"]),
        (pa.array([0.1, 1e-10, None, 16777216.0, float("nan")], pa.float32()), ["0.1", "1e-10", "", "16777216", ""]),
        (pa.array([0.5, None], pa.float16()), ["0.5", ""]),
        (pa.array([True, False, None]), ["True", "False", ""]),
        (pa.array([Decimal("1.10"), None]), ["1.1", ""]),
        (pa.array([None, None]), ["", ""]),
        (pa.array([3, 4, None]).dictionary_encode(), ["3", "4", ""]),
        (pa.array([datetime.date(2020, 1, 31), None]), ["2020-01-31", ""]),
        (pa.array([datetime.datetime(2020, 1, 31), None]), ["2020-01-31", ""]),
        (pa.array([datetime.datetime(2020, 1, 31, 12, 30)], pa.timestamp("ns")), ["2020-01-31 12:30:00"]),
        (pa.array([datetime.datetime(2020, 1, 31, 12)], pa.timestamp("s", "Asia/Tokyo")), ["2020-01-31 12:00:00"]),
        (pa.array([b"\xff"]), [str(b"\xff")]),
        (pa.array([[1, 2], None]), ["[1, 2]", ""]),
        (pa.array([], pa.int64()), []),
    ]:
        assert column_words(values).tolist() == [int(text_word(one)) for one in texts]


def test_an_array_has_the_words_of_its_texts() -> None:
    for values in [
        np.array([0, 1, 255], np.uint8),
        np.array([-1, 2**53 + 1, -(2**63)], np.int64),
        np.array([0.1, np.inf, 1e300]),
        np.array([0.1, 1 / 3, 5], np.float32),
        np.array([True, False, True]),
        np.array(["2020-01-31", "2021-01-01", "1999-12-31"], "datetime64[D]"),
        np.array([b"a", b"b", b"1"]),
    ]:
        texts = [one.decode() if isinstance(one, bytes) else str(one) for one in values]
        expected = [int(text_word(one)) for one in texts]
        assert array_words(values).tolist() == expected
        assert array_words(np.column_stack([values, values])).tolist() == [[one, one] for one in expected]
        assert column_words(pd.Series(values)).tolist() == expected


def test_a_columns_cells_have_the_words_of_their_texts() -> None:
    for column, texts in [
        (pd.Series([1, 2.5, "a", None, True], dtype=object), ["1", "2.5", "a", "", "True"]),
        (pd.Series([2**70, 1], dtype=object), [str(2**70), "1"]),
        (pd.Series([1, None], dtype="Int64"), ["1", ""]),
        (pd.Series(["a", None]), ["a", ""]),
        (pd.Series([1.5, np.nan]), ["1.5", ""]),
        (pd.Series(pd.to_datetime(["2020-01-31", None])), ["2020-01-31", ""]),
        (pd.Series([1 + 2j]), ["(1+2j)"]),
        (pd.Series(pd.period_range("2020-01", periods=1, freq="M")), ["2020-01"]),
    ]:
        assert column_words(column).tolist() == [int(text_word(one)) for one in texts]
