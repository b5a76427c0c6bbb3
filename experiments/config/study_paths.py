"""Where the paths of a study file lead: they lie beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from experiments.config.data_options import sort_of


def located(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A document of a study file in that folder, its paths leading from here.

    >>> located({"data": {"source": "my.csv"}}, Path("studies"))
    {'data': {'source': 'studies/my.csv'}}
    """
    return _with_paths(document, lambda path: folder / Path(path).expanduser())


def seen_from(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The document as of a study file in that folder, its paths leading from there.

    >>> seen_from({"data": {"source": "my.csv"}}, Path("studies"))
    {'data': {'source': '../my.csv'}}
    """
    return _with_paths(document, lambda path: Path(os.path.relpath(path, folder)))


def _with_paths(document: Mapping[str, Any], change: Callable[[str], Path]) -> dict[str, Any]:
    data = document.get("data")
    if not isinstance(data, Mapping):
        return dict(document)
    sorts = {key: sort_of(data[key]) for key in ("source", "test") if isinstance(data.get(key), str)}
    found = {
        key: change(data[key]).as_posix() + ("/" if sort == "folder" else "")
        for key, sort in sorts.items()
        if sort not in ("name", "openml")
    }
    if isinstance(data.get("folder"), str):
        found["folder"] = change(data["folder"]).as_posix()
    return {**document, "data": {**data, **found}}
