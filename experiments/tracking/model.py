"""A study's model folder as an MLflow model, which loads and serves where this program is not installed. No pickle.

The MLflow model holds the folder itself, the source of both packages, and the name of the module that loads it:
`experiments.tracking.pyfunc`. The source is one archive, from which Python imports: a store far away would take its
files one by one.
"""

from __future__ import annotations

import importlib
import shutil
import tempfile
import zipfile
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.data.formats.date_formats import ISO, date_text
from experiments.errors import DataError
from experiments.evaluation.final_model.model import BESIDE, Model, read_model
from experiments.evaluation.records.provenance import SOURCES
from experiments.evaluation.uncertainty.levels import ARGUMENTS
from experiments.evaluation.uncertainty.threshold import PARAMS
from experiments.tracking.outbox import StudyOutcome
from experiments.tracking.refusals import ArtifactsRefusedError, RefusedError, artifact_upload
from experiments.tracking.runs import trial_params
from experiments.tracking.store import Store
from nnet.saving import MODEL, WEIGHTS

NAME, LOADER = "model", "experiments.tracking.pyfunc"
READY = "READY"  # status of a logged model that is whole
GONE = ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND")  # codes of the answer that there is no such model
NEEDED = ("mlflow", "numpy", "pandas", "pyarrow", "pydantic", "scipy")  # packages for predictions
PACKAGES = Path(__file__).parents[2]
SOURCE, PARTS = "source.zip", ("experiments", "nnet")
LEFT_OUT = {"study-files", "benchmark"}  # a link to studies and their results; the benchmarks with their records


def log_model(
    store: Store,
    folder: Path,
    outcome: StudyOutcome,
    log_scaled: Collection[str],
    refusal: ArtifactsRefusedError | None,
) -> None:
    """Log the model of a study's end, once: a logged model that has the end's digest is left alone.

    Args:
        refusal: by the place for artifacts, if it is known to take none; then no new model is begun.

    Raises:
        RefusedError: the folder holds no model of this program, or the place for artifacts is another store's, or
            cannot be used.
    """
    known = _logged(store)
    for one in known:
        if one.status == READY and one.tags.get("digest") == outcome.digest:
            _log_scores(store, one.model_id, outcome, {metric.key for metric in one.metrics or ()})
            return
    store.check_place()
    run = store.client.get_run(store.parent)
    params = dict(run.data.params)
    if outcome.refitted is not None:
        params |= trial_params(outcome.refitted.params, log_scaled)
    tags = {"digest": outcome.digest, "study_uid": store.uid}
    begun = None  # by an attempt that a kill or an outage ended
    for one in known:
        if one.status != READY:
            if refusal is None and begun is None and one.params == params and tags.items() <= one.tags.items():
                begun = one
            else:
                store.client.delete_logged_model(one.model_id)
    if refusal is not None:
        raise refusal
    logged = begun or store.client.create_logged_model(store.experiment, NAME, store.parent, tags, params, "nnet")
    try:
        _upload(store, folder, logged)
    except RefusedError:
        store.client.delete_logged_model(logged.model_id)
        raise
    outputs = () if run.outputs is None else run.outputs.model_outputs
    if logged.model_id not in {output.model_id for output in outputs}:
        store.client.log_outputs(store.parent, [store.mlflow.entities.LoggedModelOutput(logged.model_id, 0)])
    _log_scores(store, logged.model_id, outcome, {metric.key for metric in logged.metrics or ()})
    store.client.finalize_logged_model(logged.model_id, READY)


def _upload(store: Store, folder: Path, logged: Any) -> None:
    """Write the files of a logged model."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, NAME)
        about = store.mlflow.models.Model(
            artifact_path=logged.artifact_location,
            model_uuid=logged.model_id,
            run_id=store.parent,
            model_id=logged.model_id,
        )
        try:
            write_mlflow_model(folder, path, about)
        except DataError as error:
            raise RefusedError(str(error)) from None
        with artifact_upload():
            store.client.log_model_artifacts(logged.model_id, str(path))


def _log_scores(store: Store, model: str, outcome: StudyOutcome, known: Collection[str]) -> None:
    """Log the scores of the outcome as the model's, but those that it has."""
    scores = [
        store.mlflow.entities.Metric(key, value, int(1000 * outcome.at), 0, model_id=model)
        for key, value in outcome.metrics.items()
        if key not in known
    ]
    if scores:
        store.client.log_batch(store.parent, metrics=scores)


def register_model(store: Store, name: str, outcome: StudyOutcome) -> str:
    """Make the logged model a version of a registered model, once for each digest; a new name is registered.

    A version whose model was deleted does not count.

    Returns:
        the address of the version, such as models:/NAME/1.

    Raises:
        RefusedError: there is no logged model.
    """
    for known in store.client.search_model_versions(f"name = '{name}'"):
        if known.tags.get("digest") == outcome.digest and _has_model(store, known):
            return f"models:/{name}/{known.version}"
    logged = next((model for model in _logged(store) if model.tags.get("digest") == outcome.digest), None)
    if logged is None:
        raise RefusedError("the model was not logged")
    if not store.client.search_registered_models(f"name = '{name}'"):
        store.client.create_registered_model(name)
    tags = {"digest": outcome.digest, "study_uid": store.uid}
    made = store.client.create_model_version(
        name, f"models:/{logged.model_id}", store.parent, tags=tags, model_id=logged.model_id
    )
    return f"models:/{name}/{made.version}"


