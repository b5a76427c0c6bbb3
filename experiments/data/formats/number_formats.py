"""The format of a column's numbers: currency, unit, thousands, decimal comma. It is written as 1234.5 would be.

`"$1,234.5"` is the format of `$12` and of `$1,390.00`; `"1234,5 kg"` is that of `7,25 kg`. `"$1234.5KMB"` is that of
`$537K` and `$1.2M`, where K is a thousand, M a million and B a billion. `"($1,234.5)"` is that of `$12` and of
`($1,390)`, which is negative, as in accounts; `"1,234.5-"` is that of `12.00` and of `1,390.00-`, as SAP writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from experiments.config.readable import typeable
from experiments.data.raw_table import Marks

PLAIN = "1234.5"
PROBE = 50  # texts whose formats are tried
WITH_POINTS = "1.234,5"
SPACES = r"\x{a0}\x{2009}\x{202f}"  # that do not break a line, which Arrow's \s lacks
SPACE = rf"[\s{SPACES}]"  # before a unit
GAP = rf"[ {SPACES}]"  # between thousands
THOUSANDS = r"^[+-]?(?:0|[1-9]\d{0,2}(?:\.\d{3})*)$"
DIGITS = {  # 1234.5 -> the digits of a number written like it
    PLAIN: r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?",
    "1,234.5": r"(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d\d)+,\d{3}|0|[1-9]\d*)(?:\.\d+)?",  # 12,34,567 in India
    "1234,5": r"\d+(?:,\d+)?(?:[eE][+-]?\d+)?",
    WITH_POINTS: r"(?:[1-9]\d{0,2}(?:\.\d{3})+|0|[1-9]\d*)(?:,\d+)?",
    "1 234.5": r"(?:[1-9]\d{0,2}(?:" + GAP + r"\d{3})+|0|[1-9]\d*)(?:\.\d+)?",
    "1 234,5": r"(?:[1-9]\d{0,2}(?:" + GAP + r"\d{3})+|0|[1-9]\d*)(?:,\d+)?",
    "1'234.5": r"(?:[1-9]\d{0,2}(?:['\x{2019}]\d{3})+|0|[1-9]\d*)(?:\.\d+)?",
}
COMMAS = ("1234,5", WITH_POINTS, "1 234,5")  # the formats with a decimal comma
GROUPS = {  # what stands between thousands
    "1,234.5": ",",
    WITH_POINTS: r"\.",
    "1 234.5": GAP,
    "1 234,5": GAP,
    "1'234.5": r"['\x{2019}]",
}
INFINITE = r"^[+-]?(?i:inf(?:inity)?)$"
ZERO = "0"  # is as much in every unit
CURRENCY = r"[$€£¥₹₩₽₺₫฿₴₦]"
BEFORE = rf"(?:[A-Z]{{0,3}}{CURRENCY}|USD|EUR|GBP|CHF|JPY|CNY|INR|Rs\.?|kr\.?|[~≈])?"
SIGNS = rf"%|‰|\+|\.[-–—]|°[CFK]?|{CURRENCY}"
AREA = r"sq\.? ?(?:ft|m|yd|km|mi)\.?"
AFTER = rf"(?:{SIGNS}|{AREA}|[^\W\d_][^\W\d_²³./·°]{{0,11}}(?:[/·][^\W\d_]{{1,8}}[²³]?)?[²³]?\.?)?"
MAGNITUDES = "KMB"  # after the digits of a format: a letter that multiplies, or none
POWERS = {"[kK]": "e3", "[mM]": "e6", "[bB]": "e9"}
TYPESET = "\u2212"  # a minus as typeset
SIGN = rf"[+\-{TYPESET}]?"
BRACKETED = rf"^\(([^()+\-{TYPESET}]*\d[^()+\-{TYPESET}]*)\)$"
BEHIND = rf"^([^()+\-{TYPESET}]*\d)[\-{TYPESET}]$"  # with a minus
NO_GRADE = r"[.,]\d+-$"  # decimals before a minus; 2- may be a mark at school
MINUS = rf"^[^\d]*[\-{TYPESET}]"
CELL = re.compile(rf"{SIGN}({BEFORE}\s?){SIGN}\d[\d.,'\u2019 \u00a0\u2009\u202f]*?(?:[eE][+-]?\d+)?(\s?{AFTER})")


def is_number_format(text: str) -> bool:
    """Return whether a text is the format of numbers.

    >>> [is_number_format(text) for text in ("$1,234.5", "1234,5", "%d.%m.%Y", "price")]
    [True, True, False, False]
    """
    return any(mark in text for mark in DIGITS) and "%Y" not in text


def number_format(texts: pa.ChunkedArray, marks: Marks) -> str | None:
    """Infer the format in which all of some texts are written; None if there is none, or if they are plain numbers.

    A number such as 1,390 has thousands, unless another column of the file has a decimal comma. Infinite numbers, and a
    bare 0, are written alike in every format. Brackets around plain numbers, as `(47)` beside `12`, may be no minus.

    Args:
        texts: present and stripped.
    """
    texts = _finite(texts)
    if _are_accounts(texts):
        form = number_format(_signed(texts, "()"), marks)
        return None if form is None else f"({form})"
    if _have_minus_behind(texts):
        texts = _signed(texts, "-")
        form = number_format(texts, marks) or (PLAIN if pc.all(fits(texts, PLAIN)).as_py() else None)
        return None if form is None else f"{form}-"
    amounts = texts.filter(pc.not_equal(texts, ZERO))
    first = CELL.fullmatch(amounts[0].as_py()) if len(amounts) else None
    if first is None:
        return None
    before, after = map(typeable, first.groups())
    clothed = bool(before or after) or pc.any(pc.match_substring(texts, TYPESET)).as_py()
    for digits in _in_order(marks):
        form = f"{before}{digits}{after}"
        if pc.all(fits(texts, form)).as_py():
            if digits == PLAIN and not clothed:
                return WITH_POINTS if have_thousands(texts, marks) else None
            if not _are_codes(texts, form):
                return _with_thousands(texts, form, marks)
        form = f"{before}{digits}{MAGNITUDES}"
        if _have_magnitudes(texts) and pc.all(fits(texts, form)).as_py() and not _are_codes(texts, form):
            return form
    return None


def usual_format(texts: pa.ChunkedArray, marks: Marks) -> str | None:
    """Return the format of most of some texts that are said to be numbers; None if most are plain, or in none.

    Args:
        texts: present and stripped.
    """
    shares: dict[str, float] = {}
    magnitudes = (MAGNITUDES,) if _have_magnitudes(texts) else ()
    for cell in pc.unique(texts.slice(0, PROBE)).to_pylist():
        if (parts := CELL.fullmatch(cell)) is not None:
            before, unit = map(typeable, parts.groups())
            forms = [f"{before}{digits}{after}" for after in (unit, *magnitudes) for digits in _in_order(marks)]
            shares |= {form: pc.mean(fits(texts, form)).as_py() for form in forms if form not in shares}
    form = max(shares, key=lambda each: shares[each], default=PLAIN)
    plain = pc.and_(fits(texts, PLAIN), pc.invert(pc.match_substring(texts, TYPESET)))
    if shares.get(form, 0.0) > max(0.5, pc.mean(plain).as_py()):
        return _with_thousands(texts.filter(fits(texts, form)), form, marks)
    return WITH_POINTS if have_thousands(texts.filter(plain), marks) else None


def have_thousands(numbers: pa.ChunkedArray, marks: Marks) -> bool:
    """Return whether plain numbers are whole with points between thousands, as 823 and 404.958 in a German file are.

    Semicolons between the columns are enough where some numbers, below 1000, have no point: decimals of just three
    digits beside whole numbers are not to be expected.
    """
    if not (marks.comma or marks.separator == ";"):
        return False
    points = pc.match_substring(numbers, ".")
    if not pc.any(points).as_py() or not (marks.comma or not pc.all(points).as_py()):
        return False
    return bool(pc.all(pc.match_substring_regex(_finite(numbers), THOUSANDS)).as_py())


def has_decimal_comma(form: str) -> bool:
    """Return whether numbers of a format have a decimal comma.

    >>> has_decimal_comma("1.234,5 €"), has_decimal_comma("1,234.5")
    (True, False)
    """
    return _parts(form)[1] in COMMAS


def without_unit(form: str) -> str:
    """Return the format of the digits alone.

    >>> without_unit("1.234,5 €"), without_unit("$1234.5")
    ('1.234,5', '1234.5')
    """
    return _parts(form)[1]


def has_sign(form: str) -> bool:
    """Return whether numbers of a format have a percent sign, also within brackets."""
    return form.rstrip(")").endswith(("%", "‰"))


def with_other_mark(form: str) -> str | None:
    """Return a format with the other decimal mark; None where thousands are not told apart by the one or the other.

    >>> with_other_mark("1.234,5 €"), with_other_mark("1,234.5"), with_other_mark("1234,5")
    ('1234.5 €', '1234,5', None)
    """
    before, digits, after = _parts(form)
    other = {WITH_POINTS: PLAIN, "1,234.5": "1234,5"}.get(digits)
    return None if other is None else f"{before}{other}{after}"


def fits(texts: pa.ChunkedArray, form: str) -> pa.ChunkedArray:
    """Mark the texts that are written in a format; null stays null."""
    return pc.match_substring_regex(_signed(texts, form), _pattern(form))


def plain_numbers(texts: pa.ChunkedArray, form: str) -> pa.ChunkedArray:
    """Write texts of a format as plain numbers; all of them must fit."""
    _, digits, _ = _parts(form)
    plain = pc.replace_substring_regex(_signed(texts, form), _pattern(form), r"\1\2\3\4\5")
    for letter, power in POWERS.items() if _without_sign(form).endswith(MAGNITUDES) else ():
        plain = pc.replace_substring_regex(plain, f"{letter}$", power)
    plain = pc.replace_substring(plain, TYPESET, "-")
    plain = pc.replace_substring_regex(plain, GROUPS.get(digits, "^$"), "")
    return pc.replace_substring(plain, ",", ".") if digits in COMMAS else plain


def _without_sign(form: str) -> str:
    """Return a format without what makes its numbers negative: brackets, or a minus behind, but that of `12.-`."""
    if form.startswith("(") and form.endswith(")"):
        return form[1:-1]
    return form[:-1] if form.endswith("-") and not form.endswith(".-") else form


def _signed(texts: pa.ChunkedArray, form: str) -> pa.ChunkedArray:
    """Write a minus in front of numbers, where those of a format have brackets or a minus behind."""
    if _without_sign(form) == form:
        return texts
    return pc.replace_substring_regex(texts, BRACKETED if form.endswith(")") else BEHIND, r"-\1")


def _are_accounts(texts: pa.ChunkedArray) -> bool:
    """Return whether some numbers stand in brackets, and others do not and have no minus."""
    bracketed = pc.match_substring_regex(texts, BRACKETED)
    if not pc.any(bracketed).as_py() or pc.all(bracketed).as_py():
        return False
    return not pc.any(pc.match_substring_regex(texts, MINUS)).as_py()


def _have_minus_behind(texts: pa.ChunkedArray) -> bool:
    """Return whether some numbers, all with decimals, have a minus behind, and others do not and have none in front."""
    behind = texts.filter(pc.ends_with(texts, "-"))  # much faster than an expression
    if not len(behind) or len(behind) == len(texts) or not pc.all(pc.match_substring_regex(behind, NO_GRADE)).as_py():
        return False
    return not pc.any(pc.match_substring_regex(texts, MINUS)).as_py()


def _have_magnitudes(texts: pa.ChunkedArray) -> bool:
    """Return whether some numbers end in one letter of K, M and B, and others in another one or in none.

    An M or a B beside none could be a size, metres or the door of a house.
    """
    letters = pc.utf8_slice_codeunits(texts.filter(pc.match_substring_regex(texts, rf"\d{SPACE}?[kKmMbB]?$")), -1)
    found = set(pc.unique(pc.utf8_upper(pc.if_else(pc.utf8_is_alpha(letters), letters, ""))).to_pylist())
    return len(found) > 1 and ("K" in found or {"M", "B"} <= found)


def _finite(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Leave out the infinite numbers."""
    return texts.filter(pc.invert(pc.match_substring_regex(texts, INFINITE)))


