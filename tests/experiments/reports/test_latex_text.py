from __future__ import annotations

from experiments.reports.blocks import Column, Figures, Heading, Row, Section, Table, note
from experiments.reports.latex_text import escaped, section


def test_what_latex_takes_for_a_command_is_escaped():
    assert escaped("a_b & 5% of $x{}#~^\\") == (
        "a\\_b \\& 5\\% of \\$x\\{\\}\\#\\textasciitilde{}\\textasciicircum{}\\textbackslash{}"
    )


def test_a_section_is_its_tables_and_paragraphs():
    rows = (Row("a_1", "0.5"), Row("b", "−0.5", kind="winner"))
    scores = Table("Scores", (Column("study", number=False), Column("R²")), rows)
    assert section(Section("Studies", "studies", (Heading("All"), Figures(()), scores, note("50% of {}.", "a_1")))) == (
        "% Studies\n\n\\begin{table}\n\\caption{Scores}\n\\begin{tabular}{lr}\n\\toprule\nstudy & R$^2$ \\\\\n"
        "\\midrule\na\\_1 & 0.5 \\\\\nb & $-$0.5 \\\\\n\\bottomrule\n\\end{tabular}\n\\end{table}\n\n50\\% of a\\_1."
    )
