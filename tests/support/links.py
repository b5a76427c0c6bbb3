"""A stranger's symbolic links in a study's folder, and the files that they lead to."""

from __future__ import annotations

import shutil
from pathlib import Path

FOLDERS = ("model", "out_of_fold", "report_files", ".work")
FILES = ("results.json", "report.html", "report.md", "trials.csv", "log.txt", "tracking.log", "journal.log.torn")
PARTS = tuple(f".{name}.part" for name in ("results.json", "report.html", "trials.csv", "tracking.json", "study.toml"))
INSIDE = ("model.json", "weights.npz", "0.npy", "1.npy", "notes.txt", "journal.log", "results.json")


def victim(place: Path) -> dict[str, bytes]:
    """Make a folder of somebody's files with the names that a study writes; return their contents by path."""
    place.mkdir()
    for name in INSIDE:
        (place / name).write_text(f"somebody's {name}")
    return contents(place)


def contents(place: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder by its path."""
    return {str(path): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def lay(folder: Path, names: tuple[str, ...], place: Path) -> None:
    """Put links in place of what a study's folder has under these names; folders lead to the place, files into it."""
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.symlink_to(place if name in FOLDERS or name.startswith("outer-") else place / "notes.txt")