def _with_thousands(texts: pa.ChunkedArray, form: str, marks: Marks) -> str:
    """Return the format of texts whose digits are plain, with thousands if they have some; any other as it is."""
    before, digits, after = _parts(form)
    if digits == PLAIN and have_thousands(plain_numbers(texts, form), marks):
        return f"{before}{WITH_POINTS}{after}"
    return form


def _in_order(marks: Marks) -> Iterator[str]:
    """Yield the ways to write digits, the likelier first."""
    likely = (PLAIN, *(COMMAS if marks.comma else ()))
    yield from dict.fromkeys((*likely, *DIGITS))


def _are_codes(texts: pa.ChunkedArray, form: str) -> bool:
    """Return whether whole numbers of a format begin with 0, as codes do and amounts do not."""
    return bool(pc.any(pc.match_substring_regex(plain_numbers(texts, form), r"^[+-]?0\d")).as_py())


@cache
def _parts(form: str) -> tuple[str, str, str]:
    """Return the texts before, of and after the digits."""
    digits = next(mark for mark in sorted(DIGITS, key=len, reverse=True) if mark in form)
    before, _, after = form.partition(digits)
    return before, digits, after


@cache
def _pattern(form: str) -> str:
    """Return the regular expression of a format, whose groups are signs, digits and a magnitude, or a bare 0."""
    before, digits, after = _parts(_without_sign(form))
    unit = rf"{SPACE}?([kKmMbB]?)" if after == MAGNITUDES else rf"{_spaced(after)}()"
    return rf"^(?:({SIGN}){_spaced(before)}({SIGN})({DIGITS[digits]}){unit}|({ZERO}))$"


def _spaced(text: str) -> str:
    return rf"{SPACE}?" + re.escape(text.strip()).replace(r"\ ", " ") + rf"{SPACE}?" if text.strip() else ""
