"""The best configuration beside the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.evaluation.final_model.final_kind import are_several, holds_default, keeps_smallest
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Column, Fact, Row, Section, Table, note
from experiments.reports.formatting import NOTHING, all_parameters, is_active, is_layer, label, network, parameter
from experiments.reports.headline import members
from experiments.reports.outer_fold import tuned


def configurations(result: StudyResult) -> Section:
    """Compare winner and default setting by setting."""
    default = result.default if len(result.trials) > 1 else None  # the only trial is the default itself
    configs = {"best": result.best.params} | ({"default": default.params} if default else {})
    epochs = [Fact("best.epochs", str(result.best.epochs))]
    if default:
        trained = result.trials[default.number].epochs
        epochs.append(Fact(f"trials[{default.number}].epochs", str(trained)))
    if result.final:
        epochs = [Fact("final.epochs", str(result.final.epochs))]
        if default:
            epochs.append(Fact("final.default_epochs", str(result.final.default_epochs)))
    rows = setting_rows(configs, result.spec)
    rows.append(Row("epochs of the refit", *epochs))
    if are_several(result):
        title = "networks, all in the final model" if holds_default(result) else "networks, whose mean is the model"
        rows.append(Row(title, *[members(result)] * len(configs)))
    columns = (Column("", number=False), Column(tuned(result)), Column("default"))[: 1 + len(configs)]
    heading = "Chosen configuration" if keeps_smallest(result) else "Best configuration"
    table = Table("Best configuration", columns, tuple(rows))
    return Section(heading, "configuration", (table, note("Values are rounded; results.json has the exact ones.")))


def setting_rows(configs: Mapping[str, Mapping[str, Any]], spec: Mapping[str, Any]) -> list[Row]:
    """Write configurations side by side, setting by setting, first the network; one that has no effect is a dash.

    The network names its layers and its activation.

    Args:
        configs: key in results.json -> the parameters of a configuration.
    """
    rows = [Row("network", *(Fact(f"{key}.network", network(params, spec)) for key, params in configs.items()))]
    for name in all_parameters(configs.values()):
        used = {key: is_active(name, params, spec) for key, params in configs.items()}
        if name != "activation" and not is_layer(name) and any(used.values()):
            cells = [
                Fact(f"{key}.params.{name}", parameter(params[name]) if used[key] else NOTHING)
                for key, params in configs.items()
            ]
            rows.append(Row(Fact(f"names.{name}", label(name)), *cells))
    return rows
