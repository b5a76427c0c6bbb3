"""Hints about how cells are written: codes that are read as numbers, numbers that are not, and words in two spellings.

Nothing is changed. Each line says what would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from shlex import quote

import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.columns.spellings import MOST_CASES, plain_spelling
from experiments.data.columns.time_names import is_time_name
from experiments.data.formats.column_types import FEW, PROBE, is_text
from experiments.data.formats.number_formats import fits, usual_format
from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.table import TableReading
from experiments.data.texts import NUMBER as PLAIN
from nnet.near import enumerated

CODE = r"^\d{4,}$"  # shorter ones are months and hours
WITH_UNIT = r"^[-+]?\d+(?:[.,]\d+)? ?(?P<unit>\p{L}+\.?)$"
MOST_UNITS = 5
COMMAS_OF_THOUSANDS = "1,234.5"
THREE = r"^[+-]?\d{1,3},\d{3}$"
BY_TABS = (".tsv", ".tab")
MOST_NUMBERS = 0.5  # share of a column's cells that are numbers, from which on it may be one of numbers
SCALE = 5  # numbers of a scale, at least, and
FEW_WORDS = 3  # words among them, as `no answer` is
MOST_WORDS = 1000  # categories whose spellings are compared
SHOWN = 3  # pairs of spellings in a line
NUMBER = r"^[-+]?\d+(?:[.,]\d+)? "  # and a blank, without which it could be the number of a house


def written_hints(rows: RawTable, reading: TableReading, named: Collection[str]) -> Iterator[str]:
    """Say which columns are written like codes or with several units, unless their kind is named.

    Args:
        rows: cleaned development rows.
    """
    for name, form in reading.formats.items():
        if name not in named and form == COMMAS_OF_THOUSANDS and not _has_commas_between_cells(rows):
            yield from _commas(name, rows.columns[name].drop_null())
    for name, kind in reading.columns:
        column = rows.columns[name]
        if name in named or name in reading.formats or not is_text(column.type):
            continue
        present = column.drop_null()
        if kind == "number" and not is_time_name(name) and _are_codes(present):
            yield (
                f"column {shown(name)} has leading zeros, as codes have, but is read as numbers; "
                f"--categories {quote(name)} takes it for codes"
            )
        if kind == "category" and (units := _units(present)):
            yield (
                f"column {shown(name)} is read as categories, as {listed(units)} follow its numbers; if these are "
                "units, write one of them alone"
            )
        elif kind == "category":
            yield from _numbers_among(rows, name, present)
            yield from _spellings(name, present)


def _numbers_among(rows: RawTable, name: str, present: pa.ChunkedArray) -> Iterator[str]:
    """Say that many cells of categories are different numbers, written plainly or as most of them are.

    A scale of few numbers is one if no more than some words stand among them.
    """
    if (levels := pc.count_distinct(present).as_py()) < SCALE:
        return
    plain = pc.match_substring_regex(present, PLAIN)
    form = usual_format(present, rows.marks)
    read = plain if form is None else pc.or_(plain, fits(present, form))
    different = pc.count_distinct(present.filter(read)).as_py()
    scale = SCALE <= different < levels <= different + FEW_WORDS
    if (different >= FEW or scale) and (share := pc.mean(read).as_py()) >= MOST_NUMBERS:
        first = shown(present.filter(pc.invert(read))[0].as_py())
        yield (
            f"column {shown(name)} is read as categories, though {int(100 * share)}% of its cells are numbers, the "
            f"first other one is {first}; --numbers {quote(name)} reads the numbers and takes the others for missing"
        )


def _spellings(name: str, present: pa.ChunkedArray) -> Iterator[str]:
    """Say that categories differ in case or space alone."""
    if pc.count_distinct(present).as_py() > MOST_WORDS:
        return
    written: dict[str, list[str]] = {}
    for word in pc.unique(present).to_pylist():
        written.setdefault(plain_spelling(word), []).append(word)
    if several := [words for words in written.values() if 1 < len(words) <= MOST_CASES]:
        pairs = enumerated([f"{words[0]!r} and {words[1]!r}" for words in several[:SHOWN]], "or")
        yield f"column {shown(name)} has {pairs}, which are different categories here; write them alike if they are one"


def _has_commas_between_cells(rows: RawTable) -> bool:
    """Return whether commas are usual between the columns of the file, beside which decimals have a point."""
    return "separator" not in rows.layout and not rows.where.lower().endswith(BY_TABS)


def _commas(name: str, present: pa.ChunkedArray) -> Iterator[str]:
    """Say that commas before three digits, which all numbers of a column have, may be decimal."""
    if is_text(present.type) and len(present) and pc.all(pc.match_substring_regex(present, THREE)).as_py():
        yield (
            f"each number of {shown(name)} has a comma before three digits, which is read as one of thousands, as in "
            f"{shown(present[0].as_py())}; --formats {quote(f'{name}=1234,5')} reads decimals"
        )


def _are_codes(present: pa.ChunkedArray) -> bool:
    """Return whether all texts are as many digits, and some but not all begin with 0."""
    for part in (present.slice(0, PROBE), present):
        if not len(part) or not pc.all(pc.match_substring_regex(part, CODE)).as_py():
            return False
    if pc.count_distinct(pc.utf8_length(present)).as_py() > 1:
        return False
    zeros = pc.starts_with(present, "0")
    return bool(pc.any(zeros).as_py() and not pc.all(zeros).as_py())


def _units(present: pa.ChunkedArray) -> list[str]:
    """Return the units of numbers that have several; nothing of other texts."""
    if not len(present) or not pc.match_substring_regex(present[0], WITH_UNIT).as_py():
        return []
    different = pc.unique(present)
    units = pc.struct_field(pc.extract_regex(different, WITH_UNIT), [0])
    if len(different) < FEW or units.null_count or not pc.any(pc.match_substring_regex(different, NUMBER)).as_py():
        return []
    found: list[str] = pc.unique(units).to_pylist()
    return sorted(found) if 1 < len(found) <= MOST_UNITS else []
