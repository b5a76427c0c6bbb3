"""The command's --threshold predicts the second of two classes from a probability on, and says which that is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.evaluation.final_model.model import write_model
from experiments.predict import main
from support.models import mixed_model
from support.tables import mixed_frame

EARLIER = Path(__file__).parents[1] / "support" / "version_0_2_0" / "studies"


def test_the_second_class_is_predicted_from_its_threshold_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(mixed_model(("no", "yes"), 3), tmp_path / "model")
    mixed_frame(5000, seed=5).to_csv(tmp_path / "new.csv", index=False)
    files = [str(tmp_path / "model"), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]
    assert main(files) == 0
    usual = pd.read_csv(tmp_path / "out.csv")
    assert "predicted where" not in capsys.readouterr().err
    assert main([*files, "--threshold", "0.4"]) == 0
    found = pd.read_csv(tmp_path / "out.csv")
    said = capsys.readouterr().err
    assert "note: 'yes' is predicted where its probability is at least 0.4, and else 'no'\n" in said
    assert found.drop(columns="prediction").equals(usual.drop(columns="prediction"))
    assert ((found["probability_yes"] >= 0.4) == (found["prediction"] == "yes")).all()
    assert (found["prediction"] == "yes").sum() > (usual["prediction"] == "yes").sum()


def test_another_model_and_another_number_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mixed_frame(3).to_csv(tmp_path / "new.csv", index=False)
    for classes, threshold, words in (
        ((), "0.2", "--threshold: is for models of two classes, but this one predicts a number"),
        (("a", "b"), "20", "--threshold: must be a number above 0 and below 1, but got 20.0"),
    ):
        write_model(mixed_model(classes), tmp_path / "model")
        files = [str(tmp_path / "model"), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]
        assert main([*files, "--threshold", threshold]) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"error: {words}")
        assert error.count("\n") == 1
        assert not (tmp_path / "out.csv").exists()


def test_models_of_an_earlier_version_take_one(tmp_path: Path) -> None:
    files = [str(EARLIER / "looked" / "model"), str(EARLIER / "new.csv"), "--out", str(tmp_path / "out.csv")]
    assert main([*files, "--threshold", "0.54"]) == 0
    found = pd.read_csv(tmp_path / "out.csv")
    assert set(found["prediction"]) == {"no", "yes"}
    assert ((found["probability_yes"] >= 0.54) == (found["prediction"] == "yes")).all()
