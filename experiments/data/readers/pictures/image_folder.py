"""The pictures below a folder, at any depth, with everything else that lies there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.config.folder_tables import named_table
from experiments.config.readable import count, first_few, readable
from experiments.data.readers.pictures.image_file import ENDINGS, ImageHeader, UnreadableError, read_header
from experiments.errors import DataError

SYSTEM = ("Thumbs.db", "desktop.ini", "__MACOSX")  # what systems leave in folders, beside hidden files
MOST_FOLDERS = 1 << 16  # below one folder
SHOWN = 3  # files and endings in a line
LONGEST = 60  # characters of a name

Folders = tuple[str, ...]


@dataclass(frozen=True)
class PictureFile:
    """A readable picture: its path, the folders that lead to it from where the search began, and its header."""

    path: Path
    folders: Folders
    header: ImageHeader

    @property
    def order(self) -> tuple[str, ...]:
        """Return the key by which pictures are sorted: the folders, then the name."""
        return (*self.folders, self.path.name)


@dataclass
class PictureFolder:
    """All that lies below a folder.

    pictures:   the pictures whose headers can be read, in the order of their paths.
    unreadable: path of a file that is named as a picture and cannot be read as one -> the reason.
    others:     names of the files, links and system folders that are passed over; a folder's name ends in a slash.
    folders:    every folder that was entered.
    """

    root: Path
    pictures: list[PictureFile] = field(default_factory=list)
    unreadable: dict[Path, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    folders: list[Folders] = field(default_factory=list)

    def without_pictures(self) -> list[str]:
        """List the uppermost folders below which no readable picture lies."""
        used = {one.folders[:depth] for one in self.pictures for depth in range(len(one.folders) + 1)}
        return ["/".join(one) for one in self.folders if one not in used and one[:-1] in used]

    def facts(self) -> list[str]:
        """Say which files of the system were passed over, if there are no other files."""
        return self.passed_over() if all(map(_is_system, self.others)) else []

    def decisions(self) -> list[str]:
        """Say what else was passed over and left out, a line for each; a strict study refuses it."""
        said = [] if all(map(_is_system, self.others)) else self.passed_over()
        if empty := self.without_pictures():
            said.append(f"{count(len(empty), 'folder')} without readable pictures passed over ({_first(empty)})")
        if self.unreadable:
            bad = count(len(self.unreadable), "picture")
            said.append(f"{bad} left out that cannot be read: {self.named_unreadable()}")
        return said

    def passed_over(self) -> list[str]:
        """Count the files that are no pictures in a line; none where there are none."""
        if not self.others:
            return []
        kinds = dict.fromkeys(name if _is_system(name) else _ending(name) for name in self.others)
        return [f"{count(len(self.others), 'other file')} passed over ({_first(list(kinds))})"]

    def named_unreadable(self) -> str:
        """Name the first unreadable pictures with the reasons."""
        reasons = sorted(self.unreadable.items())
        return name_unreadable({path.relative_to(self.root).as_posix(): reason for path, reason in reasons})

    def check(self) -> None:
        """Refuse a folder without pictures, or of which more than half are unreadable.

        Raises:
            DataError: the message names the first files.
        """
        bad = len(self.unreadable)
        if bad > len(self.pictures):
            every = count(bad + len(self.pictures), "picture")
            named = self.named_unreadable()
            raise DataError(f"{self.root}: {bad} of {every} cannot be read: {named}; replace or remove them.")
        if not self.pictures:
            instead = "".join(f"; {line}" for line in self.passed_over())
            instead += f"; {table}" if (table := named_table(self.root)) else ""
            raise DataError(f"{self.root}: has no picture ({', '.join(ENDINGS[:2])} and the like){instead}.")


def name_unreadable(reasons: Mapping[str, str]) -> str:
    """Name the first pictures that cannot be read, with the reasons.

    >>> name_unreadable({"a.png": "of no known format"})
    'a.png (of no known format)'
    """
    return _first([f"{name} ({reason})" for name, reason in reasons.items()])


def find_pictures(root: Path) -> PictureFolder:
    """List the pictures below a folder and read their headers.

    A file is a picture if it is named as one, or can be read as one. Links to folders are followed unless they lead
    back. Nothing is decoded.

    Raises:
        OSError:   a folder cannot be listed.
        DataError: there are too many folders, as where each of 30 folders has two links to the next.
    """
    found = PictureFolder(root)
    inside: list[tuple[Path, Folders, frozenset[Path]]] = [(root, (), frozenset([root.resolve()]))]
    for folder, folders, above in inside:  # to which the folders below are added on the way
        if len(inside) > MOST_FOLDERS:
            raise DataError(
                f"{root}: at most {MOST_FOLDERS} folders are read, but there are more, counted along symbolic links; "
                "remove links, or name a folder below it."
            )
        for path in sorted(folder.iterdir(), key=lambda one: one.name):
            is_folder = path.is_dir()
            if _is_system(path.name) or (is_folder and path.resolve() in above) or not (is_folder or path.is_file()):
                found.others.append(f"{path.name}/" if is_folder else path.name)
            elif is_folder:
                found.folders.append((*folders, path.name))
                inside.append((path, (*folders, path.name), above | {path.resolve()}))
            else:
                _look_at(path, folders, found)
    found.pictures.sort(key=lambda one: one.order)
    return found


def _look_at(path: Path, folders: Folders, found: PictureFolder) -> None:
    try:
        found.pictures.append(PictureFile(path, folders, read_header(path)))
    except (UnreadableError, OSError) as error:
        if path.suffix.lower() in ENDINGS:
            found.unreadable[path] = getattr(error, "strerror", None) or str(error)
        else:
            found.others.append(path.name)


def _is_system(name: str) -> bool:
    return name.startswith(".") or name.rstrip("/") in SYSTEM


def _ending(name: str) -> str:
    """Return the kind of a file in a line: its ending, or its whole name.

    >>> _ending("a/labels.CSV"), _ending("README")
    ('.csv', 'README')
    """
    return Path(name).suffix.lower() or name


def _first(names: Sequence[str]) -> str:
    return first_few([readable(name, LONGEST) for name in names], SHOWN)
