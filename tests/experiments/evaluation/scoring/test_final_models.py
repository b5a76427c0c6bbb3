from __future__ import annotations

from dataclasses import replace

from experiments.config.final_options import FinalSection
from experiments.config.study_file import parse_spec
from experiments.config.target import Target
from experiments.evaluation.scoring.baselines import baseline_tasks
from experiments.evaluation.scoring.final_models import final_models
from experiments.search.trial import Curves, FinishedTrial, TrialResult

SPEC = parse_spec(
    {
        "study": {"name": "rows", "seed": 3},
        "data": {"source": "iris"},
        "training": {"epochs": 9},
        "space": {"learning_rate": {"low": 0.001, "high": 0.1, "log": True}},
    },
    "here",
)
RESULT = TrialResult(2, "COMPLETE", "", 0.9, 0.9, 5, 0.1, (0.8, 1.0), Curves((), (), (), (), (1.0,) * 9))
BASELINES = baseline_tasks(Target(("a", "b")), 48, 4)


def test_the_document_is_written_out_in_keys_of_the_contract() -> None:
    """Frozen: a change of this document makes a look at the same models another look."""
    told = FinishedTrial({"learning_rate": 0.01}, RESULT)
    document = final_models(SPEC, "rows", [told], BASELINES)
    fixed = document.pop("fixed")
    assert document == {
        "format": 2,
        "rows": "rows",
        "seed": 3,
        "models": [{"trial": 2, "params": {"learning_rate": 0.01}, "epochs": 5}],
        "baselines": ["majority_class/1", "logistic_regression/1", "gradient_boosting/1"],
    }
    assert fixed.keys() == {"preprocessing", "training", "final"}
    assert fixed["final"] == {"members": 5}
    assert fixed["training"]["epochs"] == 9
    assert "learning_rate" not in fixed["training"]


def test_a_temperature_of_1_is_none() -> None:
    told = FinishedTrial({"learning_rate": 0.01}, RESULT)
    of_both = final_models(SPEC, "rows", [told, told], BASELINES, [1.0, 0.75])["models"]
    assert [one.get("temperature") for one in of_both] == [None, 0.75]
    without = final_models(SPEC, "rows", [told], BASELINES)
    assert final_models(SPEC, "rows", [told], BASELINES, [1.0]) == without


def test_everything_that_a_refit_depends_on_is_in_it() -> None:
    told = FinishedTrial({"learning_rate": 0.01}, RESULT)
    curves = replace(told.result.curves, factors=(1.0, 1.0, 0.5, 0.5, 0.5, 0.25))
    slower = replace(told, result=replace(told.result, curves=curves))
    longer = SPEC.model_copy(update={"training": SPEC.training.model_copy(update={"epochs": 10})})
    finals = [SPEC.model_copy(update={"final": FinalSection(**keys)}) for keys in ({"members": 1}, {"epochs": 9})]
    other_seed = SPEC.model_copy(update={"study": SPEC.study.model_copy(update={"seed": 4})})
    documents = [
        final_models(SPEC, "rows", [told], BASELINES),
        final_models(SPEC, "rows", [slower], BASELINES),
        final_models(SPEC, "rows", [told, told], BASELINES),
        final_models(SPEC, "rows", [told], ()),
        final_models(SPEC, "others", [told], BASELINES),
        final_models(longer, "rows", [told], BASELINES),
        final_models(other_seed, "rows", [told], BASELINES),
        final_models(SPEC, "rows", [told], BASELINES, [1.25]),
        *(final_models(spec, "rows", [told], BASELINES) for spec in finals),
    ]
    assert all(one not in documents[:at] for at, one in enumerate(documents))
    assert documents[1]["models"][0]["learning_rate_factors"] == [1.0, 1.0, 0.5, 0.5, 0.5]


def test_what_does_not_matter_to_a_refit_is_not_in_it() -> None:
    told = FinishedTrial({"learning_rate": 0.01}, RESULT)
    more = SPEC.model_copy(update={"search": SPEC.search.model_copy(update={"trials": 99, "pruner": "none"})})
    assert final_models(more, "rows", [told], BASELINES) == final_models(SPEC, "rows", [told], BASELINES)
