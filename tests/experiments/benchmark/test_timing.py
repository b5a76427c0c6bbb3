from __future__ import annotations

from experiments.benchmark.timing import measure_in_turn


def test_every_second_round_goes_backwards_and_keeps_its_places() -> None:
    called: list[str] = []

    def measurement(name: str) -> str:
        called.append(name)
        return f"{name}{len(called)}"

    rounds = measure_in_turn(3, *(lambda name=name: measurement(name) for name in "abc"))  # type: ignore[misc]
    assert called == [*"abc", *"cba", *"abc"]
    assert rounds == [("a1", "b2", "c3"), ("a6", "b5", "c4"), ("a7", "b8", "c9")]
