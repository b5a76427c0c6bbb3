from __future__ import annotations

import pytest

from experiments.benchmark.overhead import COLUMNS, coordinator_cost
from experiments.benchmark.tabulate import print_table, wide_console


@pytest.mark.slow
def test_every_part_takes_time_and_is_shown() -> None:
    cost = coordinator_cost(20, timed=4)
    assert cost["trials"] == 20
    assert min(cost["ours"], cost["sampler"], cost["optuna"]) > 0
    console = wide_console()
    with console.capture() as captured:
        print_table(console, [cost], COLUMNS)
    assert f"{cost['optuna']:.1f}" in captured.get()
