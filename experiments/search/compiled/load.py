"""The compiled passes in this process: read from their folder, and installed for the networks made from now on.

They change the speed only, never a bit. llvmlite alone loads them, in a twentieth of a second; Numba, which compiles
them, is not loaded.
"""

from __future__ import annotations

import ctypes
import hashlib
import inspect
import json
import os
from dataclasses import fields
from importlib.util import find_spec
from typing import Any

import numpy as np

from experiments.search.arithmetic import Processor, processor
from experiments.search.compiled.place import NoPlace, opened, read
from nnet import compiled

SWITCH = "NNET_COMPILED"  # environment variable; 0 leaves all passes to NumPy, 1 waits for the compiled ones
LATER = "compiled passes are not ready yet"
TYPES = ("float32",)  # of numbers, which a study's networks compute with
NAMES = tuple(field.name for field in fields(compiled.Passes))
FUNCTION = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)

_engines: list[Any] = []  # that hold the code in use


def reason_for_numpy() -> str:
    """Return the reason why NumPy makes all passes here; empty if the compiled passes can be loaded."""
    return _found()[1]


def at_once() -> bool:
    """Tell whether the compiled passes are wanted from the first trial on, even if they must be waited for."""
    return os.environ.get(SWITCH) == "1"


def load() -> str:
    """Install the compiled passes if they are there; return the reason why NumPy makes the passes, or nothing."""
    if _engines:
        return ""
    code, reason = _found()
    if reason:
        return reason
    try:
        engine = engine_of(code)
        for name in TYPES:
            compiled.install(np.dtype(name), bound(engine, name))
    except Exception as error:  # LLVM's are of any kind
        return f"the compiled passes cannot be loaded: {type(error).__name__}"
    _engines.append(engine)
    return ""


def engine_of(code: bytes) -> Any:
    """Return an engine that holds machine code; the code is gone with it."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def bound(engine: Any, real: str) -> compiled.Passes:
    """Return the passes of an engine for a type of numbers, as functions of Python."""
    return compiled.Passes(**{name: FUNCTION(engine.get_function_address(symbol(name, real))) for name in NAMES})


def symbol(name: str, real: str) -> str:
    """Return the name of a pass in machine code."""
    return f"nnet_{name}_{real}"


def file_name(here: Processor) -> str:
    """Return the name of the file that holds the passes as they are, for this processor and this version of LLVM."""
    import llvmlite

    source = inspect.getsource(compiled)
    facts = [source, llvmlite.__version__, here.machine, here.maker, here.model, sorted(here.flags)]
    return f"passes-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]}.o"


def sealed(code: bytes) -> bytes:
    """Return machine code after its checksum, because damaged code would end the process."""
    return hashlib.sha256(code).digest() + code


def unsealed(content: bytes) -> bytes:
    """Return the machine code after a checksum.

    Raises:
        ValueError: the code is damaged.
    """
    code = content[hashlib.sha256().digest_size :]
    if sealed(code) != content:
        raise ValueError("the checksum is another")
    return code


def _found() -> tuple[bytes, str]:
    """Return the machine code of the passes, and the reason why they cannot be loaded, or nothing."""
    if os.environ.get(SWITCH) == "0":
        return b"", f"{SWITCH}=0"
    if not processor().flags:
        return b"", "this system does not list the processor's instruction sets"
    if find_spec("numba") is None:
        return b"", "Numba is not installed"
    try:
        name = file_name(processor())
        with opened() as folder:
            return unsealed(read(name, folder)), ""
    except FileNotFoundError:
        return b"", LATER
    except (NoPlace, ImportError, OSError) as reason:
        return b"", str(reason)
    except ValueError:  # damaged, and compiled again
        return b"", LATER
