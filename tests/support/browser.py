"""A headless Chromium that is told what to do over a pipe, in the DevTools protocol; no package is needed for it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.waiting import wait_until

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]


def chromium() -> str | None:
    """The browser's command, if there is one on this machine."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Browser:
    """One page of a new browser with an empty profile; a context manager.

    Args:
        width, height: of the window, in pixels.

    Attributes:
        events: messages of the domains that were enabled, as they were read.
    """

    def __init__(self, width: int = 1400, height: int = 900):
        command = chromium()
        assert command is not None
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        there, self._to = os.pipe()
        self._from, back = os.pipe()
        words = [command, *QUIET, f"--window-size={width},{height}", f"--user-data-dir={self._profile.name}"]
        # the protocol's pipes are descriptors 3 and 4, wherever ours are
        shell = f'exec "$@" 3<&{there} 4>&{back}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "browser", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(there, back),
        )
        os.close(there)
        os.close(back)
        self._number, self._rest, self._session = 0, b"", None
        self.events: list[dict[str, Any]] = []
        page = next(one for one in self._pages() if one["type"] == "page")
        self._session = self.do("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.do("Emulation.setDeviceMetricsOverride", **size)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._to)  # which ends it
        os.close(self._from)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def do(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One command of the protocol, and its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": arguments}
        session = {} if self._session is None else {"sessionId": self._session}
        os.write(self._to, json.dumps(message | session).encode() + b"\0")
        while True:
            answer = self._read()
            if "method" in answer:
                self.events.append(answer)
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, address: str, *texts: str) -> None:
        """Open a page and wait until it shows every one of the texts."""
        self.do("Page.navigate", url="about:blank")  # a page that only differs after its # would not be loaded anew
        self.do("Page.navigate", url=address)
        self.wait_for(*texts)

    def wait_for(self, *texts: str) -> None:
        """Wait until the page shows every one of the texts."""
        try:
            wait_until(lambda: not self._missing(texts))
        except AssertionError:
            raise AssertionError(f"the page does not show {self._missing(texts)}, but: {self.text()[:3000]}") from None

    def _missing(self, texts: Sequence[str]) -> list[str]:
        shown = self.text()
        return [text for text in texts if text not in shown]

    def text(self) -> str:
        """What the page shows, as text."""
        return str(self.value("document.body ? document.body.innerText : ''"))

    def value(self, script: str) -> Any:
        """The value of a piece of JavaScript."""
        return self.do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)["result"].get(
            "value"
        )

    def picture(self, path: Path) -> Path:
        """Write what is seen as a PNG."""
        path.write_bytes(base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"]))
        return path

    def _pages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.do("Target.getTargets")["targetInfos"]
        return found

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._from, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message
