"""The choice of OpenBLAS's kernel for the computing processes, made before they load NumPy.

On some processors with AVX-512, OpenBLAS chooses its AVX2 kernels, which are half as fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

AVX512 = frozenset({"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"})
AVX2_KERNELS = frozenset({"Haswell", "Zen"})
NEEDS = {  # OpenBLAS's kernel -> the instruction sets without which it crashes
    "Nehalem": frozenset({"sse4_2"}),
    "Sandybridge": frozenset({"avx"}),
    "Haswell": frozenset({"avx2", "fma"}),
    "Zen": frozenset({"avx2", "fma"}),
    "SkylakeX": AVX512,
    "Cooperlake": AVX512 | {"avx512_bf16"},
    "SapphireRapids": AVX512 | {"avx512_bf16", "amx_bf16"},
}


def cpu_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Return the processor's instruction sets, or an empty set if the system does not list them in this file."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.split(":", 1)[1].split() for line in lines if line.startswith("flags")), []))


def computing_environment(
    chosen: str | None, flags: frozenset[str], environment: Mapping[str, str], wanted: str | None = None
) -> dict[str, str]:
    """Return the environment variables of a computing process: one BLAS thread, and the faster kernel where it is safe.

    Args:
        chosen:      the kernel that OpenBLAS chose by itself in this process.
        flags:       the processor's instruction sets.
        environment: the user's variables; an OPENBLAS_CORETYPE among them stays.
        wanted:      the kernel to compute with, if this processor can run it.

    >>> computing_environment("Haswell", AVX512, {})["OPENBLAS_CORETYPE"]
    'SkylakeX'
    >>> "OPENBLAS_CORETYPE" in computing_environment("Haswell", frozenset({"avx2"}), {})
    False
    >>> computing_environment("SkylakeX", AVX512 | {"avx2", "fma"}, {}, wanted="Haswell")["OPENBLAS_CORETYPE"]
    'Haswell'
    """
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    variables = dict.fromkeys(names, "1")
    if "OPENBLAS_CORETYPE" in environment:
        return variables
    if wanted in NEEDS and flags >= NEEDS[wanted]:
        return variables if wanted == chosen else variables | {"OPENBLAS_CORETYPE": wanted}
    if chosen in AVX2_KERNELS and flags >= AVX512:
        variables["OPENBLAS_CORETYPE"] = "SkylakeX"
    return variables
