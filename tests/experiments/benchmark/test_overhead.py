from __future__ import annotations

from experiments.benchmark.overhead import Cost, coordinator_cost
from experiments.benchmark.render import coordinator_table, wide_console


def test_every_part_takes_time() -> None:
    cost = coordinator_cost(20, timed=4)
    assert cost.trials == 20
    assert min(cost.ours, cost.sampler, cost.optuna) > 0


def test_the_table_shows_what_is_beyond_the_sampler() -> None:
    console = wide_console()
    with console.capture() as captured:
        console.print(coordinator_table([Cost(10_000, 80.0, 75.5, 190.25)]))
    assert all(word in captured.get() for word in ("10,000", "80.0", "75.5", "4.5", "190.2"))
