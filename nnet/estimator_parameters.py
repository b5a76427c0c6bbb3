"""The descriptions of the parameters and attributes that both estimators have, for the docstrings of their classes."""

from __future__ import annotations

from inspect import cleandoc
from textwrap import indent
from typing import TypeVar

T = TypeVar("T", bound=type)

PARAMETERS = """\
hidden_layer_sizes:  units of each hidden layer; () is a single layer of neurons.
activation:          of the hidden layers: relu, leaky_relu, gelu, silu, mish, selu, tanh, logistic, identity.
solver:              adam, adamw, sgd, nesterov, rmsprop or adagrad.
alpha:               L2 strength: alpha/2 |W|^2 is added to the mean loss of a row (adamw decays by alpha instead).
                     scikit-learn divides its alpha by the rows B of the batch, and halves the regressor's loss: its
                     alpha=a is alpha=a/B here for a classifier, alpha=2a/B for a regressor. With batch_size="auto" B
                     is min(200, rows), so the same number is up to 200 times as strong here.
batch_size:          rows of a mini-batch, at most all; "auto" is min(200, rows).
learning_rate:       must be "constant"; kept for compatibility. `schedule` changes the rate during training.
learning_rate_init:  the learning rate, which the schedule multiplies.
max_iter:            largest number of epochs; the schedule runs over all of them.
shuffle:             take the rows in another order in every epoch.
random_state:        seed of the initial weights, shuffling, dropout, noise and the validation split.
tol:                 training stops after `n_iter_no_change` consecutive epochs that each improve the best training loss
                     (with early_stopping: the validation score) by less than this. The epochs of a `warm_up` do not
                     count, and a `schedule` that is planned over max_iter (all but constant and plateau) runs to its
                     end, where the rate may be low now and high later: with it, neither stops training.
verbose:             print the loss, and with early_stopping the validation score, of every epoch.
warm_start:          begin `fit` with the weights of the last one, if there is one, and add to its history. The
                     optimizer, the schedule and the patience begin anew; shuffling, dropout and noise go on with new
                     random numbers.
early_stopping:      set `validation_fraction` of the rows aside, and keep the weights that score best on them; classes
                     have equal shares in them, so that each needs two rows.
momentum:            momentum of sgd and nesterov. nesterovs_momentum: sgd means nesterov. beta_2: decay rate of
                     the running mean of squared gradients in adam and adamw, from 0.5 on.
dropout:             probability that a hidden unit is dropped in training; input_dropout: an input.
batch_norm:          normalise the hidden layers over the batch, of 2 rows or more. Its means and variances count all
                     rows alike, whatever sample_weight and class_weight say. The batches have the size nearest to
                     `batch_size` with which the last one is at least half full: steps by fewer rows cost accuracy.
noise, input_noise:  standard deviation of Gaussian noise that is added to hidden units, and to inputs, in training.
l1:                  L1 strength, like alpha.
max_norm, clip_norm: largest L2 norm of each unit's incoming weights, and of the gradient; 0 for no limit.
schedule:            curve of the learning rate over max_iter epochs: constant; step (by the factor `decay` after each
                     third); exponential or cosine (from 1 to `decay`); linear (to 0, after the share `decay_start` of
                     the epochs); one_cycle (up, then down to almost 0); coslog4 (up and down four times); or plateau
                     (by the factor `decay` after each `plateau_patience` epochs without any improvement, in `fit`
                     alone). `warm_up` is the share of the epochs in which the rate first rises from 0. All but
                     constant and plateau train for the whole max_iter: see `tol`. A `decay` of 0 suits cosine alone.
initializer:         glorot (scikit-learn's, but for logistic), he, lecun, auto (what suits), orthogonal, normal or
                     zeros. Biases begin at 0.
average_epochs:      number of last epochs whose weights are averaged; 1 uses the last weights alone.
train_scores:        score the training rows after every epoch too; takes time."""

ATTRIBUTES = """\
network_:                the network, of one fold.
coefs_, intercepts_:     plain weights (in, out) and biases (out,) of each layer; batch norm is merged in.
n_iter_:                 epochs trained, by `fit` the last time and by `partial_fit` since.
loss_curve_, loss_:      training loss of every epoch and of the last, with dropout and smoothing, without the
                         penalties. best_loss_ is the least, or None with early_stopping.
validation_scores_:      scores of every epoch with early_stopping, else None.
best_validation_score_:  score of the weights that were kept, with early_stopping, else None.
history_:                loss and, if computed, score, validation_loss and validation_score of each epoch.
n_features_in_, feature_names_in_, n_outputs_, n_layers_, out_activation_: as in scikit-learn."""


def described(estimator: T) -> T:
    """Put the shared descriptions into the docstring of an estimator's class, where their names stand in braces."""
    if estimator.__doc__ is not None:  # python -OO leaves none
        lines = cleandoc(estimator.__doc__)  # from Python 3.13 on it has no indentation
        for name, text in (("PARAMETERS", PARAMETERS), ("ATTRIBUTES", ATTRIBUTES)):
            lines = lines.replace(f"    {{{name}}}", indent(text, "    "))
        estimator.__doc__ = lines
    return estimator
