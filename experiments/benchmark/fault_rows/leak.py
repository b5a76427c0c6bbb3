"""Rows about the sealed rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.injected import instead_of
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import contents
from experiments.benchmark.fault_rows.studies import MOONS
from experiments.data.splits.holdout import SealedTestSet

# keys of results.json that may change: the test, the digest of all, and what says when, where and over which rows
OTHER = ("digest", "test", "ledger", "provenance", "timing")
SAME = ("model/", "out_of_fold/", "trials.csv", "validation_rows.npz")  # files with the same bytes

FEW = MOONS.replace("trials = 14", "trials = 6").replace("members = 1", "members = 2")
KINDS = {
    "two numbers, two classes": FEW,
    "pictures, ten classes": FEW.replace('"moons"\n\n[cv]', '"digits"\n\n[cv]').replace("trials = 6", "trials = 3"),
    "words, numbers and holes, a number": FEW.replace(
        '"moons"\n\n[cv]', '"../rows.csv"\ntarget = "price"\n\n[cv]'
    ).replace("[search]", '[preprocessing]\nnumbers = "quantile"\n\n[search]'),
}

GARBAGE = f"from {__name__} import with_garbage\nreturn with_garbage(*function(*a, **k))"


def garbage(desk: Desk) -> Iterator[str]:
    """Run studies twice, the second time with garbage in the sealed rows."""
    for kind, text in KINDS.items():
        clean, dirty = desk.another(text), desk.another(text)
        fault = instead_of(dirty.folder / "injected", "experiments.data.prepare:split_off", GARBAGE)
        for place, more in ((clean, None), (dirty, fault)):
            (place.folder / "rows.csv").write_text(mixed_rows())
            place.tuned("--workers", "2", "--tracking-uri", "none", more=more)
        yield f"{kind}: {_compare(kind, clean, dirty)}"


def with_garbage(development: Any, test: SealedTestSet) -> tuple[Any, SealedTestSet]:
    """Return a split with garbage for the sealed rows."""
    chance = np.random.default_rng(0)
    features, y = test._features, test._y
    if isinstance(features, np.ndarray):
        dirt: Any = chance.integers(0, 255, features.shape).astype(features.dtype)
    else:
        dirt = features.copy()
        for name in dirt.columns:
            numbers = dirt[name].dtype.kind in "fiu"
            dirt[name] = chance.normal(0, 1e6, len(dirt)) if numbers else f"garbage {name}"
    wrong = chance.permutation(y) if y.dtype.kind in "iu" else chance.normal(0, 1e6, len(y))
    return development, SealedTestSet(dirt, wrong.astype(y.dtype), test.groups)


def _compare(kind: str, clean: Desk, dirty: Desk) -> str:
    """Compare a study with the one whose sealed rows were garbage.

    Raises:
        Broken: more differs than the test and the fingerprints, or not even these do.
    """
    one, other = clean.results(), dirty.results()
    demand(one["split"]["test_fingerprint"] != other["split"]["test_fingerprint"], f"{kind}: no garbage was planted")
    demand(one["test"]["score"] > other["test"]["score"], f"{kind}: the test scores garbage no lower")
    before, after = _without_test(one), _without_test(other)
    differ = sorted(key for key in before if before[key] != after.get(key))
    demand(not differ and before.keys() == after.keys(), f"{kind}: {', '.join(differ)} of results.json changed")
    demand(clean.trials() == dirty.trials(), f"{kind}: a trial in the journal changed")
    kept, there = contents(clean.study), contents(dirty.study)
    names = [name for name in kept if name.startswith(SAME)]
    demand({"model/weights.npz", "model/model.json", "trials.csv"} <= set(names), f"{kind}: a file is missing")
    changed = [name for name in names if kept[name] != there.get(name)]
    demand(not changed, f"{kind}: {', '.join(changed)} changed")
    scores = f"{one['test']['score']:.3g} and {other['test']['score']:.3g}"
    return (
        f"results.json but test and fingerprints, the journal's trials and {len(names)} files equal; tested: {scores}"
    )


def _without_test(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return results without what the test rows may change."""
    kept = {key: value for key, value in results.items() if key not in OTHER}
    kept["data"] = {key: value for key, value in results["data"].items() if key != "fingerprint"}
    kept["split"] = {key: value for key, value in results["split"].items() if key != "test_fingerprint"}
    return kept


def mixed_rows() -> str:
    """Return a table of 160 rows of words, numbers and holes, as CSV."""
    lines = ["age,colour,height,city,price"]
    for row in range(160):
        age, colour = row * 37 % 83, ("red", "green", "blue")[row * 7 % 3]
        height = "" if row % 11 == 0 else f"{1.5 + row * 13 % 50 / 100:.2f}"
        city = ("Bern", "Graz", "", "Ulm")[row * 5 % 4]
        lines.append(f"{age},{colour},{height},{city},{100 + 3 * age + 40 * (colour == 'red') + row * 29 % 17}")
    return "\n".join(lines) + "\n"
