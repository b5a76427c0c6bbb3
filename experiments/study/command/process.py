"""A process of its own for a study whose arithmetic is not that of this process.

It is started with the environment variables of that arithmetic, calls one function, and sends back what the function
returns or raises. It writes to the same terminal, is interrupted with this process, and ends when this one ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Thread
from typing import IO, Any, TypeVar, cast

from experiments.errors import ExecutorError, ExperimentError
from experiments.search.stop_signals import STOPPING, stopping_waits
from experiments.study.command.interrupts import between_imports
from experiments.study.command.standard_streams import print_what_can_be

T = TypeVar("T")
_Answer = tuple[Any, BaseException | None] | None
GARBAGE = 200_000  # new objects before Python looks for garbage; at 700, imports take an eighth longer
PROGRAM = "from experiments.study.command.process import serve; serve()"


def call(environment: Mapping[str, str], function: Callable[..., T], /, *arguments: Any) -> T:
    """Call a function in a new process.

    Args:
        environment: variables of the process, beside those of this one.
        function:    a function of a module.
        arguments:   its arguments; they and its result travel by pickle between the two processes.

    Raises:
        ExecutorError:     the process cannot be started, or it was killed.
        KeyboardInterrupt: both processes were interrupted.
        BaseException:     what the function raises.
    """
    job = pickle.dumps((*_address(function), arguments))
    ours, theirs = Pipe()
    with ThreadPoolExecutor(2) as threads, ours:
        try:
            with theirs, stopping_waits():  # the process lets them through when it can answer them
                process = _started(environment, theirs.fileno())
        except OSError as error:
            raise ExecutorError(f"the study's process cannot be started: {error.strerror}.") from None
        if process.stdout is not None:
            threads.submit(_copy, process.stdout, sys.stdout)
        exchange: Future[_Answer] = threads.submit(_exchange, ours, job)
        answer = _waited(exchange.result, process)
        code = _waited(process.wait, process)
    if answer is None:
        why = "perhaps by the system for want of memory, of which fewer --workers or data.rows need less"
        end = f"was killed by signal {-code}, {why}" if code < 0 else "ended early"
        raise ExecutorError(
            f"the study's process {end}. Every finished trial is in the journal; the same command goes on from there."
        )
    result, raised = answer
    if raised is not None:
        raise raised
    return cast("T", result)


def serve() -> None:
    """Be that process: receive a function and its arguments, call it, and send the answer."""
    gc.set_threshold(GARBAGE)
    print_what_can_be()
    connection = Connection(int(sys.argv[1]))
    answer: tuple[Any, BaseException | None]
    with between_imports(*STOPPING):
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
            job = connection.recv_bytes()
            Thread(target=_end_with, args=(connection,), daemon=True).start()
            module, name, arguments = pickle.loads(job)  # noqa: S301 - from the process that started this one
            answer = getattr(import_module(module), name)(*arguments), None
            sys.stdout.flush()
        except EOFError:  # the other process has ended
            return
        except BaseException as error:
            if not isinstance(error, ExperimentError | KeyboardInterrupt | BrokenPipeError):
                error.add_note("".join(traceback.format_exception(error)))
            answer = None, error
    try:
        connection.send(answer)
    except (pickle.PicklingError, TypeError, AttributeError):  # an error that holds what cannot travel
        connection.send((None, RuntimeError("".join(map(str, getattr(answer[1], "__notes__", [answer[1]]))))))
    gc.freeze()  # or the end of Python would look for garbage in all that was imported


def _started(environment: Mapping[str, str], connection: int) -> subprocess.Popen[str]:
    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # as multiprocessing does
    piped = sys.stdout is not sys.__stdout__  # it is a notebook's or a test's
    return subprocess.Popen(
        [sys.executable, *flags, *(["-u"] if piped else []), "-P", "-c", PROGRAM, str(connection)],
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},  # noqa: PTH109
        pass_fds=(connection,),
        stdout=subprocess.PIPE if piped else None,
        text=True,
    )


def _address(function: Callable[..., Any]) -> tuple[str, str]:
    """Return the module and the name of a function, also of the module that runs as a command."""
    module = function.__module__
    spec = sys.modules[module].__spec__
    return module if spec is None else spec.name, function.__qualname__


def _exchange(connection: Connection, job: bytes) -> _Answer:
    """Send the job and wait for the answer; None if the process ends without one."""
    try:
        connection.send_bytes(job)
        answer: _Answer = connection.recv()
    except (EOFError, OSError):
        return None
    return answer


def _copy(lines: IO[str], to: IO[str]) -> None:
    with lines:
        for line in lines:
            to.write(line)


def _waited(wait: Callable[[], T], process: subprocess.Popen[str]) -> T:
    """Wait; pass interruptions on to the process, which then ends by itself."""
    while True:
        try:
            return wait()
        except KeyboardInterrupt:
            process.send_signal(_passed_on())


def _passed_on() -> signal.Signals:
    """Return a signal that the process does not ignore: it ignores what this one does, as Ctrl-C behind `&`."""
    return next((number for number in STOPPING if signal.getsignal(number) != signal.SIG_IGN), signal.SIGINT)


def _end_with(connection: Connection) -> None:
    """End this process as by kill -9 when the other end of the connection is closed."""
    with suppress(EOFError, OSError):
        connection.recv()
    os.kill(os.getpid(), signal.SIGKILL)
