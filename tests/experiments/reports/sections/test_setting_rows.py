from __future__ import annotations

from experiments.reports.blocks import plain
from experiments.reports.sections.setting_rows import setting_rows


def test_configurations_stand_side_by_side(study):
    result = study[0]
    found = setting_rows({"best": result.best.params, "default": result.default.params}, result.spec)
    rows = {plain(row.cells[0]): tuple(map(plain, row.cells[1:])) for row in found}
    assert rows["network"] == ("83-47 ReLU", "64 ReLU")
    assert rows["dropout"] == ("0.203", "0")
    assert not [name for name in rows if name.startswith("units of layer") or name == "activation"]  # said by network


def test_what_a_network_does_not_use_is_a_dash(study):
    result = study[0]
    linear = result.default.params | {"hidden_layers": 0}
    found = setting_rows({"best": result.best.params, "default": linear}, result.spec)
    rows = {plain(row.cells[0]): tuple(map(plain, row.cells[1:])) for row in found}
    assert (rows["network"][1], rows["dropout"]) == ("no hidden layer", ("0.203", "–"))
