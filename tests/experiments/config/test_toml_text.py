"""A key with thousands of dots would take the square of their number in memory; it is refused before it is parsed."""

from __future__ import annotations

import tracemalloc

import pytest

from experiments.config.toml_text import DEEPEST, parse_toml


@pytest.mark.parametrize("part", ["a", '"a b"', "'a'", "a ", "\ta"])
def test_a_key_may_have_some_dots(part: str) -> None:
    for dots in (DEEPEST, DEEPEST + 1):
        text = f"x = 1\n{'.'.join([part] * (dots + 1))} = 1"
        if dots == DEEPEST:
            assert parse_toml(text)["x"] == 1
        else:
            with pytest.raises(ValueError, match=r"^line 2 has a key with more than 32 dots$"):
                parse_toml(text)


def test_the_dots_of_a_key_take_no_memory() -> None:
    tracemalloc.start()
    try:
        for text in ("[[" + ".".join(["a"] * 100_000) + "]]", "x = {" + ".".join(["'='"] * 100_000) + " = 1}"):
            with pytest.raises(ValueError, match="line 1 has a key"):
                parse_toml(text)
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()


def test_dots_in_texts_numbers_and_comments_are_none() -> None:
    dots = ".".join(["a"] * 40)
    texts = ", ".join(["'.'"] * 40)
    lines = [f"# {dots} = 1", f'path = "{dots}=1"', f"marks = [{texts}] # {dots}", "rates = [0.5, 0.5]"]
    said = "One day. Two days. " * 100
    document = parse_toml("\n".join([*lines, f'said = "{said}"']))
    assert (document["path"], document["said"], len(document["marks"])) == (f"{dots}=1", said, 40)
