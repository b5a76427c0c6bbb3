"""A text file, packed or not, in any encoding; its size is checked before memory is taken for it."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import IO

import numpy as np

from experiments.config.formats import JSONS, SORTS, TEXTS
from experiments.data.raw_table import LARGEST_FILE, brief
from experiments.data.readers.text.other_content import START, refuse_other_content
from experiments.errors import DataError

BLOCK = 1 << 18  # bytes read at a time
LONGEST_LINE = 1 << 24  # characters
SAMPLE, SAMPLE_LINES = 1 << 17, 200  # characters and lines from which the layout follows
MARKS = {  # the first bytes of a file -> its encoding
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class NotOfEncoding(DataError):
    """A file that is not of its encoding."""


@dataclass(frozen=True)
class TextFile:
    """A text file whose bytes were read once: its size is allowed, and it holds no NUL.

    packing:  "gz", "zip", or nothing.
    member:   name of the file in a .zip.
    encoding: as Python names it.
    guessed:  whether nobody named the encoding, not even the file.
    usual:    encoding that is tried before one is guessed; None for none.
    """

    path: Path
    packing: str = ""
    member: str = ""
    encoding: str = "utf-8"
    guessed: bool = False
    usual: str | None = None

    @property
    def repairs(self) -> tuple[str, ...]:
        """Return a line about a guessed encoding."""
        return (f"read as {self.encoding}; --set data.encoding=NAME reads it otherwise",) if self.guessed else ()

    @property
    def plain(self) -> bool:
        """Return whether the bytes are as they are on the disk, in UTF-8."""
        return not self.packing and self.encoding == "utf-8"

    @property
    def name(self) -> PurePath:
        """Return the file's name without its packing."""
        path = self.path
        return PurePath(self.member or (path.stem if path.suffix.lower() == ".gz" else path.name))

    def bytes(self) -> AbstractContextManager[IO[bytes]]:
        """Open the unpacked bytes.

        Raises:
            DataError: the archive is damaged; from reading the bytes, too.
        """
        if not self.packing:
            return self.path.open("rb")
        from experiments.data.readers.text.packed import unpacked

        return unpacked(self.path, self.member or None)

    def lines(self) -> Iterator[str]:
        """Yield the lines with their ends."""
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        with self.bytes() as file, io.TextIOWrapper(file, encoding, newline="") as text:
            while line := text.readline(LONGEST_LINE):
                yield line

    def sample(self) -> tuple[list[str], bool]:
        """Return the first lines, and whether they are the whole file."""
        lines: list[str] = []
        size = 0
        for line in self.lines():
            if len(lines) >= SAMPLE_LINES or (size > SAMPLE and len(lines) > 2):
                return lines, False
            lines.append(line)
            size += len(line)
        return lines, True


def open_text(path: Path, encoding: str | None = None, usual: str | None = None) -> TextFile:
    """Read the bytes of a text file once, to learn what it is.

    It is packed if its first bytes say so. It has the mark of an encoding, or is UTF-8. What is not packed is only
    taken to be UTF-8, until `decoded` or Arrow has read it.

    Args:
        encoding: the encoding if it is known.
        usual:    encoding that is tried before one is guessed.

    Raises:
        DataError: the file is too large, cannot be unpacked, is no text, or is not of that encoding.
    """
    text = replace(_opened(path), usual=usual)
    inner = text.name.suffix.lower()
    if text.packing and inner in SORTS and inner not in (*TEXTS, *JSONS):
        raise DataError(f"{path}: a {inner} is not read from an archive; unpack it.")
    if encoding is None:
        with text.bytes() as file:
            start = file.read(4)
        encoding = next((name for mark, name in MARKS.items() if start.startswith(mark)), None)
    if encoding is not None:
        return checked(replace(text, encoding="utf-8" if codecs.lookup(encoding).name == "utf-8" else encoding))
    return decoded(text) if text.packing else checked(text, decode=False)


def decoded(text: TextFile) -> TextFile:
    """Return the file with the encoding in which all its bytes are text: its own, or one guessed from its words.

    Raises:
        DataError: there is none.
    """
    try:
        return checked(text)
    except NotOfEncoding as wrong:
        if text.usual is not None:
            with suppress(NotOfEncoding):
                return checked(replace(text, encoding=text.usual))
        from experiments.data.readers.text.encoding import guessed

        guess = guessed(_not_ascii(text))
        if guess is not None:
            with suppress(NotOfEncoding):
                return checked(replace(text, encoding=guess, guessed=True))
        raise DataError(str(wrong)) from None


