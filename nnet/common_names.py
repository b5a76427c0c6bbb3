"""Common names of the network's own words, by which a message asks what was meant.

They come before the nearest spelling: `swish` is spelled like another activation, but means `silu`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from nnet.near import LONGEST, folded, near

WORDS: Final[Mapping[str, tuple[str, ...]]] = {  # own word -> its common names, folded
    "accuracy": ("acc",),
    "adam": ("adamax", "nadam"),
    "adamw": ("adamweightdecay",),
    "binary_cross_entropy": ("bce", "bcewithlogits", "logistic"),
    "cosine": ("cosineannealing", "cosinedecay", "sgdr"),
    "cross_entropy": ("xent", "crossentropyloss", "categoricalcrossentropy", "logloss", "nll", "softmax"),
    "exponential": ("exponentialdecay", "exp"),
    "gelu": ("gaussianerrorlinearunit",),
    "glorot": ("xavier", "xavieruniform", "glorotuniform", "xaviernormal", "glorotnormal"),
    "he": ("kaiming", "kaiminguniform", "kaimingnormal", "henormal", "heuniform"),
    "huber": ("smoothl1", "smoothmae"),
    "identity": ("none", "linear", "noactivation"),
    "leaky_relu": ("lrelu", "prelu"),
    "mean_absolute_error": ("mae", "l1", "l1loss", "absoluteerror", "median"),
    "mean_squared_error": ("mse", "l2", "squarederror", "mseloss"),
    "neg_log_loss": ("logloss", "crossentropy"),
    "neg_mean_absolute_error": ("mae", "meanabsoluteerror"),
    "neg_mean_squared_error": ("mse", "meansquarederror"),
    "neg_root_mean_squared_error": ("rmse", "rootmeansquarederror"),
    "nesterov": ("nag", "sgdnesterov"),
    "one_cycle": ("1cycle", "onecyclelr"),
    "plateau": ("reducelronplateau", "reduceonplateau"),
    "r2": ("r2score",),
    "relu": ("rectifier", "rectified"),
    "sgd": ("gd", "gradientdescent", "momentum", "vanilla"),
    "sigmoid": ("logistic", "logit", "expit"),
    "silu": ("swish",),
    "step": ("steplr", "stepdecay"),
    "tanh": ("hyperbolictangent",),
}


def meant(typed: object, known: Iterable[str], names: Mapping[str, tuple[str, ...]] = WORDS) -> list[str]:
    """List the known word that another word means: the one that is commonly called so, or else the nearest.

    >>> meant("Swish", ["mish", "silu"]), meant("adamm", ["adam", "adamw"]), meant("mse", ["accuracy"])
    (['silu'], ['adam'], [])
    """
    own = list(known)
    return (called(typed, own, names) or near(typed, own))[:1]


def called(typed: object, known: Iterable[str], names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """List the known words that are commonly called so."""
    word = folded(str(typed)[:LONGEST])
    return [one for one in known if word in names.get(one, ())]
