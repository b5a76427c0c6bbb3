"""No password or token is left in what is printed or stored."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from sqlalchemy import make_url

from experiments.errors import SpecError
from experiments.tracking import uris
from experiments.tracking.uris import artifacts_of, database_of, hide, masked, tracking_store, without_credentials


def test_credentials_are_masked() -> None:
    for text, shown in (
        ("https://token@host/p", "https://***@host/p"),
        ("mysql://u:p@w/d@host:3306/db?ssl_ca=/a/b", "mysql://***@host:3306/db?ssl_ca=***"),
        ("url: /api?a=1&token=x (Caused by y)", "url: /api?a=***&token=*** (Caused by y)"),
        ("'http://a:b@h' and 'http://c:d@i'", "'http://***@h' and 'http://***@i'"),
        ("https://h/#access_token=x", "https://h/#access_token=***"),
        ("sqlite:////home/a@b:c/mlflow.db", "sqlite:////home/a@b:c/mlflow.db"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://ann:pa'ss1@h:1/", "http://***@h:1/"),
        ("http://ann:p \"a) <ss@h/x?token=a'b c&page=2", "http://***@h/x?token=***&page=***"),
        ("http://h/x?password=x'sekret", "http://h/x?password=***"),
        ("postgresql:///mlflow?password=it's secret", "postgresql:///mlflow?password=***"),
    ):
        assert masked(text) == shown


def test_known_credentials_are_masked_in_every_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "_secrets", set())
    uri = "http://ann:pa'ss1%29@h:1/?token=a'b"
    text = "cannot reach 'http://ann:pa'ss1%29@h:1/?token=a'b'; tried pa'ss1) twice, MLflow's words"
    assert "ss1" in masked(text)
    tracking_store(uri, None)
    assert masked(text) == "cannot reach 'http://***@h:1/?token=***'; tried *** twice, MLflow's words"


def test_a_token_of_the_environment_is_masked_as_a_client_complains_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "_secrets", set())
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "sekret-token\r")
    with pytest.raises(requests.exceptions.InvalidHeader) as raised:
        requests.get("http://h", headers={"Authorization": "Bearer sekret-token\r"}, timeout=1)
    assert "sekret" in masked(str(raised.value))
    tracking_store("http://h", None)
    assert "sekret" not in masked(str(raised.value))
    assert "'Bearer ***" in masked(str(raised.value))


@pytest.mark.parametrize("letter", "/?#\\")
def test_a_password_that_ends_a_host_too_soon_is_masked_as_a_client_complains_of_it(
    letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uris, "_secrets", set())
    uri = f"http://ann:sek{letter}ret@h:1"
    tracking_store(uri, None)
    with pytest.raises(requests.exceptions.InvalidURL) as raised:
        requests.get(f"{uri}/api", timeout=1)
    assert "sek" not in masked(str(raised.value))


@pytest.mark.parametrize("uri", ["ann:sekret@h:1", "http:/ann:sekret@h:1", "ann:sek@ret@h:1"])
def test_a_password_is_masked_in_an_address_that_is_refused(uri: str) -> None:
    with pytest.raises(SpecError, match=r", but got '\*\*\*@h:1'\.$"):
        tracking_store(uri, None)


def test_what_is_everywhere_is_hidden_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "_secrets", set())
    for uri in ("http://h/?x=%20", "http://a:)@h", "postgresql:///m?password=it's secret"):
        hide(uri)
    assert masked("a (plain) line; it's secret") == "a (plain) line; ***"


def test_a_store_is_one_whoever_uses_it() -> None:
    same = ["http://ann:a'b@h:5/", "http://h:5", "http://bob:x@h:5/?token=1", "http://token@h:5"]
    assert {without_credentials(uri) for uri in same} == {"http://h:5"}
    assert without_credentials("http://h:5/team") != "http://h:5"


def artifacts_at(uri: str) -> Path:
    """The folder for the artifacts of a local store."""
    database = database_of(uri)
    assert database is not None
    return artifacts_of(database)


def test_the_artifacts_of_a_shared_database_lie_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        for variable in (None, "sqlite:////shared/m.db"):
            option = None if variable else "sqlite:////shared/m.db?timeout=3"
            assert artifacts_at(tracking_store(option, variable)) == Path("/shared/artifacts")
        assert artifacts_at(tracking_store(None, None)) == tmp_path / folder / "mlruns" / "artifacts"


@pytest.mark.parametrize("name", ["plain", "wh?re", "p%41rt", "p%rt", "h#sh", "semi;colon & blank"])
def test_mlflow_finds_the_database_in_a_working_folder_of_any_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.chdir(folder)
    uri = tracking_store(None, None)
    assert Path(make_url(uri).database or "").absolute() == folder / "mlruns" / "mlflow.db"
    assert artifacts_at(uri) == folder / "mlruns" / "artifacts"


def test_only_a_file_of_sqlite_is_a_local_store() -> None:
    for uri in ("sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://x/y", "none", "/a/b"):
        assert database_of(uri) is None
    assert database_of("sqlite:////a/b.db?timeout=3") == Path("/a/b.db")
