"""A final model of any kind is one model: the same by more workers, after kills, and computed again from its record."""

from __future__ import annotations

import json
from contextlib import chdir

import pytest

from experiments import reproduce
from experiments.evaluation.final_model.model import read_model
from support.desk import CommandRunner

KINDS = {  # settings, and the functions after which the command is killed
    "several networks": (
        ("search.trials=5", "training.epochs=6", "final.members=3"),
        ("evaluation.scoring.final_fits:FinalFits.wait",),
    ),
    "the smallest network": (
        ("study.seed=1", "search.trials=8", "training.epochs=10", "final.members=2", "final.choice=smallest"),
        ("evaluation.analysis.one_standard_error:smallest_within",),
    ),
    "two configurations": (
        ("search.trials=5", "training.epochs=6", "final.members=2", "final.choice=with_default"),
        ("evaluation.scoring.last_fit:model_of", "evaluation.final_model.model:_contents"),
    ),
}


@pytest.mark.parametrize(
    ("settings", "kills"),
    [
        pytest.param(*kind, id=name, marks=[] if name == "several networks" else [pytest.mark.long])
        for name, kind in KINDS.items()
    ],
)
def test_it_is_the_same_by_more_workers_after_kills_and_computed_again(
    desk: CommandRunner, settings: tuple[str, ...], kills: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["moons", *(word for setting in settings for word in ("--set", setting))]
    whole = desk.tuned(*words, "--out", "whole")
    assert whole["best"]["number"] != 0
    two = desk.tuned(*words, "--out", "two", "--workers", "2")
    for place in kills:
        killed = desk.run_until(f"experiments.{place}", *words, "--workers", "1", "--out", "killed")
        assert killed.code == -9, killed
        assert not (desk.folder / "killed" / "results.json").exists()
    again = desk.tuned(*words, "--out", "killed")
    assert two["digest"] == again["digest"] == whole["digest"]
    assert two["analysis"] == again["analysis"] == whole["analysis"]
    model = desk.folder / "whole" / "model"
    for name in (path.relative_to(model) for path in model.rglob("*") if path.is_file()):
        assert len({(desk.folder / out / "model" / name).read_bytes() for out in ("whole", "two", "killed")}) == 1
    entries = (desk.folder / "studies" / "ledger.jsonl").read_text().splitlines()
    assert len({json.loads(line)["look"] for line in entries if '"models":"' in line}) == 1
    with chdir(desk.folder):
        for more in ([], ["--final"]):
            assert reproduce.main(["whole", "--workers", "1", *more]) == 0
            assert "moons: the same, to the bit" in capsys.readouterr().out


def test_the_smallest_is_refitted_compared_and_scored(desk: CommandRunner) -> None:
    *settings, choice = KINDS["the smallest network"][0]
    words = ["moons", *(word for setting in settings for word in ("--set", setting))]
    whole = desk.tuned(*words, "--set", choice, "--out", "whole")
    usual = desk.tuned(*words, "--out", "usual")
    found = whole["analysis"]["smallest"]
    assert usual["analysis"]["smallest"] == found
    assert usual["trials"] == whole["trials"]
    assert (usual["best"]["number"], whole["best"]["number"]) == (found["best"], found["trial"])
    assert found["best"] != found["trial"]
    model = read_model(desk.folder / "whole" / "model")
    (size,) = [one for one in found["networks"] if one["trial"] == found["trial"]]
    assert model.trial == found["trial"]
    assert model.network.parameters.values.shape == (2, size["parameters"])
    page = (desk.folder / "whole" / "report.md").read_text()
    assert "It is kept instead of the best" in page
    assert "the smallest network within one standard error of the best on the drawn rows is scored" in page
    listed = desk.tune("--status", "whole")
    assert f"trial {found['trial']}:" in listed.out, listed
