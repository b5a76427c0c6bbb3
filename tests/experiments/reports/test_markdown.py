from __future__ import annotations

import html
import re

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


def test_escaped_text_reads_as_it_was_in_a_sentence_and_in_a_cell():
    renderer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for text in NASTY:
        shown = re.sub("[\u2068\u2069]", "", str(markdown.escape(text)))
        expected = html.escape(text)
        assert renderer.render(f"It is {shown}.") == f"<p>It is {expected}.</p>\n"
        cell = renderer.render(f"| a | b |\n|---|---|\n| {shown} | x |\n")
        assert f"<td>{expected}</td>\n<td>x</td>" in cell


def test_lines_and_control_characters_become_spaces():
    assert markdown.escape("a\n\n# b\t\x07c") == r"a \# b  c"


def test_overriding_directions_are_isolated():
    assert markdown.escape("\u202eabc") == "\u2068\u202eabc\u2069"


def test_markdown_is_not_escaped_twice():
    once = markdown.escape("a|b")
    assert markdown.escape(once) is once


def test_code_holds_any_text_in_blocks_and_in_cells():
    for text in ("a", "a`b", "``", "`", "a```b\n````\nc"):
        tokens = MarkdownIt("commonmark").parse(str(markdown.code_block(text, "toml")))
        assert [(token.type, token.content) for token in tokens] == [("fence", f"{text}\n")]
    for text in ("a", "a`b", "``", "`", "a|b"):
        table = MarkdownIt("commonmark").enable("table").render(f"| a |\n|---|\n| {markdown.code(text)} |\n")
        assert f"<td><code>{text}</code></td>" in table
