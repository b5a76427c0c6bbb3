"""The hashes of the data room: of arrays, of a cell or row, and of words of eight bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

HASH_BYTES = 8  # of a short hash: two of 10 million rows collide with probability 3e-6
NOTHING = np.uint64(0x7FF8_0000_0000_0000)  # the word of a missing value: the bits of one NaN


def fingerprint(*arrays: NDArray[Any]) -> str:
    """Compute the SHA-256 of arrays: of their types, shapes and bytes."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def short_hash(content: bytes | memoryview) -> bytes:
    """Compute the BLAKE2b hash of a cell, row or file, HASH_BYTES long."""
    return hashlib.blake2b(content, digest_size=HASH_BYTES).digest()


def mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of each word, so that sums of mixed words tell sets of words apart.

    Source: Steele, Lea and Flood (2014), Fast Splittable Pseudorandom Number Generators; the finaliser of SplitMix64.
    """
    words = words ^ (words >> np.uint64(30))
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> np.uint64(27)
    words *= np.uint64(0x94D049BB133111EB)
    words ^= words >> np.uint64(31)
    return words
