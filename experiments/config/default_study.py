"""The default study of a user's data: the study file of `--data FILE --target COLUMN`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from experiments.config.data_options import from_home
from experiments.config.formats import GIVEN, sort_of, stem_of
from experiments.config.override import with_override
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec, seen_from
from experiments.config.toml import study_file
from experiments.config.typed_column import typed_column

Typed = str | list[str] | dict[str, str]  # what is typed for a key of [data]
STUDY_FILE = "study.toml"  # inside a study's folder
LONGEST = 50  # characters of a name, of at most 4 bytes each
DEFAULTS: dict[str, Any] = {
    # With a few hundred rows, networks with he's larger initial weights overfit before they generalise. Scores of
    # single epochs are noisy, and the best of them is a chance peak; weights averaged over epochs are steadier.
    "training": {"epochs": 200, "batch_size": 32, "patience": 8, "initializer": "glorot", "average_epochs": 5},
    "search": {"trials": 40, "lookahead": 4, "pruner": "hyperband"},
    "final": {"choice": "with_default"},  # on few rows the winner is often a lucky one
    "space": {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 1, "high": 3},
        "hidden_units": {"low": 16, "high": 256, "log": True},
        "l2": {"low": 1e-6, "high": 1e-1, "log": True},
        "dropout": {"low": 0.0, "high": 0.5},
        "numbers": {"choices": ["standard", "piecewise"]},
    },
}


def own_study(
    source: str,
    target: str | None,
    overrides: Sequence[str] = (),
    keys: Mapping[str, Typed] = MappingProxyType({}),
    where: str = "",
) -> tuple[StudySpec, dict[str, Any]]:
    """Return the spec of a study of that source with the default space, and its document.

    A setting that an override fixes is not searched.

    Args:
        source: as in data.source; a folder may lack the slash at its end.
        target: a column's name, or its position if it is a whole number; a name may stand in quotes.
        keys:   other keys of [data], with what was typed for each; columns are typed as the target.
        where:  the option, for messages, if one alone can be wrong.

    Raises:
        SpecError: an override breaks a rule.
    """
    source = _place(source)
    data: dict[str, Any] = {"source": source}
    for key, typed in {**({} if target is None else {"target": target}), **keys}.items():
        if key == "test":
            data[key] = _place(str(typed))
        elif key == "test_rows" or isinstance(typed, dict):
            data[key] = typed
        else:
            data[key] = typed_column(typed) if isinstance(typed, str) else [typed_column(name) for name in typed]
    document: dict[str, Any] = {"study": {"name": name_of(source)}, "data": data, **DEFAULTS}
    if sort_of(source) == "folder":  # of pictures, whose pixels nothing centres
        document["space"] = {key: axis for key, axis in document["space"].items() if key != "numbers"}
        document["training"] = {**document["training"], "batch_norm": True}
    for override in overrides:
        document = with_override(document, override)
    return parse_spec(document, where), document


def _place(source: str) -> str:
    source = from_home(source)
    return f"{PurePath(source)}/" if source != GIVEN and os.path.isdir(source) else source  # noqa: PTH112 - never raises, whatever the name


def name_of(source: str) -> str:
    """Derive a study's name from its source.

    >>> name_of("a/my data.csv"), name_of("flowers/"), name_of("openml:61")
    ('my data', 'flowers', 'openml-61')
    """
    path = PurePath(source)
    stem = path.name if sort_of(source) in ("name", "openml", "folder") else stem_of(path)
    allowed = (char if char.isprintable() and char not in '/\\:*?"<>|' else "-" for char in stem)
    return "".join(allowed).strip(". ").lstrip("-")[:LONGEST] or "table"


def study_text(document: Mapping[str, Any], folder: Path) -> str:
    """Write the document as a study file for that folder."""
    return study_file(seen_from(document, folder))


def folder_of(path: Path, spec: StudySpec) -> Path:
    """Return the folder of a study: the folder of its name beside its file, or the folder of its study.toml."""
    return path.parent if path.name == STUDY_FILE else path.parent / spec.study.name
