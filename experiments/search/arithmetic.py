"""The arithmetic of a study: the environment variables on which the last bits of NumPy's results depend.

Portable arithmetic is OpenBLAS's kernel for Haswell and NumPy's loops for x86-64-v3. Every processor with AVX2 and FMA
has both and computes the same bits. Native arithmetic is what this machine computes fastest.

NumPy and OpenBLAS read the variables when they are loaded, so a process has one arithmetic for all its life.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Arithmetic = Literal["portable", "native"]

KERNEL, LOOPS = "Haswell", "X86_V3"  # of portable arithmetic, as OpenBLAS and NumPy call them
THREADS = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
UNSET = dict.fromkeys(
    ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NPY_ENABLE_CPU_FEATURES", "NPY_DISABLE_CPU_FEATURES"), ""
)
PORTABLE = {**THREADS, **UNSET, "OPENBLAS_CORETYPE": KERNEL, "NPY_ENABLE_CPU_FEATURES": LOOPS}

AVX512 = frozenset({"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"})
NEEDS = {  # OpenBLAS's kernel -> the instruction sets without which it crashes
    "Nehalem": frozenset({"sse4_2"}),
    "Sandybridge": frozenset({"avx"}),
    "Haswell": frozenset({"avx2", "fma"}),
    "Zen": frozenset({"avx2", "fma"}),
    "SkylakeX": AVX512,
    "Cooperlake": AVX512 | {"avx512_bf16"},
    "SapphireRapids": AVX512 | {"avx512_bf16", "amx_bf16"},
}
# OpenBLAS's kernels that every 64-bit ARM processor can run. Where cores are of two kinds (Cortex-A53 beside A72), it
# chooses one of them by the core on which a process happens to start.
ARM_KERNELS = ("armv8", "cortexa53", "cortexa57")
UNKNOWN = "unknown"  # the name of a kernel that is not reported
UNSAFE = "0.3.34"  # an OpenBLAS that may crash with the Haswell kernel on a processor of AMD with AVX-512


MEANINGS: dict[str, str] = {
    "portable": "the same bits on every x86-64 processor with AVX2",
    "native": "another processor may compute other last bits",
}


@dataclass(frozen=True)
class Processor:
    """A processor, as the system describes it.

    machine: such as x86_64.
    maker:   such as AuthenticAMD; empty if the system does not say.
    flags:   its instruction sets; empty if the system does not list them.
    model:   its name; empty if the system does not say.
    """

    machine: str
    maker: str = ""
    flags: frozenset[str] = frozenset()
    model: str = ""


@cache
def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> Processor:
    """Return this machine's processor."""
    try:
        lines = [line.partition(":") for line in cpuinfo.read_text().splitlines()]
    except OSError:
        lines = []
    facts = {key.strip(): value.strip() for key, _, value in reversed(lines)}  # of the first core
    if "CPU part" in facts:  # of an ARM processor, which has numbers in place of names
        maker, model, flags = facts.get("CPU implementer", ""), facts["CPU part"], facts.get("Features", "")
        return Processor(platform.machine(), maker, frozenset(flags.split()), f"implementer {maker}, part {model}")
    return Processor(
        machine=platform.machine(),
        maker=facts.get("vendor_id", ""),
        flags=frozenset(facts.get("flags", "").split()),
        model=facts.get("model name") or _model(),
    )


def environment_of(arithmetic: Arithmetic, here: Processor, kernel: str = "") -> dict[str, str]:
    """Return the environment variables of a computing process. An empty one counts as not set.

    On other processors than x86-64 no fastest kernel is named: OpenBLAS takes an empty name there for one that it does
    not know, and computes with its slowest.

    Args:
        kernel: BLAS kernel for native arithmetic, if this processor can run it; empty: the fastest.

    >>> amd = Processor("x86_64", "AuthenticAMD", AVX512 | {"avx2", "fma"})
    >>> environment_of("portable", amd)["OPENBLAS_CORETYPE"], environment_of("native", amd)["OPENBLAS_CORETYPE"]
    ('Haswell', 'SkylakeX')
    >>> environment_of("native", amd, kernel="Haswell")["OPENBLAS_CORETYPE"]
    'Haswell'
    """
    if arithmetic == "portable":
        return dict(PORTABLE)
    if not _is_x86_64(here):
        named = {"OPENBLAS_CORETYPE": kernel} if kernel in ARM_KERNELS else {}
        return {**THREADS, **{name: "" for name in UNSET if name != "OPENBLAS_CORETYPE"}, **named}
    if not (kernel in NEEDS and here.flags >= NEEDS[kernel]):
        # on some AMD processors with AVX-512, OpenBLAS chooses its AVX2 kernels, which are half as fast
        kernel = "SkylakeX" if here.maker == "AuthenticAMD" and here.flags >= AVX512 else ""
    return {**THREADS, **UNSET, "OPENBLAS_CORETYPE": kernel}


