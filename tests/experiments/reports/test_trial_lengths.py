from __future__ import annotations

from experiments.reports.trial_lengths import Ending, endings, rungs, trained_epochs


def test_each_trial_ends_at_its_last_scored_epoch_in_its_own_way(study):
    result, trials = study
    ends = {one.number: one for one in endings(result, trained_epochs(trials))}
    assert len(ends) == 40
    assert ends[0] == Ending(0, 60, "complete")
    assert (ends[7].how, ends[22].how, ends[22].epoch) == ("diverged", "failed", 0)
    assert ends[3] == Ending(3, result.trials[3].epochs, "pruned")


def test_trials_without_curves_are_left_out(study):
    result, trials = study
    assert len(endings(result, trained_epochs(trials[:5]))) == 5


def test_rungs_of_a_pruner_with_few(study):
    ends = [*(Ending(n, 3, "pruned") for n in range(6)), Ending(6, 9, "pruned"), Ending(7, 9, "diverged"),
            *(Ending(n, 30, "complete") for n in range(8, 10))]  # fmt: skip
    first, second = rungs(ends)
    assert (first.came, first.pruned, first.went_on) == (10, 6, 4)
    assert (second.first, second.last, second.came, second.pruned, second.went_on) == (9, 9, 4, 1, 2)


def test_many_rungs_are_gathered_and_lose_no_trial():
    ends = [Ending(number, 1 + number, "pruned") for number in range(50)]
    found = rungs(ends)
    assert len(found) <= 12
    assert sum(one.pruned for one in found) == 50
    assert (found[0].first, found[-1].last) == (1, 50)
    stopped = [*ends, Ending(50, 2, "complete")]  # by patience, between the first and the last epoch of a rung
    assert [one.came - one.pruned - one.went_on for one in rungs(stopped)] == [0] * len(found)


def test_without_pruning_there_are_none():
    assert rungs([Ending(0, 9, "complete"), Ending(1, 4, "diverged")]) == ()
