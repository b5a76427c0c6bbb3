"""Make the folder of this version's studies, tests/support/version_X_Y_Z/, which later versions must go on with.

python tests/scripts/version_folder.py [FOLDER]

Run it once for each version, when it is released, and commit the folder; what is committed is never made again.
Each study is in another state:

    looked       tested
    apart        tested on the rows of a file of its own
    nested       tested by nested cross-validation
    joined       tested; its model is the mean of the best configuration's networks and the default's
    sealed       all trials, no test (--no-test)
    tried        fewer trials than its file has (--trials)
    interrupted  killed in the middle of the search
    reserved     killed between the reservation of its test evaluation and the end of it

expected/ holds the digest that each of them ends with, predictions of the models for new.csv, and what the study file's
keys mean (keys.json).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

import scripts.portable  # noqa: F401
from experiments.version import VERSION
from support.earlier import predictions
from support.study_keys import keys_of_the_study_file

SUPPORT = Path(__file__).parents[1] / "support"
ROWS, TEST_ROWS, NEW_ROWS = 56, 24, 5
ENDINGS = (".toml", ".csv", ".json", ".npy", ".npz")  # beside journals and the ledger; pages and logs are not kept
# files that every command on a study makes again; kept where the names of the studies say so
MADE_AGAIN = {
    "trials.csv": ("looked",),
    "tracking.json": ("looked", "apart", "nested", "joined", "sealed", "interrupted"),
    "validation_rows.npz": ("looked", "apart", "nested", "joined", "sealed", "interrupted"),
    "test_rows.npz": ("looked", "apart", "nested", "joined", "sealed", "interrupted"),
}
STUDY = """\
[study]
name = "{name}"
seed = {seed}

[data]
source = "{source}.csv"
target = "{target}"
{data}
[cv]
n_splits = 3
{cv}
[training]
epochs = 4
batch_size = 16

[search]
trials = {trials}
lookahead = 2
pruner = "median"
pruner_options = {{ n_startup_trials = 1, n_warmup_steps = 1 }}

[space]
learning_rate = {{ low = 1e-3, high = 1e-1, log = true }}
hidden_units = {{ low = 2, high = 6 }}
activation = {{ choices = ["relu", "tanh"] }}

[default]
hidden_units = 4

[final]
members = {members}
{final}"""
REPORT = """
[report]
author = "The makers of this program"
purpose = "To be read by later versions of it."
"""
CLASSES: dict[str, Any] = {
    **{"source": "people", "target": "answer", "data": "", "cv": "", "trials": 4, "members": 1, "final": ""},
}
STUDIES: dict[str, dict[str, Any]] = {
    "looked": CLASSES | {"seed": 1, "members": 2, "report": REPORT},
    "apart": CLASSES
    | {
        **{"seed": 2, "source": "rents", "target": "rent", "trials": 3},
        "data": 'test = "rents-later.csv"\ntarget_transform = "log"\n',
    },
    "nested": CLASSES | {"seed": 3, "cv": "outer = 2\n", "trials": 2},
    "joined": CLASSES | {"seed": 8, "members": 2, "final": 'choice = "with_default"\n', "data": "split_seed = 8\n"},
    "sealed": CLASSES | {"seed": 4, "source": "rents", "target": "rent", "trials": 3, "data": "split_seed = 4\n"},
    "tried": CLASSES | {"seed": 5, "data": "split_seed = 5\n"},
    "interrupted": CLASSES | {"seed": 6, "trials": 5, "data": "split_seed = 6\n"},
    "reserved": CLASSES | {"seed": 7, "trials": 3, "data": "split_seed = 7\n"},
}
# the command that leaves a study in its state: options, and the function after whose call it is killed
HOW: dict[str, tuple[tuple[str, ...], str]] = {
    "looked": ((), ""),
    "apart": ((), ""),
    "nested": ((), ""),
    "joined": ((), ""),
    "sealed": (("--no-test",), ""),
    "tried": (("--trials", "2"), ""),
    "interrupted": ((), "experiments.search.journal:Journal.append"),
    "reserved": ((), "experiments.evaluation.scoring.ledger:Ledger.reserve"),
}
TRIALS_BEFORE_THE_KILL = 3
# a process that kills itself after a number of calls of a function
KILLED = """
import importlib, os, signal, sys
from pathlib import Path
module, _, path = sys.argv[1].partition(':')
*owners, name = path.split('.')
owner = importlib.import_module(module)
for one in owners: owner = getattr(owner, one)
function, left = getattr(owner, name), [int(sys.argv[2])]
def last(*a, **k):
    answer = function(*a, **k)
    left[0] -= 1
    if not left[0]: os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(owner, name, last)
