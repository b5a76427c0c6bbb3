"""Common names of what a study file calls otherwise, by which a message asks what was meant."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from nnet import common_names
from nnet.common_names import called, meant

KEYS: Final[Mapping[str, tuple[str, ...]]] = {  # own name of a key -> its common names, folded
    "activation": ("act", "activationfn", "activationfunction", "nonlinearity", "hiddenactivation"),
    "batch_norm": ("batchnormalization", "batchnormalisation", "bn", "usebatchnorm"),
    "batch_size": ("bs", "minibatch", "minibatchsize", "trainbatchsize"),
    "choices": ("values", "options", "categorical", "list"),
    "clip_norm": ("gradclip", "gradientclipping", "clipgrad", "maxgradnorm", "clipnorm"),
    "drop": ("ignore", "exclude", "dropcolumns", "ignorecolumns"),
    "dropout": ("dropoutrate", "dropoutp", "droprate", "pdropout"),
    "epochs": ("nepochs", "numepochs", "nbepochs", "maxepochs", "maxiter", "iterations", "nepoch"),
    "hidden_layers": (
        "nlayers",
        "numlayers",
        "layers",
        "nhiddenlayers",
        "numhiddenlayers",
        "hiddenlayersizes",
        "depth",
    ),
    "hidden_units": (
        "units",
        "nunits",
        "numunits",
        "hiddensize",
        "hiddendim",
        "width",
        "neurons",
        "nneurons",
        "nhidden",
    ),
    "high": ("max", "upper", "maximum", "to", "stop"),
    "huber_delta": ("delta",),
    "initializer": ("init", "weightinit", "kernelinitializer", "initialiser", "initialization"),
    "l1": ("l1lambda", "l1reg", "lasso"),
    "l2": ("weightdecay", "wd", "alpha", "l2lambda", "l2reg", "ridge", "regularization", "penalty"),
    "label_smoothing": ("smoothing",),
    "learning_rate": ("lr", "learningrateinit", "eta", "eta0", "stepsize"),
    "log": ("logscale", "loguniform"),
    "loss": ("criterion", "lossfunction", "objective", "lossfn"),
    "low": ("min", "lower", "minimum", "from", "start"),
    "metric": ("scoring", "score", "scorer", "metrics"),
    "n_repeats": ("repeats", "repetitions"),
    "n_splits": ("folds", "nfolds", "k", "kfolds", "kfold", "cvfolds", "splits"),
    "optimizer": ("solver", "optimiser", "optim"),
    "patience": ("earlystopping", "niternochange", "earlystoppingpatience", "earlystoppingrounds"),
    "pruner": ("pruning",),
    "budget_minutes": ("timeout", "timelimit", "maxtime", "timebudget"),
    "sampler": ("algorithm", "tuner", "searchalgorithm", "strategy"),
    "schedule": ("scheduler", "lrschedule", "lrscheduler", "learningrateschedule"),
    "seed": ("randomstate", "randomseed", "rngseed"),
    "split_seed": ("randomstate", "splitrandomstate"),
    "separator": ("sep", "delimiter"),
    "source": ("path", "file", "filename", "dataset", "csv"),
    "target": ("label", "labels", "y", "targetcolumn", "labelcolumn", "response", "outcome"),
    "test_size": ("testfraction", "testsplit", "testshare", "testratio", "holdout"),
    "trials": ("ntrials", "numtrials", "maxtrials", "maxevals", "ncalls", "niter"),
    "warm_up": ("warmup", "warmupsteps", "warmupepochs"),
    "weights": ("sampleweight", "sampleweights"),
}
WORDS: Final[Mapping[str, tuple[str, ...]]] = {  # own word of a value -> its common names, folded
    **common_names.WORDS,
    "cmaes": ("cma", "evolution", "evolutionary", "es"),
    "gp": ("gaussianprocess", "kriging"),
    "grid": ("gridsearch", "exhaustive"),
    "piecewise": ("bins", "binned", "ple"),
    "qmc": ("sobol", "halton", "quasirandom", "quasimontecarlo"),
    "quantile": ("rank", "quantiletransformer", "rankgauss"),
    "random": ("randomsearch", "uniform"),
    "robust": ("robustscaler",),
    "standard": ("zscore", "standardscaler", "standardize", "normalize"),
    "successive_halving": ("asha", "sha", "halving"),
    "median": ("medianpruner", "medianstopping"),
    "tpe": ("bayes", "bayesian", "bayesianoptimization", "bayesopt", "bo", "hyperopt", "parzen"),
    "none": ("off", "false", "no"),
}

meant_keys = partial(meant, names=KEYS)  # the key that is commonly called so, or else the nearest
common_keys = partial(called, names=KEYS)  # the keys that are commonly called so
meant_words = partial(meant, names=WORDS)  # the word of a value that is commonly called so, or else the nearest
