from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from experiments.reports import markdown

NASTY = [
    "<script>alert(1)</script>",
    "a | b || c",
    "`code` ``` ~~~ ~~gone~~",
    "*bold* _it_ **b** __u__",
    "[text](target) ![picture](x)",
    "# title",
    "&amp; &lt; &copy;",
    "back\\slash \\| \\`",
    "www.example.org http://example.org me@example.org",
    "$math$",
    "emoji 🎈 and שלום",
]


@pytest.mark.parametrize("text", NASTY)
def test_escaped_text_reads_as_it_was_in_a_sentence_and_in_a_cell(text):
    shown = str(markdown.escape(text))
    renderer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    expected = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    sentence = renderer.render(f"It is {shown}.").replace("\u2068", "").replace("\u2069", "")
    assert sentence == f"<p>It is {expected}.</p>\n"
    cell = renderer.render(f"| a | b |\n|---|---|\n| {shown} | x |\n").replace("\u2068", "").replace("\u2069", "")
    assert f"<td>{expected}</td>\n<td>x</td>" in cell


def test_lines_and_control_characters_become_spaces():
    assert markdown.escape("a\n\n# b\t\x07c") == r"a \# b  c"


def test_overriding_directions_are_isolated():
    assert markdown.escape("\u202eabc") == "\u2068\u202eabc\u2069"


def test_markdown_is_not_escaped_twice():
    once = markdown.escape("a|b")
    assert markdown.escape(once) is once


@pytest.mark.parametrize("text", ["a", "a`b", "``", "`", "a```b\n````\nc"])
def test_code_blocks_hold_any_text(text):
    tokens = MarkdownIt("commonmark").parse(str(markdown.code_block(text, "toml")))
    assert [(token.type, token.content) for token in tokens] == [("fence", f"{text}\n")]


@pytest.mark.parametrize("text", ["a", "a`b", "``", "`", "a|b"])
def test_inline_code_in_a_cell_holds_any_text(text):
    html = MarkdownIt("commonmark").enable("table").render(f"| a |\n|---|\n| {markdown.code(text)} |\n")
    assert f"<td><code>{text}</code></td>" in html
