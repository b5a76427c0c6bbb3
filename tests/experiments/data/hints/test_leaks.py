"""Leaks that only the owner of the data can judge are pointed out; plain columns are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.hints import leaks
from experiments.data.hints.leaks import SAMPLE
from experiments.data.identity.equal_rows import EqualRows
from experiments.data.table import Kind, Table

ROWS = 120
RANDOM = np.random.default_rng(0)
PLAIN = RANDOM.normal(size=ROWS)
LABELS = RANDOM.integers(3, size=ROWS)
NUMBERS = RANDOM.normal(size=ROWS)
YEARLY = np.arange(ROWS)
LETTERS = np.array(list("abcdefgh"))


def table_of(values: Any, kind: Kind = "number", name: str = "x") -> Table:
    features = pd.DataFrame({"plain": PLAIN[: len(values)], name: values})
    return Table("t", features, ("number", kind), ("plain", name), np.zeros(len(values)), "y", None)


def leak_hints(table: Table, y: Any, classes: bool) -> tuple[str, ...]:
    return leaks.leak_hints(LabelledTable(table, y, Target(tuple("abc") if classes else ())))


def said(values: Any, y: Any = LABELS, kind: Kind = "number", classes: bool = True, name: str = "x") -> str:
    return " | ".join(leak_hints(table_of(values, kind, name), np.asarray(y), classes))


TELLS = "target 'y' follows from 'x' alone; data.drop leaves out what is not known before the target is."


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (LABELS + 1.0, "number"),  # the class by another name
        (np.where(np.arange(ROWS) == 7, 9.0, LABELS), "number"),  # and once by another one
        (LETTERS[LABELS], "category"),
        (LETTERS[LABELS + 3 * RANDOM.integers(2, size=ROWS)], "category"),  # two names for each class
        (np.array([5.0, 1.0, 3.0])[LABELS] + RANDOM.uniform(size=ROWS), "number"),  # an interval for each
        (np.where(LABELS == 2, np.nan, 10 * LABELS + RANDOM.uniform(size=ROWS)), "date"),  # missing for one
        (np.where(np.arange(ROWS) % 9 == 0, np.nan, 10 * LABELS + RANDOM.uniform(size=ROWS)), "number"),  # or of some
        (np.where(np.arange(ROWS) == np.argmin(LABELS), np.nan, 10 * LABELS + RANDOM.uniform(size=ROWS)), "number"),
        (np.where(LABELS == 2, None, LETTERS[LABELS]), "category"),
    ],
)
def test_a_column_that_tells_the_class_is_pointed_out(values: Any, kind: Kind) -> None:
    assert said(values, kind=kind) == TELLS


@pytest.mark.parametrize("values", [NUMBERS * 2.20462 + 7, np.round(NUMBERS * -1000), NUMBERS + PLAIN * 1e-4])
def test_a_column_that_is_the_number_in_another_unit_is_pointed_out(values: Any) -> None:
    assert said(values, NUMBERS, classes=False) == TELLS
    assert said(np.where(PLAIN > 1, np.nan, values), NUMBERS, classes=False) == TELLS


@pytest.mark.parametrize("values", [np.exp(NUMBERS).round(6), -np.exp(NUMBERS), 1 / (9 + NUMBERS), NUMBERS**3])
def test_a_column_that_rises_or_falls_with_the_number_is_pointed_out(values: Any) -> None:
    assert said(values, NUMBERS, classes=False) == TELLS
    assert said(values + PLAIN * values.std(), NUMBERS, classes=False) == ""


def test_a_column_that_rises_with_the_number_in_the_sample_alone_is_not() -> None:
    y = np.sqrt(np.arange(2 * SAMPLE) + 1.0)
    for values, hints in ((np.log(y), (TELLS,)), (np.append(np.log(y[:SAMPLE]), RANDOM.uniform(size=SAMPLE)), ())):
        table = Table("t", pd.DataFrame({"x": values}), ("number",), ("x",), y, "y", None)
        assert leak_hints(table, y, False) == hints


def test_columns_that_are_the_target_together_are_pointed_out() -> None:
    random = np.random.default_rng(1)
    parts, label = random.normal(size=(300, 2)).round(2), random.integers(3, size=300)
    columns = {"a": parts[:, 0], "b": parts[:, 1], "c": random.uniform(size=300), "d": np.where(label == 1, "y", "n")}
    columns["e"] = (label == 2) * 1.0
    kinds: tuple[Kind, ...] = ("number", "number", "number", "category", "number")
    table = Table("t", pd.DataFrame(columns), kinds, tuple(columns), np.zeros(300), "y", None)
    total = (parts @ [1, -2]).round(2)
    end = "together; data.drop leaves out what is not known before the target is."
    assert leak_hints(table, total, False) == (f"target 'y' follows from 'a', 'b' {end}",)
    price = np.exp(total).round(2) + 1
    columns["a"], columns["b"] = (price / columns["c"]).round(2), columns["b"] + 9
    of_one = replace(table, features=pd.DataFrame(columns))
    assert leak_hints(of_one, price, False) == (f"target 'y' follows from 'a', 'c' {end}",)
    assert leak_hints(table, (label == 0) * 1, True) == (f"target 'y' follows from 'd', 'e' {end}",)
    assert leak_hints(table, label, True) == (f"target 'y' follows from 'd', 'e' {end}",)
    assert leak_hints(table, total + random.normal(0, 0.05, size=300), False) == ()
    assert leak_hints(table, np.where(np.arange(300) == 77, 1, label), True) == ()


def test_small_parts_of_a_sum_are_named_and_single_mistakes_passed_over() -> None:
    random = np.random.default_rng(5)
    repair, other, plain = random.integers(50, size=(3, SAMPLE + 1)) * 1.0
    repair[-1] = 1e5  # beside which the others are small
    columns = {"repair": repair, "other": other, "plain": plain}
    table = Table("t", pd.DataFrame(columns), ("number",) * 3, tuple(columns), np.zeros(SAMPLE + 1), "y", None)
    end = "together; data.drop leaves out what is not known before the target is."
    assert leak_hints(table, repair + other, False) == (f"target 'y' follows from 'repair', 'other' {end}",)
    scores = random.normal(8, 0.4, size=(300, 3)).round(2)
    columns = dict(zip("abc", scores.T, strict=True))
    table = Table("t", pd.DataFrame(columns), ("number",) * 3, tuple(columns), np.zeros(300), "y", None)
    total = scores.sum(axis=1)
    total[7] += 0.1
    assert leak_hints(table, total, False) == (f"target 'y' follows from 'a', 'b', 'c' {end}",)


def test_rows_that_miss_a_part_of_the_target_are_passed_over() -> None:
    random = np.random.default_rng(6)
    total, share = np.exp(random.normal(9, 1, size=300)).round(), random.integers(1, 99, size=300) / 100
    share[[3, 9]] = 0.0  # a product of it tells nothing of the total
    columns = {"share": share, "amount": (share * total).round(1), "plain": random.uniform(size=300)}
    table = Table("t", pd.DataFrame(columns), ("number",) * 3, tuple(columns), np.zeros(300), "y", None)
    end = "together; data.drop leaves out what is not known before the target is."
    assert leak_hints(table, total, False) == (f"target 'y' follows from 'share', 'amount' {end}",)
    gaps = np.where(np.arange(300) % 50 == 0, np.nan, share)
    table = replace(table, features=pd.DataFrame(columns | {"share": gaps}))
    total = 2 * share + columns["plain"]
    assert leak_hints(table, total, False) == (f"target 'y' follows from 'share', 'plain' {end}",)
    # of which most rows miss one
    gaps = np.where(np.arange(300) % 5 == 0, np.nan, share)
    table = replace(table, features=pd.DataFrame(columns | {"share": gaps}))
    assert leak_hints(table, total, False) == ()


def test_a_duration_between_two_dates_is_pointed_out() -> None:
    begun = 20_000 + np.random.default_rng(3).integers(400 * 24, size=200) / 24
    hours = np.random.default_rng(4).integers(1, 90, size=200)
    frame = pd.DataFrame({"begun": begun, "plain": np.arange(200) % 7.0, "ended": begun + hours / 24})
    table = Table("t", frame, ("date", "number", "date"), tuple(frame), np.zeros(200), "y", None)
    end = "together; data.drop leaves out what is not known before the target is."
    assert leak_hints(table, hours * 1.0, False) == (f"target 'y' follows from 'begun', 'ended' {end}",)
    assert leak_hints(table, hours[::-1] * 1.0, False) == ()


def test_columns_of_few_rows_that_are_a_rounded_target_together_are_named_alone() -> None:
    random = np.random.default_rng(2)
    low, other = random.uniform(5, 50, size=(2, 93)).round(1)
    high = (low + random.uniform(1, 9, size=93)).round(1)
    frame = pd.DataFrame({"low": low, "high": high, "other": other})
    table = Table("t", frame, ("number",) * 3, tuple(frame), np.zeros(93), "y", None)
    hint = (
        "target 'y' follows from 'low', 'high' together; data.drop leaves out what is not known before the target is."
    )
    assert leak_hints(table, ((low + high) / 2).round(1), False) == (hint,)
    assert leak_hints(table, (low + high + random.normal(size=93)).round(1), False) == ()


def test_a_product_is_told_by_its_factors_alone_also_where_it_is_0() -> None:
    random = np.random.default_rng(5)
    people, share = random.integers(900, 9000, size=(1, 300))[0] * 1.0, random.integers(1, 99, size=300) / 100
    share[7] = 0
    frame = pd.DataFrame({"people": people, "share": share, "other": random.uniform(1, 2, size=300)})
    frame["men"] = (people * random.uniform(0.499, 0.501, size=300)).round()  # nearly a function of another column
    table = Table("t", frame, ("number",) * 4, tuple(frame), np.zeros(300), "y", None)
    told = "target 'y' follows from 'people', 'share' together; data.drop leaves out what is not known before the "
    assert leak_hints(table, people * share, False) == (f"{told}target is.",)
    assert leak_hints(table, np.where(np.arange(300) == 9, 0, people * share), False) == ()
    rare = random.integers(1, 9, size=(300, 90)) * (np.arange(300) != 8)[:, None] * 1.0  # 0 has no logarithm
    many = frame.join(pd.DataFrame(rare).rename(columns="rare {}".format))
    table = replace(table, features=many, kinds=("number",) * 94, columns=tuple(many))
    assert leak_hints(table, people * share, False) == (f"{told}target is.",)


def test_a_category_that_has_one_number_each_is_pointed_out() -> None:
    assert said(LETTERS[LABELS], NUMBERS[LABELS], "category", classes=False) == TELLS


def test_several_are_one_line() -> None:
    table = table_of(LABELS * 1.0)
    twice = replace(table, features=table.features.assign(plain=-LABELS.astype(float)))
    assert leak_hints(twice, LABELS, True) == (TELLS.replace("'x'", "'plain', 'x', each"),)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (PLAIN * 2, "number"),
        (np.arange(ROWS) * 1.0, "number"),
        (np.array([f"name {row}" for row in range(ROWS)]), "category"),
        (LETTERS[np.where(np.arange(ROWS) == 7, 1 - LABELS.clip(max=1), LABELS)], "category"),  # but for one row
        (np.repeat(np.arange(ROWS / 2), 2), "number"),
        (np.full(ROWS, np.nan), "number"),
        (np.full(ROWS, 1.0), "number"),
        (np.zeros(ROWS), "number"),
    ],
)
def test_other_columns_are_not(values: Any, kind: Kind) -> None:
    assert said(values, kind=kind) == ""
    assert said(values, NUMBERS, kind, classes=False) == ""


def test_what_chance_does_with_few_rows_is_not_pointed_out() -> None:
    rare = (np.arange(ROWS) == 60).astype(int)  # any column with this row at an end tells it
    values = np.where(rare, 9.0, PLAIN)
    assert said(values, rare) == ""
    assert said(np.where(rare, "b", "a"), rare, "category") == ""
    few = np.arange(12)
    assert said(few * 1.0, few // 6) == ""
    assert said(few * 1.0, few * 2.0, classes=False) == ""


def test_a_few_things_that_stand_twice_tell_no_number() -> None:
    twice = np.append(np.arange(ROWS - 4), [3, 5, 8, 13])
    first, y = (RANDOM.uniform(size=ROWS)[twice] for _ in range(2))
    assert said(first, y, classes=False) == ""


def test_a_row_beyond_the_sample_counts() -> None:
    y = np.arange(2 * SAMPLE) % 2
    for last, hint in ((y[-1], TELLS), (1 - y[-1], "")):
        values = pd.DataFrame({"x": np.append(y[:-1], last).astype(float)})
        table = Table("t", values, ("number",), ("x",), y, "y", None)
        assert " | ".join(leak_hints(table, y, True)) == hint


def test_pixels_are_not_looked_at() -> None:
    features = np.column_stack([LABELS, LABELS]).astype(np.uint8)
    table = Table("t", features, ("pixel", "pixel"), ("0", "1"), LABELS, "y", None, pixel_range=255.0)
    assert leak_hints(table, LABELS, True) == ()
    assert leak_hints(replace(table, kinds=("number", "number")), LABELS, True) != ()


@pytest.mark.parametrize(
    "name",
    [
        *("ID", "patient_id", "userId", "Patient", "subjects", "person no", "Patient-ID", "PATIENTID", "Kundennummer"),
        *("subj", "Subject No.", "VP", "VP-Code", "Code", "hhid", "pair", "set", "matched_set", "Proband"),
        *("site", "Unit_No", "Sampling site", "player", "id_cliente", "idUsuario", "id_of_patient"),
    ],
)
def test_an_identifier_that_repeats_is_pointed_out(name: str) -> None:
    assert said(np.arange(ROWS) // 3 * 1.0, name=name) == (
        f"column '{name}' is named like an identifier, but 120 development rows have 40 values of it; data.groups = "
        f"{name} keeps rows that belong together on one side of every split."
    )
    timed = replace(table_of(np.arange(ROWS) // 3 * 1.0, name=name), time=np.arange(ROWS))  # which excludes groups
    assert f"data.groups = {name}, in place of data.time, keeps rows" in " ".join(leak_hints(timed, LABELS, True))
    grouped = replace(table_of(np.arange(ROWS) // 3 * 1.0, name=name), groups=np.arange(ROWS) // 3)
    assert leak_hints(grouped, LABELS, True) == ()


def test_several_identifiers_that_repeat_are_one_line() -> None:
    table = replace(table_of(np.arange(ROWS) // 3, name="id_tree"), columns=("plot", "id_tree"))
    assert leak_hints(replace(table, features=table.features.assign(plain=np.arange(ROWS) // 5)), LABELS, True) == (
        "columns 'plot', 'id_tree' are named like identifiers, but 120 development rows have 24 and 40 values of them; "
        "one of them in data.groups keeps rows that belong together on one side of every split.",
    )


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (np.arange(ROWS) // 3, "x"),
        (np.arange(ROWS) // 3, "paid"),
        (np.arange(ROWS) // 3, "idle_hours"),
        (np.arange(ROWS) // 3, "asset"),
        (np.arange(ROWS) // 3, "class_students"),  # a count
        (np.arange(ROWS) // 3, "housing_units"),
        (np.arange(ROWS) // 3, "website"),
        (np.arange(ROWS) // 3, "households"),
        (np.arange(ROWS) // 3, "Customers"),
        (np.arange(ROWS) // 3, "Kunden"),
        (np.arange(ROWS) // 3, "emails"),
        (np.arange(ROWS) // 3, "email"),
        (np.arange(ROWS) // 3, "x_plot"),  # a coordinate
        (np.arange(ROWS) // 3 * 7, "Southern Cross Station"),  # passers-by
        (np.arange(ROWS), "id"),  # differs in every row
        (np.arange(ROWS) * 100 // 101, "id"),  # in nearly every row
        (np.arange(ROWS) // 20, "species_id"),  # a few kinds
        (np.arange(ROWS) // 3 / 4, "user"),  # names have no fractions
        (np.arange(ROWS) // 3, "Critics_User"),  # a rating
        (np.arange(ROWS) // 3, "number_of_subject"),
    ],
)
def test_other_names_and_values_are_not(values: Any, name: str) -> None:
    assert "identifier" not in said(values * 1.0, name=name)


def test_names_of_several_that_repeat_are_identifiers_if_they_are_no_numbers() -> None:
    names = np.array([f"P{row // 3:02}" for row in range(ROWS)])
    assert "column 'patients' is named like an identifier" in said(names, kind="category", name="patients")
    assert said(names, kind="category", name="type_of_subject") == ""
    kinds = np.array(list("abcdefghij"))[np.arange(ROWS) % 10]
    for name, values in (("Email", names), ("e-mail", names), ("study_subject", names), ("patient", kinds)):
        assert f"column '{name}' is named like an identifier" in said(values, kind="category", name=name)
    for name in ("family", "Unit", "plant_family", "animals"):  # which may be kinds
        assert said(kinds, kind="category", name=name) == ""
        assert "is named like an identifier" in said(names[np.arange(ROWS) % 10 * 3], kind="category", name=name)


def test_a_column_that_is_the_target_of_the_next_row_in_time_is_pointed_out() -> None:
    y = np.cumsum(NUMBERS).round(3)
    ahead = np.append(y[1:], np.nan)
    line = (
        "'x' holds the target of the next row, which is later by data.time; data.drop leaves out what is not known "
        "before the target is."
    )

    def found(values: Any, time: Any = YEARLY) -> tuple[str, ...]:
        return leak_hints(replace(table_of(values), time=time), y, False)

    assert found(ahead) == found(np.where(np.arange(ROWS) % 50 == 7, 0.0, ahead)) == (line,)
    twice = replace(table_of(ahead), features=pd.DataFrame({"plain": ahead, "x": ahead}), time=np.arange(ROWS))
    assert leak_hints(twice, y, False) == (line.replace("'x' holds", "'plain', 'x' each hold"),)
    for values in (np.append(np.nan, y[:-1]), np.where(PLAIN > 0.5, ahead, np.nan), ahead + PLAIN, PLAIN):
        assert found(values) == ()
    assert found(ahead, None) == found(ahead, np.arange(ROWS) // 2) == ()  # which row is the next one is not known
    flat = np.ones(ROWS)
    assert leak_hints(replace(table_of(flat), time=np.arange(ROWS)), flat, False) == ()


def test_numbers_that_are_the_same_together_again_and_again_are_pointed_out() -> None:
    of_row = np.repeat(np.arange(ROWS // 4), 4)[np.argsort(PLAIN)]
    sites, heights = PLAIN[of_row], NUMBERS[of_row]
    line = (
        "'plain', 'x' are the same together in 120 development rows of 30 kinds, as the coordinates of a site are; "
        "data.groups = plain keeps rows that belong together on one side of every split."
    )

    def found(one: Any, other: Any, **roles: Any) -> tuple[str, ...]:
        table = replace(table_of(other), features=pd.DataFrame({"plain": one, "x": other}), **roles)
        return leak_hints(table, LABELS, True)

    assert found(sites, heights) == (line,)
    for one, other in (
        (sites, 2.54 * sites),  # in another unit
        (sites, np.exp(sites)),
        (sites, NUMBERS),
        (sites, np.where(np.arange(ROWS) == 7, 0.5, heights)),
        (np.round(10 * sites), np.round(10 * heights)),  # whole numbers may be codes
        (sites, np.where(of_row == 3, np.nan, heights)),
        (PLAIN[of_row // 4], NUMBERS[of_row // 4]),  # a few kinds
        (np.where(of_row > 15, sites, 0), np.where(of_row > 15, heights, 0)),  # amounts that are mostly 0
    ):
        assert found(one, other) == ()
    assert found(sites, heights, groups=of_row) == found(sites, heights, time=of_row) == ()
    table = replace(table_of(heights), features=pd.DataFrame({"plain": sites, "x": heights}))
    copied = replace(table, equal=EqualRows(of_row.astype(np.uint64), True, True))
    assert leak_hints(copied, LABELS, True) == ()  # copies are no evidence
