from __future__ import annotations

from dataclasses import replace

from experiments.reports.blocks import Code, plain
from experiments.reports.sections.data import data


def test_fingerprints_are_short_and_complete(study):
    facts = dict(data(study[0]).blocks[0].rows)
    assert facts["fingerprint of the data"].text == Code("9f2c" * 16, "9f2c9f2c9f2c…")
    assert plain(facts["size"]) == "1,797 rows, 64 features, classification"


def test_many_classes_are_counted(study):
    named = replace(study[0].data, classes=tuple(f"class {index}" for index in range(1000)))
    facts = {plain(name): plain(fact) for name, fact in data(replace(study[0], data=named)).blocks[0].rows}
    assert facts["1,000 classes"].endswith("class 18, class 19 and 980 more")
