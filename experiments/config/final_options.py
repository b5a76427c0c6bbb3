"""[final]: the final model, and that of the default."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.config.section import Section


class FinalSection(Section):
    """[final]: the final model, and that of the default, which is trained alike.

    members: networks, each with a seed of its own, whose mean is the model.
    epochs:  horizon of their training; without it, training.epochs.
    choice:  configuration that is kept: of the best selection score; of the smallest network within one standard
             error of it; or of the best together with the default's, as the mean of both models.
    """

    members: Annotated[int, Field(ge=1, le=32)] = 5
    epochs: Annotated[int, Field(ge=1, le=100_000)] | None = None
    choice: Literal["best", "smallest", "with_default"] = "best"
