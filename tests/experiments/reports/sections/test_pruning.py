from __future__ import annotations

from dataclasses import replace

from experiments.reports.blocks import Table, plain
from experiments.reports.sections.pruning import pruning
from experiments.reports.trial_lengths import trained_epochs


def test_the_pruner_is_named_with_what_it_saved(study):
    result, trials = study
    trained = trained_epochs(trials)
    section = pruning(result, trained)
    whole = 40 * 60
    epochs = sum(trained.values())
    assert plain(section.blocks[0].parts) == (
        f"The median pruner stopped 5 of 40 trials. All trials together trained {epochs:,} epochs, "
        f"{100 * epochs / whole:.0f}% of the 2,400 that were possible."
    )
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert sum(int(plain(row.cells[2])) for row in table.rows) == 5


def test_without_a_pruner_that_is_said_and_without_curves_nothing(study):
    result, trials = study
    assert pruning(result, {}) is None
    spec = result.spec | {"search": result.spec["search"] | {"pruner": "none"}}
    section = pruning(replace(result, spec=spec), trained_epochs(trials))
    assert plain(section.blocks[0].parts).startswith("No pruner was used.")
