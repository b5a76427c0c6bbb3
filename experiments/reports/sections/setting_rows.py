"""Configurations side by side, setting by setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.reports.blocks import Fact, Row
from experiments.reports.formatting import NOTHING, all_parameters, is_active, is_layer, label, network, parameter


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
