"""scikit-learn's own tests of its networks, as they are installed, with the classes of this package in their place.

Each one that does not pass stands below with the reason, and no other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

MODULE = "sklearn.neural_network.tests.test_mlp"
LBFGS = "needs the solver lbfgs, which takes all rows at once"
PRIVATE = "reads or sets private names of scikit-learn's class"
LEFT_OUT = {
    "test_gradient": LBFGS,
    "test_lbfgs_classification[X0-y0]": LBFGS,
    "test_lbfgs_classification[X1-y1]": LBFGS,
    "test_lbfgs_classification_maxfun[X0-y0]": LBFGS,
    "test_lbfgs_classification_maxfun[X1-y1]": LBFGS,
    "test_lbfgs_regression[X0-y0]": LBFGS,
    "test_lbfgs_regression_maxfun[X0-y0]": LBFGS,
    "test_mlp_warm_start_no_convergence[lbfgs-MLPClassifier]": LBFGS,
    "test_mlp_warm_start_no_convergence[lbfgs-MLPRegressor]": LBFGS,
    "test_multioutput_regression": LBFGS,
    "test_partial_fit_errors": LBFGS,
    "test_sparse_matrices[csr_array]": LBFGS,
    "test_sparse_matrices[csr_matrix]": LBFGS,
    "test_warm_start": LBFGS,
    "test_mlp_vs_poisson_glm_equivalent[42]": f"{LBFGS}, and the loss poisson",
    "test_multilabel_classification": f"{LBFGS}, and several labels a row",
    "test_predict_proba_multilabel": f"{LBFGS}, and several labels a row",
    "test_adaptive_learning_rate": f"{PRIVATE}; learning_rate='adaptive' is schedule='plateau' here",
    "test_fit": PRIVATE,
    "test_learning_rate_warmstart": f"{PRIVATE}; learning_rate='invscaling' is not known here",
    "test_n_iter_no_change": PRIVATE,
    "test_n_iter_no_change_inf": PRIVATE,
    "test_early_stopping_stratified": "wants the label 1 to be named 'True'",
    "test_preserve_feature_names[MLPClassifier]": "trains on a single class, which is refused here",
}
PASSING = {
    "test_alpha",
    "test_early_stopping[MLPClassifier]",
    "test_early_stopping[MLPRegressor]",
    "test_minimum_input_sample_size",
    "test_mlp_classifier_dtypes_casting",
    "test_mlp_diverging_loss",
    "test_mlp_early_stopping_string_labels",
    "test_mlp_loading_from_joblib_partial_fit",
    "test_mlp_param_dtypes[MLPClassifier-float32]",
    "test_mlp_param_dtypes[MLPClassifier-float64]",
    "test_mlp_param_dtypes[MLPRegressor-float32]",
    "test_mlp_param_dtypes[MLPRegressor-float64]",
    "test_mlp_partial_fit_after_fit[MLPClassifier]",
    "test_mlp_partial_fit_after_fit[MLPRegressor]",
    "test_mlp_regressor_dtypes_casting",
    "test_mlp_sample_weight_with_early_stopping",
    "test_mlp_warm_start_no_convergence[adam-MLPClassifier]",
    "test_mlp_warm_start_no_convergence[adam-MLPRegressor]",
    "test_mlp_warm_start_no_convergence[sgd-MLPClassifier]",
    "test_mlp_warm_start_no_convergence[sgd-MLPRegressor]",
    "test_mlp_warm_start_with_early_stopping[MLPClassifier]",
    "test_mlp_warm_start_with_early_stopping[MLPRegressor]",
    "test_nonfinite_params",
    "test_partial_fit_classes_error",
    "test_partial_fit_classification",
    "test_partial_fit_regression",
    "test_partial_fit_unseen_classes",
    "test_predict_proba_binary",
    "test_predict_proba_multiclass",
    "test_preserve_feature_names[MLPRegressor]",
    "test_shuffle",
    "test_tolerance",
    "test_verbose_sgd",
    "test_warm_start_full_iteration[MLPClassifier]",
    "test_warm_start_full_iteration[MLPRegressor]",
}
PROGRAM = """
import json, os, sys
import pytest, sklearn.neural_network
import nnet
sklearn.neural_network.MLPClassifier, sklearn.neural_network.MLPRegressor = nnet.MLPClassifier, nnet.MLPRegressor

class Plugin:
    outcomes = {}

    @pytest.fixture(params=[42])
    def global_random_seed(self, request):
        return request.param

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid.split("::")[1]] = report.outcome

options = ["-q", "-p", "no:cacheprovider", "--noconftest", "-c", os.devnull, "--tb=no"]
pytest.main([*options, sys.argv[1]], plugins=[Plugin()])
print("\\n" + json.dumps(Plugin.outcomes))
"""


@pytest.mark.long
def test_those_pass_that_need_nothing_of_scikit_learn_alone() -> None:
    spec = find_spec(MODULE) if find_spec(MODULE.rpartition(".")[0]) else None
    if spec is None or spec.origin is None:
        pytest.skip("scikit-learn is installed without its tests")
    command, one_thread = [sys.executable, "-c", PROGRAM, spec.origin], {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread)
    outcomes = json.loads(done.stdout.splitlines()[-1])
    passed = {name for name, outcome in outcomes.items() if outcome == "passed"}
    assert passed == PASSING
    assert outcomes.keys() - passed == LEFT_OUT.keys()
