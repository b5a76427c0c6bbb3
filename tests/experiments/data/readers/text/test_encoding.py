"""The encodings that tables are found in are told apart, and bytes that are no text are none."""

from __future__ import annotations

from random import Random

import pytest

from experiments.data.readers.text.encoding import guessed

WORDS = {
    "cp1252": ["Müller,3", "Jäger,4", "Schröder,5", "Größe,6", "La Coruña,1", "don’t", "5 €", "21 °C"],
    "cp1254": ["şehir,y", "İstanbul,1", "İzmir,2", "Muğla,2", "Balıkesir,1"],
    "cp1251": ["город,y", "Москва,1", "Санкт-Петербург,2", "Казань,3"],
    "cp1253": ["πόλη,y", "Αθήνα,1", "Θεσσαλονίκη,2", "Πάτρα,1"],
    "cp932": ["都市,y", "東京,1", "大阪,2", "名古屋,3", "横浜,1"],
    "gb18030": ["城市,y", "北京,1", "上海,2", "广州,3", "深圳,1"],
    "cp949": ["도시,y", "서울,1", "부산,2", "인천,3"],
}


@pytest.mark.parametrize("encoding", WORDS)
def test_a_table_of_words_is_read_in_its_encoding(encoding: str) -> None:
    lines = [word.encode(encoding) for word in WORDS[encoding]]
    assert guessed(lines) == encoding
    assert guessed(lines[::-1] * 30) == encoding  # neither their order nor their number decides


def test_one_sign_is_western() -> None:
    assert guessed(["temp °C,y\n".encode("cp1252")]) == "cp1252"


def test_bytes_are_no_text() -> None:
    assert guessed([Random(0).randbytes(4000)]) is None


@pytest.mark.parametrize(("word", "encoding"), [("Łódź", "cp1250"), ("Müller", "cp850"), ("Москва", "cp1251")])
def test_a_single_word_leaves_the_separators_where_they_are(word: str, encoding: str) -> None:
    found = guessed([f"{word},1".encode(encoding)])
    assert found is not None
    assert f"{word},1".encode(encoding).decode(found).endswith(",1")
