"""An archive holds one table; its damage is a line."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from experiments.data.readers.text.packed import member_of, unpacked
from experiments.errors import DataError


def write(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "a,b\n1,2\n")
    return path


def test_the_one_file_is_found_beside_what_systems_add(tmp_path: Path) -> None:
    names = ("data/", "data/my.csv", "__MACOSX/data/._my.csv", "data/.DS_Store", "Thumbs.db")
    path = write(tmp_path / "my.zip", *names)
    assert member_of(path) == "data/my.csv"
    with unpacked(path, "data/my.csv") as file:
        assert file.read() == b"a,b\n1,2\n"


def test_several_files_are_listed(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"must hold one table, but this holds 2 files: 'a.csv', 'b.csv'; unpack it"):
        member_of(write(tmp_path / "my.zip", "b.csv", "a.csv"))
    with pytest.raises(DataError, match="holds 0 files; unpack it"):
        member_of(write(tmp_path / "my.zip", "data/"))


def test_damage_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "my.csv.gz"
    whole = gzip.compress(b"a,b\n" * 1000)
    for content in (whole[:20], whole[:-3], whole[:15] + b"\xff" * 10 + whole[25:], whole[:-8] + bytes(8)):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"my\.csv\.gz: cannot be unpacked: ."), unpacked(path, None) as file:
            file.read()
    write(path, "a.csv")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"a,b\n", b"b,b\n"))
    with pytest.raises(DataError, match="cannot be unpacked: Bad CRC"), unpacked(path, "a.csv") as file:
        file.read()
    path.write_bytes(content[:40])
    with pytest.raises(DataError, match="cannot be unpacked"):
        member_of(path)


def test_a_password_is_no_traceback(tmp_path: Path) -> None:
    path = write(tmp_path / "my.zip", "a.csv")
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"cannot be unpacked: .*password"), unpacked(path, member_of(path)):
        pass


def test_the_bytes_come_in_parts(tmp_path: Path) -> None:
    (tmp_path / "my.gz").write_bytes(gzip.compress(b"one\ntwo\n"))
    with unpacked(tmp_path / "my.gz", None) as file:
        assert (file.read(2), file.readline(), file.read()) == (b"on", b"e\n", b"two\n")
        assert isinstance(file, io.BufferedReader)
