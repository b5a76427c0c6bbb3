"""The rooms: which module may import which. Imports run one way only."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from scripts.mutants import read_table

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for package in ("nnet", "experiments") for path in (ROOT / package).rglob("*.py"))

# rooms from the bottom up: a file imports its own room and those below it, and never one beside it
FLOORS: tuple[tuple[str, ...], ...] = (
    ("nnet", "experiments.errors"),
    ("experiments.version",),
    ("experiments.config",),
    ("experiments.data",),
    ("experiments.search",),
    ("experiments.evaluation",),
    ("experiments.tracking", "experiments.reports"),
    ("experiments.study",),
    ("experiments.benchmark",),
    (
        *("experiments.tune", "experiments.predict", "experiments.report", "experiments.reproduce"),
        *("experiments.sync", "experiments.ui", "experiments.delete", "experiments.compare", "experiments.score"),
    ),
    ("experiments.__main__",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# rooms within a room, from the bottom up, one a floor; the files beside them are shared by all or put them together
FLOORS_WITHIN = {
    "data": ("identity", "formats", "columns", "inputs", "splits", "hints", "readers", "new_data"),
    "evaluation": ("records", "statistics", "uncertainty", "final_model", "analysis", "scoring", "comparison"),
    "study": ("command", "folders", "request", "running", "external", "comparing", "python"),
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
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


def room_of(module: str) -> str:
    """The room that a module is in; the package itself, which offers `experiments.run`, is above them all."""
    return next((room for room in FLOOR_OF if inside(module, room)), "experiments")


def test_imports_run_down() -> None:
    for path in MODULES:
        room, module = room_of(name_of(path)), name_of(path)
        assert room != "experiments" or module == "experiments", f"{module} is in no room"
        ours = {one for one in imports_of(path) if one.split(".")[0] in ("nnet", "experiments")} - {"experiments"}
        floor = FLOOR_OF.get(room, len(FLOORS))
        assert not {one for one in ours if room_of(one) != room and FLOOR_OF[room_of(one)] >= floor}, module


@pytest.mark.parametrize(("house", "floors"), FLOORS_WITHIN.items())
def test_imports_between_the_rooms_within_a_room_run_down(house: str, floors: tuple[str, ...]) -> None:
    folder = ROOT / "experiments" / house
    assert sorted(floors) == sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    for floor, room in enumerate(floors):
        imported = {module for path in (folder / room).rglob("*.py") for module in imports_of(path)}
        above = [f"experiments.{house}.{one}" for one in floors[floor + 1 :]]
        assert not {module for module in imported for one in above if inside(module, one)}, room


def test_the_top_has_few_files() -> None:
    assert len(list((ROOT / "experiments").glob("*.py"))) <= 13


def test_the_table_of_nnet_names_each_of_its_files() -> None:
    named = re.findall(r"`(\w+\.py)`", (ROOT / "nnet" / "README.md").read_text("utf-8"))
    assert sorted(named) == sorted(path.name for path in (ROOT / "nnet").glob("[!_]*.py"))


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
    names = ["experiments.search.executors.worker"]
    names += [f"experiments.evaluation.{name}" for name in ("scoring.baseline_scores", "analysis.diagnostics")]
    names += [f"experiments.evaluation.{name}" for name in ("analysis.permutation", "final_model.refit")]
    loaded = f"import sys, experiments.evaluation.analysis.selection_bias, {', '.join(names)}; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert not {"mlflow", "sklearn", "matplotlib", "pydantic", "rich", "numba", "llvmlite"} & set(modules)


def test_a_command_loads_no_library_of_tables_before_it_reads_one() -> None:
    loaded = "import sys, experiments.study.running.run; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "pyarrow", "sklearn", "PIL", "mlflow", "matplotlib", "numba", "llvmlite"} & set(modules)


WRITING = re.compile(r"fsync\(|os\.(replace|rename|truncate)\(|\.rename\(|write_(bytes|text)\(|open\(\"[awxr]\+?b?\"")
READING = ('open("rb"', 'open("r"')
OTHERS = {  # write files that no promise rests on
    "experiments.search.shared_lock": "records of holders, which mean nothing after a loss of power",
    "experiments.search.executors.local": "arrays of a running command",
    "experiments.search.compiled.place": "machine code, which has a checksum and can be compiled again",
    "experiments.study.folders.folder": "the log for people",
    "experiments.predict": "the file under another name, which `replacing` flushes",
    "experiments.search.executors.ray_cluster": "/dev/null",
}


def test_what_must_last_is_written_by_one_module() -> None:
    writers = {
        name_of(path)
        for path in MODULES
        if not inside(name_of(path), "experiments.benchmark")
        and any(found[0] not in READING for found in WRITING.finditer(path.read_text()))
    }
    assert writers - {"nnet.durable"} <= OTHERS.keys()


def test_no_file_is_long() -> None:
    files = [path for folder in ("nnet", "experiments", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert not {str(path): count for path in files if (count := len(path.read_text().splitlines())) > 350}


def test_every_mutant_finds_its_line() -> None:
    lines = {line.strip() for path in MODULES for line in path.read_text().splitlines()}
    assert not [mutant.line for mutant in read_table() if mutant.line not in lines]


def test_a_script_finds_the_product_before_the_tests_of_the_same_name() -> None:
    for script in (ROOT / "tests" / "scripts").glob("*.py"):
        text = script.read_text()
        helpers, product = (text.find(f"sys.path.insert(0, str(Path(__file__).parents[{level}]))") for level in (1, 2))
        assert product > helpers or helpers == -1, script