def _opened(path: Path) -> TextFile:
    with path.open("rb") as file:
        start = file.read(START)
    refuse_other_content(path, start)
    if start[:2] == b"\x1f\x8b":
        return TextFile(path, "gz")
    if start[:4] == b"PK\3\4":
        from experiments.data.readers.text.packed import member_of

        return TextFile(path, "zip", member_of(path))
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise DataError(f"{path}: a table must have at most {LARGEST_FILE} bytes, but this file has {size}.")
    return TextFile(path)


def checked(text: TextFile, decode: bool = True) -> TextFile:
    """Read all bytes of a file.

    Args:
        decode: whether to decode them, too.

    Raises:
        NotOfEncoding: they are not of its encoding.
        DataError:     it unpacks to too many bytes, or holds a NUL.
    """
    decoder = codecs.getincrementaldecoder(text.encoding)()
    size, pending, ascii_too = 0, False, text.encoding == "utf-8"
    with text.bytes() as file:
        while block := file.read(BLOCK):
            if size + len(block) > LARGEST_FILE:
                raise DataError(f"{text.path}: must unpack to at most {LARGEST_FILE} bytes, but unpacks to more.")
            if not decode or (ascii_too and not pending and block.isascii()):
                nul = b"\0" in block
            else:
                nul = "\0" in _decoded(text, decoder, block, size)
                pending = bool(decoder.getstate()[0])
            if nul:
                try:
                    line = next(number for number, line in enumerate(text.lines(), 1) if "\0" in line)
                except UnicodeError:  # of bytes beside the NUL
                    line = _line_at(text, size + block.find(b"\0"))
                raise DataError(
                    f"{text.path}: a table must be text, but line {line} has a NUL byte; remove it, or name the "
                    "encoding in data.encoding if the file is UTF-16 or UTF-32."
                )
            size += len(block)
    _decoded(text, decoder, b"", size)
    return text


def _decoded(text: TextFile, decoder: codecs.IncrementalDecoder, block: bytes, before: int) -> str:
    """Decode the next bytes of a file; none if it has ended.

    Args:
        before: number of bytes before them.

    Raises:
        NotOfEncoding: they are not of the encoding; the message names the line.
    """
    held = len(decoder.getstate()[0])
    try:
        return decoder.decode(block, not block)
    except UnicodeError as error:
        name, wrong = "UTF-8" if text.encoding == "utf-8" else text.encoding, brief(error)
        if isinstance(error, UnicodeDecodeError):
            line = _line_at(text, before - held + error.start)
            wrong = f"line {line} has the byte 0x{error.object[error.start]:02x}"
        raise NotOfEncoding(
            f"{text.path}: a table must be {name}, but {wrong}; save it as UTF-8, or name its encoding in "
            "data.encoding."
        ) from None


def _line_at(text: TextFile, offset: int) -> int:
    """Return the number of the line in which a byte stands."""
    ends = {b"\n": 0, b"\r": 0}
    with text.bytes() as file:
        while offset > 0 and (block := file.read(min(BLOCK, offset))):
            offset -= len(block)
            for end in ends:
                ends[end] += block.count(end)
    return 1 + (ends[b"\n"] or ends[b"\r"])


def has_empty_line(text: TextFile) -> bool:
    """Return whether an empty line stands above others; one of an encoding of several bytes is not seen."""
    rest = b""
    with text.bytes() as file:
        while block := file.read(BLOCK):
            block = rest + block
            found = _empty_line(block)
            if found is not None and block[found:].strip():
                return True
            rest = block[len(block.rstrip()) :] or block[-2:]
    return False


def _empty_line(block: bytes) -> int | None:
    """Return where an empty line stands in some bytes; None without one. NumPy is much faster than a search."""
    codes = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    apart = np.diff(ends)
    again = (apart == 1) | ((apart == 2) & (codes[ends[:-1] + 1] == ord("\r")))
    return int(ends[again.argmax()]) if again.any() else None


def _not_ascii(text: TextFile) -> list[bytes]:
    """Return the first lines that are not ASCII."""
    lines: list[bytes] = []
    size = 0
    with text.bytes() as file:
        while size < SAMPLE and (line := file.readline(BLOCK)):
            if not line.isascii():
                lines.append(line)
                size += len(line)
    return lines
