"""What people call a thing is understood, and a study has one resolved form and so one digest."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.metrics import get_scorer_names

from experiments.config.override import with_override
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.config.words import METRICS, WORDS, canonical
from experiments.errors import SpecError
from support.study_file import RATE

BASE: dict[str, Any] = {"study": {"name": "x"}, "data": {"source": "my.csv", "target": "y"}}


def parsed(**sections: Any) -> StudySpec:
    return parse_spec({**BASE, "space": RATE, **sections}, "here")


def test_another_word_has_the_same_resolved_form() -> None:
    for typed, own in [
        ({"cv": {"metric": "RMSE"}}, {"cv": {"metric": "neg_root_mean_squared_error"}}),
        ({"cv": {"metric": "log-loss"}}, {"cv": {"metric": "neg_log_loss"}}),
        ({"cv": {"metric": "AUC"}}, {"cv": {"metric": "roc_auc"}}),
        ({"cv": {"metric": "PR-AUC"}}, {"cv": {"metric": "average_precision"}}),
        ({"cv": {"metric": "AUPRC"}}, {"cv": {"metric": "average_precision"}}),
        ({"cv": {"metric": "auroc"}}, {"cv": {"metric": "roc_auc"}}),
        ({"cv": {"metric": "Brier score"}}, {"cv": {"metric": "neg_brier_score"}}),
        ({"cv": {"metric": "sensitivity"}}, {"cv": {"metric": "recall"}}),
        ({"cv": {"metric": "f1_score"}}, {"cv": {"metric": "f1"}}),
        ({"cv": {"metric": "F1 macro"}}, {"cv": {"metric": "f1_macro"}}),
        ({"cv": {"splitter": "stratifiedkfold"}}, {"cv": {"splitter": "StratifiedKFold"}}),
        ({"search": {"sampler": "CMA-ES"}}, {"search": {"sampler": "cmaes"}}),
        ({"search": {"pruner": "Successive Halving"}}, {"search": {"pruner": "successive_halving"}}),
        (
            {"search": {"pruner": "Patient", "pruner_options": {"pruner": "Hyperband"}}},
            {"search": {"pruner": "patient", "pruner_options": {"pruner": "hyperband"}}},
        ),
        ({"training": {"optimizer": "Adam", "loss": "Huber"}}, {"training": {"optimizer": "adam", "loss": "huber"}}),
        (
            {"space": {"activation": {"choices": ["ReLU", "leaky-relu"]}}, "default": {"activation": "GELU"}},
            {"space": {"activation": {"choices": ["relu", "leaky_relu"]}}, "default": {"activation": "gelu"}},
        ),
        (
            {"space": {"numbers": {"choices": ["Standard"]}}, "search": {"enqueue": [{"numbers": "Quantile"}]}},
            {"space": {"numbers": {"choices": ["standard"]}}, "search": {"enqueue": [{"numbers": "quantile"}]}},
        ),
        (
            {"training": {"hidden_layers": [64, 32]}},
            {"training": {"hidden_layers": 2, "hidden_units": [64, 32]}},
        ),
    ]:
        assert parsed(**typed).to_document() == parsed(**own).to_document()


def test_the_program_s_own_words_and_the_names_of_columns_stay() -> None:
    own = {section: {key: (*map(str, words),) for key, words in keys.items()} for section, keys in WORDS.items()}
    assert canonical(own) == own
    metrics = {"cv": {"metric": (*get_scorer_names(), "auto")}}
    assert canonical(metrics) == metrics
    names = {"data": {"numbers": ("Standard", "TPE"), "target": "Auto"}, "study": {"name": "Leaky ReLU"}}
    assert canonical(names) == names


def test_every_common_name_is_of_a_scorer() -> None:
    assert set(METRICS.values()) <= set(get_scorer_names())


@pytest.mark.parametrize("typed", ["(64,32)", "[64, 32]", "64,32", "(64, 32,)"])
def test_layers_are_given_by_their_sizes_on_the_command_line(typed: str) -> None:
    document = with_override({"training": {"hidden_units": 8}}, f"hidden_layers={typed}")
    assert document == {"training": {"hidden_layers": [64, 32]}}


def test_sizes_of_layers_that_are_searched_or_given_twice_say_what_to_write() -> None:
    searched = {"hidden_layers": {"low": 1, "high": 3}, "hidden_units": {"low": 8, "high": 64}}
    with pytest.raises(SpecError) as caught:
        parsed(space=searched, training={"hidden_layers": "(64,32)"})
    assert str(caught.value) == (
        "here: training.hidden_layers: [64, 32] cannot be fixed while [space] searches hidden_layers and hidden_units; "
        "remove it and write hidden_layers = 2 and hidden_units = [64, 32] in [default] to try these sizes first, or "
        "remove hidden_layers and hidden_units from [space]."
    )
    first = parsed(space=searched, default={"hidden_layers": [64, 32]})
    assert first.default == {"hidden_layers": 2, "hidden_units": (64, 32)}
    with pytest.raises(SpecError, match=r"training\.hidden_units: hidden_layers = \[64\] gives the sizes already"):
        parsed(training={"hidden_layers": [64], "hidden_units": 8})


def test_one_name_is_a_list_of_one() -> None:
    data = parsed(data={**BASE["data"], "drop": "PassengerId", "categories": 3}).data
    assert (data.drop, data.categories) == (("PassengerId",), (3,))
