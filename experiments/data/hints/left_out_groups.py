"""Names of the rows, in columns that were left out and of pictures, that may say which rows belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.formats.column_types import is_text
from experiments.data.hints.leaks import GROUPS, MOSTLY, ROWS_OF_GROUP, TOGETHER, belonging
from experiments.data.raw_table import RawTable, shown
from experiments.data.table import LeftOut, Table
from nnet.near import enumerated

PART = r"^(?P<of>.*?)[\W_]*(?P<number>\d+)(?:\.[A-Za-z]\w{0,3})?$"  # of a recording or a patient, perhaps a file
PARTS = 3  # of a thing, in the mean, and rows of each number; and things of a class: cat1.jpg is one of a class, too
SHARED = 0.4  # of the rows have the value of another one: samples of a person, of whom many have one sample
SENTENCES = r"(\S+\s+){3}"  # of four words or more, as in notes on a visit, of which some phrases stand again
FILLED = 0.1  # share of all pairs of a thing and a number that are there: few of words that a search found pictures for


def left_out_groups(rows: RawTable, left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Say which texts that were left out as names of the rows have the same value in several rows, as pairs have.

    Args:
        rows: cleaned development rows.
    """
    repeated: dict[str, tuple[int, int]] = {}
    numbered: list[str] = []
    for one in left_out:
        if one.reason == "identifies_rows":
            present = rows.columns[one.name].drop_null()
            rows_of = pc.value_counts(present).field("counts")
            levels, shared = len(rows_of), len(present) - pc.sum(pc.equal(rows_of, 1)).as_py()
            often = len(present) >= ROWS_OF_GROUP * levels or (
                shared >= SHARED * len(present) and not (is_text(present.type) and _are_sentences(present))
            )
            if levels >= GROUPS and often:
                repeated[one.name] = len(present), levels
            elif not one.detail and is_text(present.type) and (names := _numbered_parts(present)):
                numbered.append(
                    f"column {shown(one.name)} is left out, but {len(present):,} development rows have {len(names):,} "
                    f"names before its last number, such as {shown(names[0])}; a column of these, named in "
                    f"data.groups, {TOGETHER[:-1]}"
                )
    if len(repeated) == 1:
        [(name, of_it)] = repeated.items()
        yield belonging(name, "is left out", *of_it)[:-1]
    elif repeated:
        values = enumerated([f"{levels:,} in {present:,}" for present, levels in repeated.values()])
        yield (
            f"columns {enumerated([*map(shown, repeated)])} are left out, but have fewer values than development rows "
            f"({values}); one of them in data.groups, such as {next(iter(repeated))}, {TOGETHER[:-1]}"
        )
    yield from numbered


def picture_groups(development: Table) -> Iterator[str]:
    """Say that the names of pictures number the parts of fewer things, such as the slices of a patient."""
    if development.files is None or development.groups is not None or development.classes is None:
        return
    names = _numbered_parts(pa.chunked_array([pa.array(development.files, pa.string())]))
    if len(names) >= PARTS * len(development.classes):
        yield (
            f"the {len(development.files):,} development pictures have {len(names):,} names before their last number, "
            f"such as {shown(names[0])}; a table in the folder that names each picture and what it is of, in a column "
            f"named in data.groups, {TOGETHER}"
        )


def _are_sentences(texts: pa.ChunkedArray) -> bool:
    """Tell whether most texts are what people wrote, and no names."""
    return bool(2 * pc.sum(pc.match_substring_regex(texts, SENTENCES)).as_py() > len(texts))


def _numbered_parts(texts: pa.ChunkedArray) -> list[str]:
    """Return the names of what texts number the parts of, as `song7` of `song7.03.wav`; none where they do not.

    Their numbers are few, as each thing has its first part and its second one; numbers of persons or tickets are many.
    So are those of pictures that were found for a word, as `airbus_s_000123` of CIFAR, few of which were kept.
    """
    parts = pc.extract_regex(texts, PART)
    if parts.null_count > (1 - MOSTLY) * len(texts):
        return []
    whole = parts.drop_null()
    names, numbers = (pc.unique(pc.struct_field(whole, field)) for field in ("of", "number"))
    enough = len(names) >= GROUPS and len(whole) >= PARTS * max(len(names), len(numbers))
    return names.to_pylist() if enough and len(whole) >= FILLED * len(names) * len(numbers) else []
