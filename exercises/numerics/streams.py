"""Random streams: every draw of a grading comes from the report's one seed, by name."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator of one purpose ("figure", "law", …) in the grading with this seed.

    Streams of different names are independent, so a new check never shifts the draws of another.
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))
