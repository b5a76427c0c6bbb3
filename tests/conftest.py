"""Ctrl-C for all tests: a shell starts what it runs in the background so that neither it nor its children hear it."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
