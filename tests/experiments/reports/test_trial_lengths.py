from __future__ import annotations

from experiments.reports.trial_lengths import trained_epochs


def test_each_trial_has_its_last_scored_epoch(study):
    result, trials = study
    trained = trained_epochs(trials)
    assert len(trained) == 40
    assert (trained[0], trained[3], trained[22]) == (60, result.trials[3].epochs, 0)