def _has_model(store: Store, version: Any) -> bool:
    """Return whether the logged model of a version is there: `delete` leaves the version."""
    try:
        logged = store.client.get_logged_model(version.model_id or version.source.removeprefix("models:/"))
    except store.mlflow.MlflowException as error:
        if error.error_code in GONE:
            return False
        raise
    return bool(logged.status == READY)


def write_mlflow_model(folder: Path, path: Path, about: Any = None) -> None:
    """Write an MLflow model to a new folder.

    Args:
        folder: with model.json and weights.npz.
        about:  an `mlflow.models.Model` with the ids of the run and the model; a new one if None.
    """
    models, pyfunc = importlib.import_module("mlflow.models"), importlib.import_module("mlflow.pyfunc")
    # MLflow would compare the requirements, which are what is installed, with what is installed: a quarter of a second
    environment: Any = importlib.import_module("mlflow.utils.environment")
    environment.warn_dependency_requirement_mismatches = lambda _: None
    model = read_model(folder)
    with tempfile.TemporaryDirectory() as code:
        files = Path(code, folder.name)
        for part in (".", *([] if model.beside is None else [BESIDE])):
            (files / part).mkdir(exist_ok=True)
            for name in (MODEL, WEIGHTS):  # whatever else lies or is linked in the folder stays there
                shutil.copyfile(folder / part / name, files / part / name)
        about = models.Model() if about is None else about
        pyfunc.save_model(
            str(path),
            loader_module=LOADER,
            data_path=str(files),
            code_paths=[_archived(Path(code, SOURCE))],
            mlflow_model=about,
            signature=models.ModelSignature(*_schemas(model), params=_params(model)),
            input_example=_example(model),
            pip_requirements=[f"{package}=={version(package)}" for package in NEEDED],
        )
    about.flavors[pyfunc.FLAVOR_NAME][pyfunc.CODE] += f"/{SOURCE}"  # what MLflow puts on the path of modules
    about.save(str(path / models.model.MLMODEL_FILE_NAME))


def _archived(archive: Path) -> str:
    """Write the source of both packages to a new archive, or find the one that this program was loaded from."""
    if PACKAGES.is_file():
        return str(PACKAGES)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
        for package in PARTS:
            for path in sorted((PACKAGES / package).rglob("*")):
                name = path.relative_to(PACKAGES)
                if path.suffix in SOURCES and not LEFT_OUT.intersection(name.parts):
                    packed.write(path, name)
    return str(archive)


def _schemas(model: Model) -> tuple[Any, Any]:
    """Return the schemas of the inputs and the outputs.

    MLflow refuses texts for a column of type double, and numbers in a DataFrame for a column of texts, optional or not.
    The loader takes what a file may hold, so inputs are of any type. MLflow's server reads CSV for other types only, or
    without a schema, and then the category 007 as the number 7.
    """
    types = importlib.import_module("mlflow.types")
    anything = importlib.import_module("mlflow.types.schema").AnyType()
    classes = model.target.classes
    outputs = [types.ColSpec("string" if classes else "double", "prediction")]
    if classes:
        outputs.append(types.ColSpec("string", "prediction_set", required=False))
    else:
        outputs += [types.ColSpec("double", name, required=False) for name in ("interval_low", "interval_high")]
    outputs += [types.ColSpec("double", f"probability_{name}") for name in classes]
    return types.Schema([types.ColSpec(anything, name) for name, _ in model.rows.inputs]), types.Schema(outputs)


def _params(model: Model) -> Any:
    """Return the schema of the params, none by default: the level of intervals or sets; of two classes a threshold."""
    schema = importlib.import_module("mlflow.types.schema")
    of_numbers, of_classes = ARGUMENTS
    names = [
        of_classes if model.target.classes else of_numbers,
        *(PARAMS[:1] if len(model.target.classes) == 2 else ()),
    ]
    return schema.ParamSchema([schema.ParamSpec(name, "double", None) for name in names])


def _example(model: Model) -> Any:
    """Return a made-up row of medians and first categories: nobody's data."""
    import pandas as pd

    fitted = model.preprocessor
    plain = fitted.part == 0
    numbers = dict(zip(fitted.numeric[plain].tolist(), fitted.fill[plain].tolist(), strict=True))
    dates = {name: model.rows.formats.get(name, ISO) for name, kind in model.rows.inputs if kind == "date"}
    words = {
        column.column: next((name for name in column.names if name is not None), "") for column in fitted.categories
    }
    cells = {name: numbers.get(at, words.get(at)) for at, name in enumerate(model.rows.names)}
    cells |= {name: date_text(float(str(cells[name])), form) for name, form in dates.items()}
    return pd.DataFrame([cells])


def _logged(store: Store) -> list[Any]:
    return list(store.client.search_logged_models([store.experiment], f"source_run_id = '{store.parent}'"))
