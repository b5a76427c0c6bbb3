from __future__ import annotations

from experiments.reports.blocks import Column, Figures, Heading, Row, Section, Table, note
from experiments.reports.latex_text import escaped, section, table


def test_what_latex_takes_for_a_command_is_escaped():
    assert escaped("a_b & 5% of $x{}#~^\\") == (
        "a\\_b \\& 5\\% of \\$x\\{\\}\\#\\textasciitilde{}\\textasciicircum{}\\textbackslash{}"
    )


def test_what_would_be_an_option_of_the_line_before_is_none():
    made = table("", [("study", False), ("score", True)], [("[a]|b", '"c"'), ("*", "1")])
    assert [line for line in made.splitlines() if line.startswith("{}")] == [
        "{}[a]\\textbar{}b & ''c'' \\\\",
        "{}* & 1 \\\\",
    ]


def test_sentences_are_broken_and_wide_tables_have_small_letters():
    columns = [("study", False), ("why", False)]
    assert "{lp{0.7\\linewidth}}" in table("", columns, [], prose=True)
    assert "footnotesize" in table("", columns, [], wide=True)
    assert "{ll}" in table("", columns, [])
    assert "footnotesize" not in table("", columns, [])


def test_a_section_is_its_tables_and_paragraphs():
    rows = (Row("a_1", "0.5"), Row("b", "−0.5", kind="winner"))
    scores = Table("Scores", (Column("study", number=False), Column("R²")), rows)
    assert section(Section("Studies", "studies", (Heading("All"), Figures(()), scores, note("50% of {}.", "a_1")))) == (
        "% Studies\n\n\\begin{table}\n\\caption{Scores}\n\\begin{tabular}{lr}\n\\toprule\nstudy & R$^2$ \\\\\n"
        "\\midrule\na\\_1 & 0.5 \\\\\nb & $-$0.5 \\\\\n\\bottomrule\n\\end{tabular}\n\\end{table}\n\n50\\% of a\\_1."
    )
