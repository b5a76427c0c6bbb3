"""The digest of a source as it lies on the disk, by which a finished study knows its rows without reading them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from experiments.config.data_options import DataSection
from experiments.config.regular_file import check_regular
from experiments.data.readers.builtin import FOLDER_VARIABLE, GENERATED_BY, SOURCES


def source_digest(data: DataSection, environ: Mapping[str, str]) -> str | None:
    """Return the SHA-256 of the names and bytes of a source's files.

    A data set that comes with a library has the digest of its name and the library's version.

    Args:
        environ: may name the folder of MNIST's files.

    Returns:
        None where rows come from the caller or from another machine, and where a file cannot be read.
    """
    if data.sort == "name" and data.source in GENERATED_BY:
        facts = [data.source, *(f"{library} {version(library)}" for library in GENERATED_BY[data.source])]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()
    try:
        files = list(_files(data, environ))
        if not files:
            return None
        whole = hashlib.sha256()
        for name, path in files:
            check_regular(path)
            with path.open("rb") as file:
                line = f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n"
            whole.update(line.encode(errors="surrogateescape"))  # a name may be no UTF-8
        return whole.hexdigest()
    except OSError:
        return None


def _files(data: DataSection, environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """Yield the files of a source in a fixed order, each with its name inside the source."""
    if data.sort in ("given", "openml"):
        return
    sources = [data.source, data.test]
    if data.sort == "name":
        sources = [data.folder or environ.get(FOLDER_VARIABLE)] if data.source in SOURCES else []
    for place, path in enumerate(Path(source) for source in sources if source is not None):
        if path.is_dir():
            inside = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
            yield from ((f"{place}/{name}", inside[name]) for name in sorted(inside))
        else:
            yield f"{place}/{path.name}", path
