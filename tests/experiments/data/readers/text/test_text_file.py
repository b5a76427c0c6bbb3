"""A text file is opened in its encoding and unpacked; what is too large or no text is refused without its memory."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from experiments.data.readers.text import packed, text_file
from experiments.data.readers.text.text_file import decoded, open_text
from experiments.errors import DataError

TEXT = "région,y\r\nMédoc,1\nCôte,2\n"
LINES = ["région,y\r\n", "Médoc,1\n", "Côte,2\n"]


def zipped(**files: bytes) -> bytes:
    with zipfile.ZipFile(content := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "packing", "encoding"),
    [
        ("my.csv", TEXT.encode(), "", "utf-8"),
        ("my.csv", TEXT.encode("utf-8-sig"), "", "utf-8"),
        ("my.csv", TEXT.encode("utf-16"), "", "utf-16"),
        ("my.csv", TEXT.encode("utf-32"), "", "utf-32"),
        ("my.csv", TEXT.encode("cp1252"), "", "cp1252"),
        ("my.csv.gz", gzip.compress(TEXT.encode(), mtime=0), "gz", "utf-8"),
        ("my.csv.gz", gzip.compress(TEXT.encode("utf-16"), mtime=0), "gz", "utf-16"),
        ("my.csv.gz", TEXT.encode(), "", "utf-8"),  # unpacked on its way, with its old name
        ("my.csv", gzip.compress(TEXT.encode(), mtime=0), "gz", "utf-8"),
        ("my.csv.zip", zipped(other__tsv=TEXT.encode()), "zip", "utf-8"),
        ("my.zip", zipped(other__tsv=TEXT.encode("cp1252")), "zip", "cp1252"),
    ],
)
def test_packing_and_encoding_follow_from_the_bytes(
    name: str, content: bytes, packing: str, encoding: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    text = decoded(open_text(tmp_path / name))
    assert (text.packing, text.encoding, text.guessed) == (packing, encoding, encoding == "cp1252")
    assert list(text.lines()) == LINES
    assert text.sample() == (LINES, True)
    assert text.plain == (packing == "" and encoding == "utf-8")
    assert text.name.name == ("other.tsv" if packing == "zip" else "my.csv")


def test_an_encoding_that_is_named_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_bytes("Łódź\n".encode("cp1250"))
    text = open_text(path, "cp1250")
    assert (list(text.lines()), text.guessed, text.repairs) == (["Łódź\n"], False, ())
    path.write_bytes("Łódź\n".encode("utf-16-le"))
    assert list(open_text(path, "utf-16-le").lines()) == ["Łódź\n"]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"a,b\n1,\xff\n", "utf-8", "must be UTF-8, but line 2 has the byte 0xff"),
        (b"a,b\n1,\x81\n", "cp1252", "must be cp1252, but line 2 has the byte 0x81"),
        (b"a\xc3", "utf-8", "must be UTF-8, but line 1 has the byte 0xc3"),
        (b"\xff\xfea\0b", None, "must be utf-16, but line 1 has the byte 0x62"),
        (b"a,b\r1,\0\r", None, "line 2 has a NUL byte"),
        ("a,b\n1,\0é\n".encode(), None, "line 2 has a NUL byte"),
        (b"a,b\n1,2\n1,\0\xff\n", None, "line 3 has a NUL byte"),
        ("a,b\n1,\0".encode("utf-16") + b"\n", None, "line 1 has a NUL byte"),
        ("a,b\n1,2\n".encode("utf-16-le"), None, "has a NUL byte; remove it, or name the encoding"),
        (bytes(range(1, 256)) * 20, None, "must be UTF-8, but line 2 has the byte 0x80; save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(
    content: bytes, encoding: str | None, message: str, tmp_path: Path
) -> None:
    (tmp_path / "my.csv").write_bytes(content)
    with pytest.raises(DataError, match=rf"my\.csv: .*{message}") as caught:
        decoded(open_text(tmp_path / "my.csv", encoding))
    assert len(str(caught.value).splitlines()) == 1


def test_a_letter_may_lie_between_two_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "my.csv"
    for size in range(1, 12):
        monkeypatch.setattr(text_file, "BLOCK", size)
        for encoding in ("utf-8", "utf-16"):
            path.write_bytes(TEXT.encode(encoding))
            assert list(decoded(open_text(path)).lines()) == LINES
        path.write_bytes(b"abc,d\n\xe9\xc3\xc3\n")
        with pytest.raises(DataError, match="line 2 has the byte 0xe9"):
            open_text(path, "utf-8")


def test_a_bomb_is_refused_without_its_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "LARGEST_FILE", 1 << 23)
    monkeypatch.setattr(packed, "LARGEST_FILE", 1 << 23)
    zeros = b"0,1\n" * (1 << 23)
    (tmp_path / "my.csv.gz").write_bytes(gzip.compress(zeros, 1))
    (tmp_path / "my.csv.zip").write_bytes(zipped(my__csv=zeros))
    tracemalloc.start()
    with pytest.raises(DataError, match=r"my\.csv\.gz: must unpack to at most 8388608 bytes, but unpacks to more"):
        open_text(tmp_path / "my.csv.gz")
    with pytest.raises(DataError, match=r"my\.csv\.zip: .* but its file announces 33554432"):
        open_text(tmp_path / "my.csv.zip")
    assert tracemalloc.get_traced_memory()[1] < 1 << 22
    tracemalloc.stop()
