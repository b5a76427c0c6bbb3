"""Common names of what a study file calls otherwise, by which a message asks what was meant.

They come before the nearest spelling: `swish` is spelled like another activation, but means `silu`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from experiments.config.near import LONGEST, folded, near

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
    "adam": ("adamax", "nadam"),
    "adamw": ("adamweightdecay",),
    "cmaes": ("cma", "evolution", "evolutionary", "es"),
    "cosine": ("cosineannealing", "cosinedecay", "sgdr"),
    "cross_entropy": ("xent", "crossentropyloss", "categoricalcrossentropy", "logloss", "nll", "softmax"),
    "binary_cross_entropy": ("bce", "bcewithlogits", "logistic"),
    "exponential": ("exponentialdecay", "exp"),
    "gelu": ("gaussianerrorlinearunit",),
    "glorot": ("xavier", "xavieruniform", "glorotuniform", "xaviernormal", "glorotnormal"),
    "gp": ("gaussianprocess", "kriging"),
    "grid": ("gridsearch", "exhaustive"),
    "he": ("kaiming", "kaiminguniform", "kaimingnormal", "henormal", "heuniform"),
    "huber": ("smoothl1", "mae", "l1", "meanabsoluteerror", "smoothmae"),
    "identity": ("none", "linear", "noactivation"),
    "leaky_relu": ("lrelu", "prelu"),
    "mean_squared_error": ("mse", "l2", "squarederror", "mseloss"),
    "nesterov": ("nag", "sgdnesterov"),
    "one_cycle": ("1cycle", "onecyclelr"),
    "plateau": ("reducelronplateau", "reduceonplateau"),
    "piecewise": ("bins", "binned", "ple"),
    "qmc": ("sobol", "halton", "quasirandom", "quasimontecarlo"),
    "quantile": ("rank", "quantiletransformer", "rankgauss"),
    "random": ("randomsearch", "uniform"),
    "relu": ("rectifier", "rectified"),
    "robust": ("robustscaler",),
    "sgd": ("gd", "gradientdescent", "momentum", "vanilla"),
    "sigmoid": ("logistic", "logit", "expit"),
    "silu": ("swish",),
    "standard": ("zscore", "standardscaler", "standardize", "normalize"),
    "step": ("steplr", "stepdecay"),
    "successive_halving": ("asha", "sha", "halving"),
    "median": ("medianpruner", "medianstopping"),
    "tanh": ("hyperbolictangent",),
    "tpe": ("bayes", "bayesian", "bayesianoptimization", "bayesopt", "bo", "hyperopt", "parzen"),
    "none": ("off", "false", "no"),
}


def meant_keys(typed: object, known: Iterable[str], most: int = 1) -> list[str]:
    """List the known keys that a word means: those that are commonly called so, or else the nearest.

    >>> meant_keys("weight_decay", ["decay", "l2"]), meant_keys("batchsize", ["batch_size"]), meant_keys("lr", ["log"])
    (['l2'], ['batch_size'], [])
    """
    own = list(known)
    return (common_keys(typed, own) or near(typed, own, most))[:most]


def common_keys(typed: object, known: Iterable[str]) -> list[str]:
    """List the known keys that are commonly called so.

    >>> common_keys("LR", ["decay", "learning_rate"]), common_keys("learning", ["decay", "learning_rate"])
    (['learning_rate'], [])
    """
    return _common(KEYS, typed, known)


def meant_words(typed: object, known: Iterable[str], most: int = 1) -> list[str]:
    """List the known words of a value that another word means: those that are commonly called so, or else the nearest.

    >>> meant_words("Swish", ["mish", "silu"]), meant_words("adamm", ["adam", "adamw"])
    (['silu'], ['adam'])
    """
    own = list(known)
    return (_common(WORDS, typed, own) or near(typed, own, most))[:most]


def _common(names: Mapping[str, tuple[str, ...]], typed: object, known: Iterable[str]) -> list[str]:
    word = folded(str(typed)[:LONGEST])
    return [one for one in known if word in names.get(one, ())]
