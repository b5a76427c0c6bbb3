"""A browser is opened for a person at this machine, and for nobody else."""

from __future__ import annotations

import webbrowser

import pytest

from experiments.tracking.browser import has_screen, open_page


@pytest.mark.parametrize(
    ("terminal", "environ", "platform", "expected"),
    [
        (True, {"DISPLAY": ":0"}, "linux", True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        (True, {}, "linux", False),
        (True, {"DISPLAY": ""}, "linux", False),
        (True, {}, "darwin", True),
        (False, {"DISPLAY": ":0"}, "linux", False),
        (False, {}, "darwin", False),
        (True, {"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "linux", False),
        (True, {"SSH_TTY": "/dev/pts/1"}, "darwin", False),
        (True, {"DISPLAY": ":0", "CI": "true"}, "linux", False),
    ],
)
def test_a_screen_is_a_terminal_with_a_display_on_this_machine(
    terminal: bool, environ: dict[str, str], platform: str, expected: bool
) -> None:
    assert has_screen(terminal, environ, platform) is expected


def test_a_browser_that_does_not_start_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def fails(address: str) -> bool:
        opened.append(address)
        raise webbrowser.Error("there is none")

    monkeypatch.setattr(webbrowser, "open", fails)
    open_page("http://127.0.0.1:5000/#/experiments/1")
    assert opened == ["http://127.0.0.1:5000/#/experiments/1"]
