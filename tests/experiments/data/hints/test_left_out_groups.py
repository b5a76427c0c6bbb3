"""Names of the rows that say which rows belong together are pointed out, although they are no features."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.config.data_options import DataSection
from experiments.data.hints.left_out_groups import picture_groups
from experiments.data.raw_table import RawTable
from experiments.data.table import Table, array_columns
from experiments.data.table_of import table_of

Make = Callable[..., RawTable]
RANDOM = np.random.default_rng(0)


def test_names_of_pairs_that_are_left_out_as_names_of_the_rows_are_pointed_out(sheet: Make) -> None:
    who = [f"P{row // 2}" for row in range(120)]
    raw = sheet(
        who=who, once=[f"row {row}" for row in range(120)], x=[*RANDOM.normal(size=120)], y=[*RANDOM.normal(size=120)]
    )
    (line,) = notes_of(raw)
    assert re.fullmatch(
        "column 'who' is left out, but 96 development rows have 5. values of it; data.groups = who keeps rows that "
        "belong together on one side of every split",
        line,
    )
    assert notes_of(raw, groups="who") == notes_of(raw, drop=("who",)) == ()


def test_several_columns_of_such_names_are_one_line(sheet: Make) -> None:
    who, town = [f"P{row // 2}" for row in range(120)], [f"T{row % 60}" for row in range(120)]
    raw = sheet(who=who, town=town, x=[*RANDOM.normal(size=120)], y=[*RANDOM.normal(size=120)])
    (line,) = notes_of(raw)
    assert re.fullmatch(
        r"columns 'who' and 'town' are left out, but have fewer values than development rows \(5. in 96 and 5. in 96\)"
        "; one of them in data.groups, such as who, keeps rows that belong together on one side of every split",
        line,
    )


def test_names_that_most_rows_share_with_another_are_pointed_out_though_many_stand_once(sheet: Make) -> None:
    def said_of(who: list[str]) -> str:
        values = RANDOM.normal(size=len(who))
        return " | ".join(notes_of(sheet(who=who, x=[*values], y=[*RANDOM.normal(size=len(who))]), test_size=0.01))

    alone = [f"P{person}" for person in range(1000, 1400)]
    assert "column 'who' is left out, but 990 development rows have" in said_of(
        [f"P{n // 2}" for n in range(600)] + alone
    )
    assert "is left out, but" not in said_of([f"P{n // 2}" for n in range(200)] + alone)


def test_notes_of_which_phrases_stand_again_are_no_names_of_groups(sheet: Make) -> None:
    def said_of(notes: list[str]) -> str:
        x = [*RANDOM.normal(size=len(notes))]
        return " | ".join(notes_of(sheet(note=notes, x=x, y=[*RANDOM.normal(size=len(notes))]), test_size=0.01))

    who = [f"person {n // 2}" for n in range(160)] + [f"person {n}" for n in range(1000, 1140)]
    assert "column 'note' is left out, but" in said_of(who)
    assert "column 'note' is left out, but" not in said_of([f"no complaints today, {one}, advised rest" for one in who])


def test_parts_of_a_thing_that_the_names_of_the_rows_number_are_pointed_out(sheet: Make) -> None:
    def said_of(names: list[str]) -> str:
        values = [f"{number / 7:.3f}" for number in range(len(names))]
        return " | ".join(notes_of(sheet(name=names, x=values, y=[str(row % 2) for row in range(len(names))])))

    parts = [f"song{song:03d}.{part}.wav" for song in range(20) for part in range(8)]
    line = (
        r"column 'name' is left out, but 128 development rows have 20 names before its last number, such as "
        r"'song\d\d\d'; a column of these, named in data.groups, keeps rows that belong together on one side of every "
        "split"
    )
    assert re.fullmatch(line, said_of(parts))
    assert said_of([f"patient-{number}" for number in range(160)]) == ""
    assert said_of([f"{'abcdefghijkl'[row % 12]}/{row * 7919 % 9973}" for row in range(160)]) == ""  # tickets
    assert said_of([f"Mr. {row} Smith" for row in range(160)]) == ""


def test_parts_of_a_thing_that_pictures_are_of_are_pointed_out() -> None:
    def said_of(files: list[str], **keys: Any) -> list[str]:
        table = Table(
            name="mine",
            target=np.arange(len(files)) % 2,
            target_name="class",
            classes=("a", "b"),
            files=np.array(files, np.object_),
            **array_columns(np.zeros((len(files), 1)), "mine"),
        )
        return list(picture_groups(replace(table, **keys)))

    slices = [f"{'ab'[row % 2]}/patient{row // 8}_slice{row % 8:02}.png" for row in range(160)]
    (line,) = said_of(slices)
    assert line == (
        "the 160 development pictures have 40 names before their last number, such as 'a/patient0_slice'; a table in "
        "the folder that names each picture and what it is of, in a column named in data.groups, keeps rows that "
        "belong together on one side of every split."
    )
    assert said_of(slices, groups=np.arange(160)) == []
    assert said_of(slices, classes=tuple("abcdefghijklmn")) == []  # such as the seven of a class
    assert said_of([f"{'ab'[row % 2]}/IMG_{row:04}.png" for row in range(160)]) == []
    assert said_of([f"{'ab'[row % 2]}/{row // 2}.png" for row in range(160)]) == []
    found = [f"a/word{word}_s_{number:06}.png" for word in range(60) for number in RANDOM.choice(500, 30, False)]
    assert said_of(found) == []  # as CIFAR's, of which few are left of each word
    frames = [f"a/clip{clip}_{frame:04}.png" for clip in range(12) for frame in range(RANDOM.integers(20, 200))]
    assert len(said_of(frames)) == 1


def notes_of(raw: RawTable, **keys: Any) -> tuple[str, ...]:
    reading = table_of(raw, DataSection(source="mine.csv", target="y", **keys)).reading
    assert reading is not None
    return reading.notes


def test_pairs_of_numbers_are_no_parts_of_things(sheet: Make) -> None:
    pressure = [f"{110 + row % 13}/{60 + row % 31}" for row in range(240)]
    assert notes_of(sheet(bp=pressure, x=[*RANDOM.normal(size=240)], y=[*RANDOM.normal(size=240)])) == ()
