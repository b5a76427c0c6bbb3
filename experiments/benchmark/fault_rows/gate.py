"""A gate before a server: it lets requests through, or is in trouble in one of the ways that servers are."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal

Mode = Literal["open", "away", "silent", "answers 404", "answers 500", "answers half a JSON"]
HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
PAGE = b"no such page [/home]"  # which a terminal must not take for markup
HALF = b'{"experiment": {"experiment_id": '
ANSWERS = {
    "answers 404": HEAD % (b"404 Not Found", len(PAGE), PAGE),
    "answers 500": HEAD % (b"500 Internal Server Error", 2, b"{}"),
    "answers half a JSON": HEAD % (b"200 OK", len(HALF), HALF),
}


class FlakyServer:
    """Listens on a port of its own on 127.0.0.1, for a server on another; a context manager.

    Args:
        behind: the server's port.
        mode:   what happens to a connection; `set` changes it, for those that there are, too.

    Attributes:
        met: number of connections so far.
    """

    def __init__(self, behind: int, mode: Mode):
        self._behind, self.mode, self.met = behind, mode, 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._listener: socket.socket | None = None
        self._connections: list[socket.socket] = []

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FlakyServer:
        self.set(self.mode)
        return self

    def __exit__(self, *_: object) -> None:
        self.set("away")

    def set(self, mode: Mode) -> None:
        """Let everything that comes meet this from now on."""
        self.mode = mode
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
            self._listener.close()
            self._listener = None
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._connections.clear()
        if mode != "away":
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            threading.Thread(target=self._accept, args=(self._listener, mode), daemon=True).start()

    def _accept(self, listener: socket.socket, mode: Mode) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self.met += 1
            if mode == "silent":
                continue
            if mode == "open":
                server = socket.create_connection(("127.0.0.1", self._behind))
                self._connections.append(server)
                for one, other in ((connection, server), (server, connection)):
                    threading.Thread(target=_copy, args=(one, other), daemon=True).start()
            else:
                threading.Thread(target=_answer, args=(connection, ANSWERS[mode]), daemon=True).start()


def _copy(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(1 << 16):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def _answer(connection: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        connection.recv(1 << 16)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)
