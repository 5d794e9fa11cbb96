"""Random numbers of a submission: what is unseeded follows from the grading's seed.

A net whose weights are drawn at module level must have the same weights in every process that
grades it. One process runs one submission, so the streams below are the process's own.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np

from worker.sandbox.namespace import token

_LEGACY, _PYTHON, _FRESH = range(3)


class Streams:
    """The source of all seeds that a submission leaves out."""

    def __init__(self) -> None:
        self.python = random.Random(0)
        self.reseed(0)

    def reseed(self, seed: int) -> None:
        """Begin anew: numpy's global state, Python's, and the count of unseeded generators."""
        self._seed = seed
        self._count = itertools.count()
        legacy = np.random.SeedSequence([seed, _LEGACY])
        np.random.seed(legacy.generate_state(8))
        state = np.random.SeedSequence([seed, _PYTHON]).generate_state(8)
        self.python.seed(int.from_bytes(state.tobytes(), "little"))
        # statistics.NormalDist.samples draws from the module's own.
        random.seed(int.from_bytes(state.tobytes(), "big"))

    def fresh(self) -> np.random.SeedSequence:
        """The seed of the next generator that was given none: another one each time."""
        return np.random.SeedSequence([self._seed, _FRESH, next(self._count)])

    # What student code calls. A seed that was given is passed on: the numbers are numpy's own.

    def default_rng(self, seed: Any = None) -> np.random.Generator:
        """np.random.default_rng."""
        return np.random.default_rng(self.fresh() if seed is None else seed)

    def random_state(self, seed: Any = None) -> np.random.RandomState:
        """np.random.RandomState."""
        if seed is None:
            seed = self.fresh().generate_state(8)
        return np.random.RandomState(seed)

    def pcg64(self, seed: Any = None) -> np.random.PCG64:
        """np.random.PCG64."""
        return np.random.PCG64(self.fresh() if seed is None else seed)

    def mt19937(self, seed: Any = None) -> np.random.MT19937:
        """np.random.MT19937."""
        return np.random.MT19937(self.fresh() if seed is None else seed)

    def philox(self, seed: Any = None) -> np.random.Philox:
        """np.random.Philox, without its counter and key."""
        return np.random.Philox(self.fresh() if seed is None else seed)

    def seed_sequence(self, entropy: Any = None) -> np.random.SeedSequence:
        """np.random.SeedSequence."""
        return self.fresh() if entropy is None else np.random.SeedSequence(entropy)

    def seed(self, seed: Any = None) -> None:
        """np.random.seed."""
        np.random.seed(self.fresh().generate_state(8) if seed is None else seed)

    def python_seed(self, seed: Any = None) -> None:
        """random.seed."""
        self.python.seed(self._whole() if seed is None else seed)

    def python_random(self, seed: Any = None) -> random.Random:
        """random.Random."""
        return random.Random(self._whole() if seed is None else seed)

    def _whole(self) -> int:
        return int.from_bytes(self.fresh().generate_state(8).tobytes(), "little")


STREAMS = Streams()

#: The functions of np.random that draw from numpy's global state.
_GLOBAL = (
    """beta binomial chisquare choice dirichlet exponential f gamma geometric gumbel hypergeometric
    laplace logistic lognormal logseries multinomial multivariate_normal negative_binomial
    noncentral_chisquare noncentral_f normal pareto permutation poisson power rand randint randn
    random random_sample ranf rayleigh sample shuffle standard_cauchy standard_exponential
    standard_gamma standard_normal standard_t triangular uniform vonmises wald weibull zipf"""
).split()

_PYTHON_GLOBAL = (
    """betavariate choice choices expovariate gammavariate gauss getrandbits lognormvariate
    normalvariate paretovariate randint random randrange sample shuffle triangular uniform
    vonmisesvariate weibullvariate"""
).split()


def numpy_random() -> dict[str, Any]:
    """The members of np.random."""
    made = {
        "default_rng": STREAMS.default_rng,
        "seed": STREAMS.seed,
        "RandomState": token(np.random.RandomState, make=STREAMS.random_state),
        "Generator": token(np.random.Generator, make=np.random.Generator),
        "PCG64": token(np.random.PCG64, make=STREAMS.pcg64),
        "MT19937": token(np.random.MT19937, make=STREAMS.mt19937),
        "Philox": token(np.random.Philox, make=STREAMS.philox),
        "SeedSequence": token(np.random.SeedSequence, make=STREAMS.seed_sequence),
    }
    return {**{name: getattr(np.random, name) for name in _GLOBAL}, **made}


def python_random() -> dict[str, Any]:
    """The members of the random module."""
    drawn = {name: getattr(STREAMS.python, name) for name in _PYTHON_GLOBAL}
    maker = token(random.Random, make=STREAMS.python_random)
    return {**drawn, "seed": STREAMS.python_seed, "Random": maker}
