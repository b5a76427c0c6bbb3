"""A study's model is an MLflow model: it loads where this program is not, and predicts what `predict` predicts."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.errors import SpecError
from experiments.evaluation.final_model.model import predicted, write_model
from experiments.evaluation.uncertainty.levels import Uncertainty
from experiments.search.arithmetic import processor
from experiments.search.compiled.load import file_name
from experiments.tracking.model import NEEDED, write_mlflow_model
from experiments.tracking.pyfunc import _load_pyfunc
from experiments.tracking.uris import check_register
from experiments.tracking.writer import Writer
from support.models import mixed_model
from support.tables import mixed_frame
from support.tracking import Place, end, metadata, refitted, result

pytestmark = pytest.mark.filterwarnings("ignore:::mlflow")  # of its own modules; `prepare_mlflow` silences them too
CLASSES = ("a", "b", "c,d")
LOAD = """
import json, sys
import mlflow.pyfunc, pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
predictions = model.predict(pandas.read_csv(sys.argv[2]))
predictions.to_csv(sys.argv[3], index=False, lineterminator="\\n")
import experiments, nnet
print(json.dumps([experiments.__file__, nnet.__file__, sorted({name.split(".")[0] for name in sys.modules})]))
# a notebook that loads a model first has the program from the model
from pathlib import Path
from experiments.reports.render import open_templates
from experiments.reports.templating import page_script
from experiments.search.compiled.load import file_name
from experiments.search.arithmetic import processor
from experiments.tracking.model import write_mlflow_model
assert open_templates(lambda text, _: text).list_templates() and page_script().text
print(file_name(processor()))
write_mlflow_model(Path(sys.argv[4]), Path(sys.argv[5]))
"""


@pytest.mark.slow
def test_it_loads_in_a_fresh_process_elsewhere_predicts_the_same_and_is_written_again(
    tmp_path: Path, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow.utils import requirements_utils

    monkeypatch.setattr(requirements_utils, "_MODULES_TO_PACKAGES", None)
    model = replace(mixed_model(CLASSES, members=3), beside=mixed_model(CLASSES))
    write_model(model, tmp_path / "model")
    write_mlflow_model(tmp_path / "model", tmp_path / "ml")
    files = [path.relative_to(tmp_path) for path in (tmp_path / "ml").rglob("*") if path.is_file()]
    assert [path.name for path in files if "code" in path.parts] == ["source.zip"]  # a far store takes file by file
    with zipfile.ZipFile(tmp_path / "ml" / "code" / "source.zip") as source:
        copied = [Path(name) for name in source.namelist()]
    assert {path.suffix for path in copied} == {".py", ".jinja"}
    assert not {"study-files", "benchmark"} & {name for path in copied for name in path.parts}
    assert not [path for path in files if path.suffix in (".pkl", ".pickle")]
    assert requirements_utils._MODULES_TO_PACKAGES is None  # all packages of the machine, which takes its time
    frame = mixed_frame(300, seed=5)
    frame.assign(unknown="x").to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "elsewhere").mkdir()
    paths = (str(tmp_path / name) for name in ("ml", "new.csv", "out.csv", "model", "again"))
    command = [sys.executable, "-c", LOAD, *paths]
    done = subprocess.run(command, cwd=tmp_path / "elsewhere", capture_output=True, text=True, check=True)
    predicted(model, frame).to_csv(tmp_path / "expected.csv", index=False, lineterminator="\n")
    assert (tmp_path / "out.csv").read_text() == (tmp_path / "expected.csv").read_text()
    said, compiled = done.stdout.splitlines()
    ours, networks, loaded = json.loads(said)
    assert all(Path(package).is_relative_to(tmp_path / "ml" / "code") for package in (ours, networks))
    assert not {"optuna", "matplotlib", "rich", "loky"} & set(loaded)
    required = (tmp_path / "ml" / "requirements.txt").read_text().split()
    assert [line.split("==")[0] for line in required] == list(NEEDED)
    assert f"numpy=={np.__version__}" in required
    assert compiled == file_name(processor())
    assert (tmp_path / "again" / "code" / "source.zip").read_bytes() == (tmp_path / "ml/code/source.zip").read_bytes()


@pytest.mark.slow
def test_the_signature_takes_what_files_hold_and_the_example_is_a_row(tmp_path: Path, environment: None) -> None:
    import mlflow.models

    write_model(mixed_model(("no", "yes")), tmp_path / "model")
    write_mlflow_model(tmp_path / "model", tmp_path / "ml")
    about = mlflow.models.Model.load(str(tmp_path / "ml"))
    assert about.signature.inputs.input_names() == list(mixed_frame(3).columns)
    names = ["prediction", "prediction_set", "probability_no", "probability_yes"]
    assert about.signature.outputs.input_names() == names
    assert about.signature.outputs.required_input_names() == [name for name in names if name != "prediction_set"]
    assert [(one.name, one.default) for one in about.signature.params] == [("set_coverage", None), ("threshold", None)]
    example = about.load_input_example(str(tmp_path / "ml"))
    predictions = _load_pyfunc(str(tmp_path / "ml" / "data" / "model")).predict(example)
    assert predictions["prediction"][0] in ("no", "yes")


@pytest.mark.parametrize("classes", [("a", "b", "c,d"), ()])
def test_params_add_what_the_options_of_predict_add(tmp_path: Path, classes: tuple[str, ...]) -> None:
    made = replace(mixed_model(classes), uncertainty=Uncertainty(1.5, 50, "rows", {"0.9": 0.625}))
    write_model(made, tmp_path)
    model, frame = _load_pyfunc(str(tmp_path)), mixed_frame(20, seed=5)
    ours = "set_coverage" if classes else "interval"
    assert model.predict(frame, {ours: 0.9}).equals(predicted(made, frame, "0.9"))
    assert model.predict(frame, {ours: None}).equals(predicted(made, frame))
    assert model.predict(frame, {}).equals(model.predict(frame))


def test_a_threshold_is_a_param_of_two_classes(tmp_path: Path) -> None:
    made, frame = mixed_model(("no", "yes")), mixed_frame(20, seed=5)
    write_model(made, tmp_path)
    model = _load_pyfunc(str(tmp_path))
    found = model.predict(frame, {"set_coverage": None, "threshold": 0.4})
    assert found.equals(predicted(made, frame, threshold=0.4))
    assert not found.equals(model.predict(frame, {"threshold": None}))


@pytest.mark.slow
def test_a_loaded_model_takes_the_params_of_its_signature(tmp_path: Path, environment: None) -> None:
    import mlflow.pyfunc

    made = replace(mixed_model(()), uncertainty=Uncertainty(1.0, 50, "rows", {"0.9": 12.5}))
    write_model(made, tmp_path / "model")
    write_mlflow_model(tmp_path / "model", tmp_path / "ml")
    loaded, frame = mlflow.pyfunc.load_model(str(tmp_path / "ml")), mixed_frame(20, seed=5)
    assert list(loaded.predict(frame)) == ["prediction"]
    assert loaded.predict(frame, params={"interval": 0.9}).equals(predicted(made, frame, "0.9"))
    made = mixed_model(("no", "yes"))
    write_model(made, tmp_path / "two")
    write_mlflow_model(tmp_path / "two", tmp_path / "of_two")
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "of_two"))
    assert loaded.predict(frame, params={"threshold": 0.4}).equals(predicted(made, frame, threshold=0.4))


def test_columns_of_any_type_are_read_as_those_of_a_file(tmp_path: Path) -> None:
    write_model(mixed_model(()), tmp_path)
    model, frame = _load_pyfunc(str(tmp_path)), mixed_frame(20, seed=5)
    expected = model.predict(frame)
    number, word = (next(n for n in frame if (frame[n].dtype.kind == "f") == wanted) for wanted in (True, False))
    texts = frame.assign(**{number: [None if pd.isna(cell) else repr(cell) for cell in frame[number]]})
    assert model.predict(texts).equals(expected)
    assert model.predict(frame.astype({word: "category"})[reversed(list(frame))]).equals(expected)
    whole = frame.assign(**{number: np.arange(20), word: 1.0})
    assert model.predict(whole).equals(model.predict(whole.assign(**{number: np.arange(20.0), word: "1"})))


@pytest.mark.slow
def test_a_model_is_logged_and_registered_once_for_a_digest(place: Place) -> None:
    write_model(mixed_model(CLASSES), place.study / "model")
    outcome = end(1, refitted=refitted(), register_as="a model", metrics={"test_score": 0.8})
    assert place.write(result(0), end=outcome) is None
    assert place.write(result(1), end=outcome.model_copy(update={"trials": 2})) is None
    writer = Writer(place.study, place.uri)
    writer.close()
    assert (writer.write(lambda: True), writer.registered) == (True, "models:/a model/1")

    parent = place.parent()
    (logged,) = place.client.search_logged_models([parent.info.experiment_id])
    assert (logged.name, logged.status, logged.source_run_id) == ("model", "READY", parent.info.run_id)
    assert [output.model_id for output in parent.outputs.model_outputs] == [logged.model_id]
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("test_score", 0.8)]
    assert {"learning_rate": "0.01", "training.epochs": "3"}.items() <= logged.params.items()
    (version,) = place.client.search_model_versions("name = 'a model'")
    assert (version.version, version.source) == (1, f"models:/{logged.model_id}")
    assert place.final().data.metrics["test_score"] == 0.8

    later = outcome.model_copy(update={"trials": 2, "digest": "d2", "metrics": {"test_score": 0.7}})
    assert place.write(end=later) is None
    assert len(place.client.search_logged_models([parent.info.experiment_id])) == 2
    assert len(place.client.search_model_versions("name = 'a model'")) == 2
    assert (place.final().data.metrics["test_score"], place.final().data.tags["digest"]) == (0.7, "d2")


@pytest.mark.slow
def test_a_version_whose_model_was_deleted_is_followed_by_one_that_loads(place: Place) -> None:
    write_model(mixed_model(CLASSES), place.study / "model")
    outcome = end(1, refitted=refitted(), register_as="m")
    assert place.write(result(0), end=outcome) is None
    (gone,) = place.client.search_logged_models([place.parent().info.experiment_id])
    place.client.delete_logged_model(gone.model_id)
    for _ in range(2):
        assert place.sync() is None
    versions = place.client.search_model_versions("name = 'm'")
    (logged,) = place.client.search_logged_models([place.parent().info.experiment_id])
    assert {one.version: one.source for one in versions} == {
        1: f"models:/{gone.model_id}",
        2: f"models:/{logged.model_id}",
    }


@pytest.mark.slow
def test_a_model_of_an_earlier_version_gets_the_scores_that_it_lacks_once(place: Place) -> None:
    write_model(mixed_model(CLASSES), place.study / "model")
    outcome = end(1, refitted=refitted(), metrics={"test_score": 0.8})
    place.write(result(0), end=outcome)
    known = metadata(params={**metadata().params, "cv.metric": "accuracy"})
    place.write(study=known, end=outcome)
    place.sync()
    (logged,) = place.client.search_logged_models([place.parent().info.experiment_id])
    scores = sorted((metric.key, metric.value) for metric in logged.metrics)
    assert scores == [("test_accuracy", 0.8), ("test_score", 0.8)]


@pytest.mark.slow
def test_a_model_that_a_kill_left_half_logged_is_logged_again(place: Place) -> None:
    write_model(mixed_model(CLASSES), place.study / "model")
    place.write(result(0))
    experiment = place.parent().info.experiment_id
    place.client.create_logged_model(experiment, "model", place.parent().info.run_id, {"digest": "d1"})
    assert place.write(end=end(1, refitted=refitted())) is None
    (logged,) = place.client.search_logged_models([experiment])
    assert logged.status == "READY"


@pytest.mark.slow
def test_a_damaged_model_is_named_and_the_rest_arrives(place: Place) -> None:
    line = place.write(result(0), end=end(1, refitted=refitted(), register_as="m"))
    assert "is missing the model (refused: " in str(line)
    assert "the registered model m (refused: the model was not logged)" in str(line)
    assert not place.client.search_registered_models()
    assert place.parent().info.status == "FINISHED"


def test_a_name_that_the_registry_does_not_take_is_refused() -> None:
    for name in ("", "a/b", ".", "x" * 251, "it's", "a\nb"):
        with pytest.raises(SpecError, match="--register: a name has 1 to 250 printable characters"):
            check_register(name, False, "http://host")
    check_register("a model", False, "http://host")


@pytest.mark.slow
def test_nothing_but_the_two_files_of_a_model_is_logged(tmp_path: Path, environment: None) -> None:
    write_model(mixed_model(("no", "yes")), tmp_path / "model")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "model" / "notes.txt").symlink_to(tmp_path / "secret")
    write_mlflow_model(tmp_path / "model", tmp_path / "ml")
    logged = tmp_path / "ml" / "data" / "model"
    assert sorted(path.name for path in logged.iterdir()) == ["model.json", "weights.npz"]
