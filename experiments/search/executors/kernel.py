"""The BLAS kernel of this process."""

from __future__ import annotations


def blas_kernel() -> str:
    """The kernel that NumPy's BLAS uses in this process, such as SkylakeX; empty where it does not say."""
    from threadpoolctl import threadpool_info

    kernels = [info.get("architecture") or "" for info in threadpool_info() if info["user_api"] == "blas"]
    return str(kernels[0]) if kernels else ""
