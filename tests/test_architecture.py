"""The rooms: which module may import which. Imports run one way only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for package in ("nnet", "experiments") for path in (ROOT / package).rglob("*.py"))

# each room may import itself and the rooms named; a command or the study may import every room
ROOMS = {
    "nnet": set(),
    "experiments.errors": set(),
    "experiments.canonical": set(),
    "experiments.folder": {"experiments.errors"},
    "experiments.interrupts": set(),
    "experiments.exit_codes": {"experiments.errors", "experiments.interrupts"},
    "experiments.console": set(),
    "experiments.target": set(),
    "experiments.candidate": {"experiments.target", "nnet"},
    "experiments.kernel": set(),
    "experiments.differences": {"experiments.canonical"},
    "experiments.section": set(),
    "experiments.pruner_options": {"experiments.section"},
    "experiments.sampler_options": {"experiments.section"},
    "experiments.data_section": {"experiments.section"},
    "experiments.spec": {
        "experiments.data_section",
        "experiments.pruner_options",
        "experiments.sampler_options",
        "experiments.section",
    },
    "experiments.space": {
        "experiments.candidate",
        "experiments.errors",
        "experiments.search.trial",
        "experiments.spec",
        "experiments.target",
        "nnet",
    },
    "experiments.search.trial": {"experiments.candidate"},
    "experiments.search": {
        "experiments.kernel",
        "experiments.candidate",
        "experiments.errors",
        "experiments.space",
        "experiments.spec",
        "experiments.target",
        "nnet",
    },
    "experiments.data": {
        "experiments.candidate",
        "experiments.canonical",
        "experiments.data_section",
        "experiments.errors",
        "experiments.spec",
        "experiments.target",
        "nnet",
    },
    "experiments.records": {
        "experiments.canonical",
        "experiments.data",
        "experiments.errors",
        "experiments.folder",
        "experiments.search.out_of_fold",
        "experiments.search.journal_view",
        "experiments.search.trial",
        "experiments.search.units",
        "experiments.spec",
        "experiments.target",
        "nnet",
    },
    "experiments.analysis": {
        "experiments.column_importance",
        "experiments.data",
        "experiments.errors",
        "experiments.inputs",
        "experiments.parameter_importance",
        "experiments.records",
        "experiments.search",
        "experiments.space",
        "experiments.spec",
        "nnet",
    },
    "experiments.restoring": {
        "experiments.errors",
        "experiments.inputs",
        "experiments.records",
        "experiments.search",
        "experiments.space",
        "experiments.spec",
    },
    "experiments.calibration": {"experiments.candidate", "experiments.search", "experiments.target", "nnet"},
    "experiments.after_search": {
        "experiments.calibration",
        "experiments.column_importance",
        "experiments.data.prepare",
        "experiments.search",
        "experiments.space",
        "experiments.spec",
        "experiments.target",
        "nnet",
    },
    "experiments.forecast": {"experiments.after_search", "experiments.calibration", "experiments.candidate"},
    "experiments.pace": {"experiments.after_search", "experiments.forecast"},
    "experiments.clock": {"experiments.search.trial"},
    "experiments.profile": {"experiments.clock"},
    "experiments.identity": {
        "experiments.version",
        "experiments.canonical",
        "experiments.changes",
        "experiments.data",
        "experiments.errors",
        "experiments.search.ending",
        "experiments.search.journal",
        "experiments.search.trial",
        "experiments.spec",
    },
    "experiments.status": {
        "experiments.errors",
        "experiments.folder",
        "experiments.own_data",
        "experiments.recorded",
        "experiments.records.results",
        "experiments.reports.wording",
        "experiments.search.ending",
        "experiments.search.journal_view",
        "experiments.search.trial",
        "experiments.spec",
        "experiments.study_file",
        "experiments.study_lookup",
    },
    "experiments.study_lookup": {
        "experiments.errors",
        "experiments.folder",
        "experiments.own_data",
        "experiments.study_file",
    },
    "experiments.reference_scores": {
        "experiments.judge",
        "experiments.records.reasons",
        "experiments.records.results",
        "experiments.search",
        "experiments.target",
        "nnet",
    },
    "experiments.column_importance": {
        "experiments.calibration",
        "experiments.data.prepare",
        "experiments.inputs",
        "experiments.records.analysis",
        "experiments.records.reasons",
        "experiments.search",
        "experiments.space",
        "experiments.spec",
    },
    "experiments.parameter_importance": {
        "experiments.records.analysis",
        "experiments.records.reasons",
        "experiments.search.trial",
        "experiments.space",
    },
    "experiments.reports": {
        "experiments.records.analysis",
        "experiments.records.reasons",
        "experiments.records.results",
        "experiments.search.trial",
    },
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module or "")
    return found


def inside(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


def room_of(module: str) -> str | None:
    return max((room for room in ROOMS if inside(module, room)), key=len, default=None)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    room = room_of(name_of(path))
    if room is None:
        return
    ours = {module for module in imports_of(path) if module.split(".")[0] in ("nnet", "experiments")}
    allowed = {room, *ROOMS[room]}
    assert not {module for module in ours if not any(inside(module, one) for one in allowed)}


def test_nnet_needs_numpy_alone() -> None:
    foreign = {
        module.split(".")[0]
        for path in MODULES
        if name_of(path).startswith("nnet") and path.name != "estimator.py"
        for module in imports_of(path)
    }
    assert foreign - set(sys.stdlib_module_names) <= {"numpy", "nnet"}


def test_there_is_no_circle() -> None:
    names = {name_of(path): imports_of(path) for path in MODULES}
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join((*above, module))
        if module not in done:
            for other in sorted(names[module] & names.keys()):
                visit(other, (*above, module))
            done.add(module)

    for module in names:
        visit(module, ())


def test_a_worker_loads_no_storage_and_no_tracking() -> None:
    loaded = "import sys, experiments.calibration, experiments.search.worker; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert not {"mlflow", "sklearn", "matplotlib", "pydantic", "rich"} & set(modules)


def test_no_file_is_long() -> None:
    files = [path for folder in ("nnet", "experiments", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert not {str(path): count for path in files if (count := len(path.read_text().splitlines())) > 350}
