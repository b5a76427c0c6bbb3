from __future__ import annotations

from experiments.summary import ui_command

LOCAL = "sqlite:////here/mlruns/mlflow.db"


def test_a_server_is_named_without_its_password() -> None:
    assert ui_command("https://ann:secret@host/mlflow", LOCAL) == "https://***@host/mlflow"


def test_the_local_store_needs_no_option() -> None:
    assert ui_command(LOCAL, LOCAL) == "python -m experiments.ui"


def test_another_store_is_named() -> None:
    assert (
        ui_command("sqlite:///my store.db", LOCAL) == "python -m experiments.ui --tracking-uri 'sqlite:///my store.db'"
    )


def test_a_study_that_is_not_tracked_says_so() -> None:
    assert ui_command("none", LOCAL) == "not in MLflow: --tracking-uri none"
