from __future__ import annotations

from experiments.reports.plots.text_width import _WIDTHS, text_width


def test_every_letter_of_english_has_its_width():
    assert set(map(chr, range(32, 127))) <= set(_WIDTHS)


def test_letters_of_other_alphabets_are_wider_than_narrow_ones_and_accents_take_no_room():
    assert text_width("i", 10) < text_width("ж", 10) < text_width("漢", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("", 10) == 0
