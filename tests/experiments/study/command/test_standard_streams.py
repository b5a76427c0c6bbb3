"""A terminal that lacks a character shows its code; what is closed takes what is printed."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.study.command.standard_streams import print_what_can_be


def test_what_an_encoding_lacks_is_written_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    print_what_can_be()
    print("R² \u2212 1", flush=True)
    assert written.getvalue() == b"R\xb2 \\u2212 1\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path, closed: str) -> None:
    program = (
        "import os, sys\n"
        "from experiments.study.command.standard_streams import print_what_can_be\n"
        "print_what_can_be()\n"
        "with open('file', 'w') as file:\n"
        "    print('to nobody', flush=True), print('to nobody', file=sys.stderr, flush=True)\n"
        "    os.system('echo of a process; echo of a process >&2')\n"
        "    file.write(f'{file.fileno() > 2} {sys.stdout.isatty()} {sys.__stderr__.isatty()}')\n"
    )
    command = ["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, program]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    assert (tmp_path / "file").read_text() == "True False False"