from experiments.tune import main
main(sys.argv[3:])
"""
WORDS = ("--workers", "1", "--tracking-uri", "none", "--quiet")


def write_tables(folder: Path) -> None:
    """Write the tables: of people with an answer, and of rents, whose later rows are a file of their own.

    Their cells follow from their row's number, so that no generator of random numbers has to stay the same.
    """
    cities = ("Aachen", "Basel", "Çorum")
    people = ["name,age,city,height,answer"]
    for row in range(ROWS):
        age, height = 20 + (row * 37) % 50, 150 + (row * 53) % 47
        answer = "yes" if age + (height - 150) + (row * 29) % 17 > 75 else "no"
        people.append(f"p{row:03},{age},{cities[row * row % 3]},{'' if row % 11 == 3 else height},{answer}")
    rents = ["area,rooms,heated,rent"]
    for row in range(ROWS + TEST_ROWS):
        area, rooms, heated = 25 + (row * 41) % 97, 1 + row % 4, row * 7 % 5 < 3
        rents.append(f"{area},{rooms},{str(heated).lower()},{area * 9 + rooms * 40 + 55 * heated + (row * 31) % 43}")
    (folder / "people.csv").write_text("\n".join(people) + "\n")
    (folder / "rents.csv").write_text("\n".join(rents[: ROWS + 1]) + "\n")
    (folder / "rents-later.csv").write_text("\n".join([rents[0], *rents[ROWS + 1 :]]) + "\n")
    new = ["name,age,city,height,area,rooms,heated"]
    new += [
        f"n{row},{22 + 9 * row},{('Basel', 'Delft')[row % 2]},{155 + 8 * row},{30 + 17 * row},{1 + row},true"
        for row in range(NEW_ROWS)
    ]
    (folder / "new.csv").write_text("\n".join(new) + "\n")


def tune(folder: Path, *arguments: str, killed_after: tuple[str, int] | None = None) -> None:
    """Run the command in a folder; with `killed_after` it must be killed, else it must succeed."""
    killed = [] if killed_after is None else ["-c", KILLED, killed_after[0], str(killed_after[1])]
    command = [sys.executable, *(killed or ["-m", "experiments.tune"]), *arguments, *WORDS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != (-9 if killed else 0):
        raise SystemExit(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")


def make(folder: Path) -> dict[str, str]:
    """Make the studies, and return the digest that each ends with if it goes on undisturbed and is tested."""
    studies = folder / "studies"
    studies.mkdir(parents=True)
    write_tables(studies)
    for name, settings in STUDIES.items():
        text = STUDY.format(name=name, **settings) + settings.get("report", "")
        (studies / f"{name}.toml").write_text(text)
        words, function = HOW[name]
        calls = TRIALS_BEFORE_THE_KILL if name == "interrupted" else 1
        tune(folder, name, *words, killed_after=(function, calls) if function else None)
    with tempfile.TemporaryDirectory() as other:  # with a ledger of its own
        for file in studies.iterdir():
            if file.is_file() and "ledger" not in file.name:
                (Path(other) / "studies").mkdir(exist_ok=True)
                shutil.copy(file, Path(other) / "studies")
        digests = {}
        for name in STUDIES:
            tune(Path(other), name)
            digests[name] = json.loads((Path(other) / "studies" / name / "results.json").read_bytes())["digest"]
    return digests


def is_kept(path: Path) -> bool:
    """Tell whether a file is committed, by its path in the folder of the studies."""
    if path.name in MADE_AGAIN:
        return path.parent.name in MADE_AGAIN[path.name]
    return path.suffix in ENDINGS or path.name in ("journal.log", "ledger.jsonl")


def main() -> int:
    """Run the script; return its exit code."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SUPPORT / f"version_{VERSION.replace('.', '_')}"
    if target.exists():
        raise SystemExit(f"{target} is there; a version's folder is never made again")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        digests = make(folder)
        expected = folder / "expected"
        expected.mkdir()
        (expected / "digests.json").write_text(json.dumps(digests, indent=1) + "\n")
        (expected / "keys.json").write_text(json.dumps(keys_of_the_study_file(), indent=1) + "\n")
        for name, text in predictions(folder).items():
            (expected / f"{name}.csv").write_text(text)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and is_kept(path.relative_to(folder)):
                to = target / path.relative_to(folder)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to)
    print(f"{target}: {sum(path.stat().st_size for path in target.rglob('*') if path.is_file()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