def environment_here(here: Processor, kernel: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment variables of the processes that compute as this one does, with its BLAS kernel."""
    names = {**environment_of("native", here), **{name: "" for name in PORTABLE if name in environment}}
    named = {} if _is_x86_64(here) or kernel not in ARM_KERNELS else {"OPENBLAS_CORETYPE": kernel}
    return {name: environment.get(name, "") for name in names} | named


def in_force(wanted: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a process with these environment variables computes as is wanted."""
    return all(environment.get(name, "") == value for name, value in wanted.items())


def lacking(here: Processor) -> str | None:
    """Return the reason why a processor has no portable arithmetic; None if it has."""
    if not _is_x86_64(here):
        return f"portable is for x86-64, and this processor is {here.machine or 'unknown'}"
    if not here.flags:
        return "this system does not list the processor's instruction sets"
    missing = sorted(NEEDS[KERNEL] - here.flags)
    return f"this processor lacks {' and '.join(missing)}" if missing else None


def could_be_portable() -> bool:
    """Tell whether this process lacks portable arithmetic, and one with its environment variables would have it."""
    return lacking(processor()) is None and not in_force(PORTABLE)


def obstacle(here: Processor) -> str | None:
    """Return the reason why NumPy has no portable arithmetic on a processor; None if it has."""
    if (lack := lacking(here)) is not None:
        return lack
    blas = _numpys_blas()
    if blas.get("internal_api") != "openblas":
        return f"NumPy computes with {blas.get('internal_api') or 'an unknown BLAS'} here, and not with OpenBLAS"
    version = str(blas.get("version") or "")
    if version.startswith(UNSAFE) and here.maker == "AuthenticAMD" and "avx512f" in here.flags:
        return f"OpenBLAS {UNSAFE} may crash with it on this processor"
    return None


def resolved(wanted: Arithmetic, sampler: str, here: Processor) -> tuple[Arithmetic, str | None]:
    """Return the arithmetic that a study has on a processor, and the reason if it is not the one that is wanted."""
    if wanted == "native":
        return "native", None
    reason = "the sampler gp computes in PyTorch" if sampler == "gp" else obstacle(here)
    return ("portable", None) if reason is None else ("native", reason)


def blas_kernel() -> str:
    """Return the kernel that NumPy's BLAS uses in this process, such as SkylakeX.

    Apple's is called after the chip. The name is empty if BLAS does not report it; `UNKNOWN` is its name in a sentence.
    """
    if _built_with() == "accelerate":
        return f"Accelerate on {processor().model}"
    return str(_numpys_blas().get("architecture") or "")


def numpy_loops() -> str:
    """Return the newest instruction sets that NumPy's loops use in this process: X86_V4, X86_V3, or neither."""
    from numpy._core._multiarray_umath import __cpu_features__ as has  # type: ignore[import-not-found]

    newer = ("X86_V4", "AVX512_SKX", "AVX512_ICL", "AVX512_SPR")
    return "X86_V4" if any(has.get(name) for name in newer) else LOOPS if has.get(LOOPS) else ""


def _model() -> str:
    """Return the processor's name by macOS, such as Apple M1, or else by Python, to which each of these is an arm."""
    if platform.system() == "Darwin":
        words = ["sysctl", "-n", "machdep.cpu.brand_string"]
        with suppress(OSError, subprocess.CalledProcessError):
            return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    return platform.processor()


def _built_with() -> str:
    """Return the name of the BLAS that NumPy was built with, which says in a wheel what it computes with."""
    import numpy as np

    return str(np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"])


def _is_x86_64(here: Processor) -> bool:
    return here.machine.lower() in ("x86_64", "amd64")


@cache
def _numpys_blas() -> Mapping[str, object]:
    import numpy as np
    from threadpoolctl import threadpool_info

    libraries = [info for info in threadpool_info() if info["user_api"] == "blas"]
    here = str(Path(np.__file__).parent)
    ours = [info for info in libraries if str(info["filepath"]).startswith(here)]  # SciPy has one of its own
    return next(iter([*ours, *libraries]), {})
