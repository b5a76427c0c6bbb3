"""The compilation of the passes by Numba, in a process of its own: python -m experiments.search.compiled.build

It takes some seconds once for a processor and a version of this program, and keeps Numba's memory out of all processes
that compute. The code is compared with the same functions run by Python before anybody may load it.

LLVM neither contracts nor reorders what Numba gives it: that needs fast-math flags, which nothing here sets.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from experiments.search.arithmetic import processor
from experiments.search.compiled.load import NAMES, TYPES, bound, engine_of, file_name, sealed, symbol
from experiments.search.compiled.place import NoPlace, opened, write
from nnet import compiled
from nnet.arrays import Array

NICE = 19  # steps by which the process yields to those that compute
COUNTS = {  # folds, rows and the like, for which each pass is tried: fewer and more than a vector register holds
    "adam": ((2, 37, 40, 19), (3, 5, 6, 0)),
    "dropout": ((2, 61, 1 << 15), (3, 5, 0)),
    "rectify": ((2, 3, 21, 25), (1, 2, 5, 9)),
    "rectify_gradient": ((61,), (3,)),
    "shift": ((2, 3, 19, 80, 3), (1, 1, 5, 6, 1)),
    "softmax_gradient": ((2, 3, 19), (1, 1, 5)),
}
FOLDS, NUMBERS = 4, 256  # of a trial: the most folds, and the numbers in each array
ARRAYS, REALS = 4, (1e-3, 0.9, 0.999, 0.01, 1e-8)  # as many as any pass has
SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan, 1e-42, -1e-42, 1.0)


def compile_passes(types: Iterable[str] = TYPES) -> bytes:
    """Return the machine code of all passes for these types of numbers, for this processor."""
    import llvmlite.binding as llvm
    import numba

    pointer: Any = numba.types.CPointer

    whole = llvm.parse_assembly("")
    for real in types:
        reals = pointer(getattr(numba, real))
        signature = numba.void(pointer(reals), pointer(numba.intp), reals, pointer(pointer(numba.uint16)))
        for name in NAMES:
            function = numba.cfunc(signature, error_model="numpy")(getattr(compiled, name))
            code = function.inspect_llvm().replace(function.native_name, symbol(name, real))
            module = llvm.parse_assembly(code)
            for inner in module.functions:
                if not inner.is_declaration and inner.name != symbol(name, real):
                    inner.linkage = "internal"  # what nothing calls is left out, and so is what it would need of Numba
            whole.link_in(module)
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        codemodel="jitdefault",
        jit=True,
    )
    content: bytes = target.emit_object(whole)
    return content


def check(passes: compiled.Passes, real: str) -> None:
    """Compare compiled passes with the same functions run by Python, on numbers that are hard to treat alike.

    Raises:
        ValueError: a pass computes other bits.
    """
    rng = np.random.default_rng(0)
    for name, trials in COUNTS.items():
        for counts in trials:
            arrays = [_numbers(rng, real) for _ in range(ARRAYS)]
            ours = [array.copy() for array in arrays]
            reals, words = np.array(REALS, real), rng.integers(1 << 16, size=(FOLDS, NUMBERS), dtype=np.uint16)
            with np.errstate(all="ignore"):
                getattr(compiled, name)(arrays, counts, reals, words)
            call = compiled.Call(getattr(passes, name), ours, counts, REALS, FOLDS)
            call.words[...] = [drawn.ctypes.data for drawn in words]
            call.run()
            if not all(map(same_bits, arrays, ours)):
                raise ValueError(f"{name} computes other bits than Python for {counts}")


def same_bits(one: Array, other: Array) -> bool:
    """Tell whether two arrays have NaN in the same places and the same bytes in all others."""
    known = ~np.isnan(one)
    return bool((np.isnan(other) != known).all()) and one[known].tobytes() == other[known].tobytes()


def _numbers(rng: np.random.Generator, real: str) -> Array:
    """Return numbers of all kinds, special ones among them."""
    numbers: Array = (rng.standard_normal(NUMBERS) * 10.0 ** rng.integers(-4, 4, NUMBERS)).astype(real)
    chosen = rng.random(NUMBERS) < 0.2
    numbers[chosen] = rng.choice(np.array(SPECIAL, real), chosen.sum())
    return numbers


def main() -> int:
    """Compile, check and keep the passes, unless another process is at it; return the exit code."""
    import fcntl

    with suppress(OSError):
        os.nice(NICE)
    try:
        with opened(make=True) as folder:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 0
            except OSError:  # a file system without locks: two processes may then do the same work
                pass
            code = compile_passes()
            engine = engine_of(code)
            for real in TYPES:
                check(bound(engine, real), real)
            write(file_name(processor()), sealed(code), folder)
    except NoPlace as reason:
        print(reason, file=sys.stderr)
        return 1
    except Exception as error:  # Numba's and LLVM's are of any kind
        print(f"Numba cannot compile them: {type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
