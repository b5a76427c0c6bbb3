"""The compiled passes in this process: read from their folder, and installed for the networks made from now on.

They change the speed only, never a bit. They are loaded with llvmlite alone, in a twentieth of a second; Numba, which
compiles them, is not loaded.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from experiments.search.arithmetic import Processor, processor
from experiments.search.compiled.place import NoPlace, opened, read
from nnet import compiled

SWITCH = "NNET_COMPILED"  # environment variable; 0 leaves all passes to NumPy
COMPILED = ""  # no reason against it
LATER = "the compiled passes are not ready yet"
NAMES = tuple(field.name for field in fields(compiled.Passes))
FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
TYPES = ("float32",)  # of numbers, which a study's networks compute with

_engines: list[Any] = []  # that hold the code in use


def obstacle(environment: Mapping[str, str] = os.environ) -> str:
    """Return the reason why this process cannot use compiled passes; empty if it can."""
    if environment.get(SWITCH) == "0":
        return f"{SWITCH}=0"
    if not processor().flags:
        return "this system does not list the processor's instruction sets"
    try:
        import llvmlite  # noqa: F401
    except Exception as error:  # an import can raise anything
        return f"llvmlite, which comes with Numba, cannot be loaded: {type(error).__name__}"
    return COMPILED


def file_name(here: Processor) -> str:
    """Return the name of the file that holds the passes as they are, for this processor and this version of LLVM."""
    import llvmlite

    source = Path(compiled.__file__).read_text()
    facts = [source, llvmlite.__version__, here.machine, here.maker, here.model, sorted(here.flags)]
    return f"passes-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]}.o"


def load() -> str:
    """Install the compiled passes if they are there.

    Returns:
        the reason why NumPy makes the passes; empty if the compiled passes are installed.
    """
    if _engines:
        return COMPILED
    if reason := obstacle():
        return reason
    try:
        with opened() as folder:
            content = read(file_name(processor()), folder)
    except FileNotFoundError:
        return LATER
    except NoPlace as reason:
        return str(reason)
    try:
        engine = engine_of(unsealed(content))
        for name in TYPES:
            compiled.install(np.dtype(name), bound(engine, name))
    except Exception as error:  # LLVM's are of any kind
        return f"they cannot be loaded: {type(error).__name__}"
    _engines.append(engine)
    return COMPILED


def unload() -> None:
    """Leave the passes of networks made from now on to NumPy."""
    for name in TYPES:
        compiled.install(np.dtype(name), None)
    _engines.clear()


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


def symbol(name: str, real: str) -> str:
    """Return the name of a pass in machine code."""
    return f"nnet_{name}_{real}"
