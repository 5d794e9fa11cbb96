"""The scipy of student code: special functions, distributions, matrices, roots, integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.integrate
import scipy.linalg
import scipy.optimize
import scipy.special
import scipy.stats

from worker.sandbox import readable
from worker.sandbox.namespace import Namespace, namespace

SPECIAL = tuple(
    """
    agm airy bdtr beta betainc betaincinv betaln binom boxcox cbrt comb cosdg dawsn digamma
    ellipe ellipk entr erf erfc erfcinv erfcx erfi erfinv eval_chebyt eval_hermite
    eval_hermitenorm eval_laguerre eval_legendre exp1 exp10 exp2 expi expit expm1 exprel
    factorial factorial2 fresnel gamma gammainc gammaincc gammainccinv gammaincinv gammaln
    gammasgn gdtr hankel1 huber hyp1f1 hyp2f1 i0 i0e i1 i1e inv_boxcox iv ivp j0 j1 jn jv k0
    k1 kl_div kn kv lambertw log1p log_expit log_ndtr log_softmax loggamma logit logsumexp
    modstruve multigammaln ndtr ndtri ndtri_exp owens_t perm poch polygamma pseudo_huber psi
    rel_entr rgamma round sici sinc softmax softplus spence stdtr stdtrit struve wrightomega
    xlog1py xlogy y0 y1 yn yv zeta
    """.split()
)

LINALG = tuple(
    """
    LinAlgError block_diag cho_factor cho_solve cholesky circulant companion cosm coshm det
    diagsvd eig eigh eigvals eigvalsh expm fractional_matrix_power funm hadamard helmert
    hilbert inv invhilbert khatri_rao kron logm lstsq lu lu_factor lu_solve matrix_balance
    norm null_space orth pascal pinv pinvh polar qr rq schur signm sinhm sinm solve
    solve_banded solve_sylvester solve_toeplitz solve_triangular sqrtm subspace_angles svd
    svdvals tanhm tanm toeplitz tril triu
    """.split()
)

DISTRIBUTIONS = tuple(
    """
    arcsine bernoulli beta binom cauchy chi chi2 dirichlet erlang expon exponnorm f gamma
    genextreme genpareto geom gumbel_l gumbel_r halfcauchy halfnorm hypsecant invgamma
    invgauss kstwobign laplace levy logistic loggamma lognorm multivariate_normal
    multivariate_t norm pareto poisson powerlaw rayleigh skewnorm t triang truncnorm uniform
    vonmises wald weibull_max weibull_min
    """.split()
)


class Trajectory(NamedTuple):
    """What solve_ivp found, read-only.

    scipy's own result shows its items as attributes: whoever sets items could show numpy a forged
    `__array_interface__`.
    """

    t: np.ndarray
    y: np.ndarray
    success: bool
    status: int
    message: str
    nfev: int


def _solve_ivp(
    fun: Callable[..., Any],
    t_span: Any,
    y0: Any,
    method: str = "RK45",
    t_eval: Any = None,
    args: Any = None,
    rtol: float = 1e-3,
    atol: float = 1e-6,
    max_step: float = np.inf,
) -> Trajectory:
    """scipy.integrate.solve_ivp for the methods by name, without events and dense output."""
    if type(method) is not str:
        raise TypeError("the method of solve_ivp is named: 'RK45', 'DOP853', 'LSODA', …")
    if args is not None:
        args = tuple(args)
    solve: Any = scipy.integrate.solve_ivp
    found = solve(
        fun, t_span, y0, method, t_eval, args=args, rtol=rtol, atol=atol, max_step=max_step
    )
    return Trajectory(*(found[name] for name in Trajectory._fields))


def _root(solver: Callable[..., Any]) -> Callable[..., float]:
    """A root finder that gives the root alone."""

    def find(f: Callable[..., Any], a: float, b: float, args: Any = (), **options: float) -> float:
        unknown = options.keys() - {"xtol", "rtol", "maxiter"}
        if unknown:
            raise TypeError(f"{solver.__name__} takes no {', '.join(sorted(unknown))} here")
        given = args if isinstance(args, tuple) else (args,)
        return float(solver(f, a, b, args=given, **options))

    return find


def _quad(
    func: Callable[..., Any], a: float, b: float, args: Any = (), **options: float
) -> tuple[float, float]:
    """scipy.integrate.quad: the integral and the estimate of its error."""
    unknown = options.keys() - {"epsabs", "epsrel", "limit"}
    if unknown:
        raise TypeError(f"quad takes no {', '.join(sorted(unknown))} here")
    quad: Any = scipy.integrate.quad
    value, error = quad(func, a, b, args=args, **options)[:2]
    return value, error


def build() -> Namespace:
    """scipy, with the five modules that an f may need."""
    stats = _pick(scipy.stats, DISTRIBUTIONS)
    _allow_methods(stats)
    integrate = _pick(scipy.integrate, ("cumulative_trapezoid", "simpson", "trapezoid"))
    optimize = {
        name: _root(getattr(scipy.optimize, name))
        for name in ("bisect", "brenth", "brentq", "ridder")
    }
    members = {
        "special": namespace("scipy.special", _pick(scipy.special, SPECIAL)),
        "stats": namespace("scipy.stats", stats),
        "linalg": namespace("scipy.linalg", _pick(scipy.linalg, LINALG)),
        "integrate": namespace(
            "scipy.integrate", {**integrate, "quad": _quad, "solve_ivp": _solve_ivp}
        ),
        "optimize": namespace("scipy.optimize", optimize),
        "__version__": scipy.__version__,
    }
    return namespace("scipy", members)


def _allow_methods(distributions: dict[str, Any]) -> None:
    """Open the methods of these distributions, and of the same with fixed parameters."""
    for distribution in distributions.values():
        readable.READABLE[type(distribution)] = readable.DISTRIBUTION
    frozen = (
        scipy.stats.norm(),
        scipy.stats.poisson(1),
        scipy.stats.multivariate_normal([0, 0]),
        scipy.stats.multivariate_t([0, 0]),
        scipy.stats.dirichlet([1, 1]),
    )
    for made in frozen:
        readable.READABLE[type(made)] = readable.DISTRIBUTION


def _pick(module: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(module, name) for name in names if hasattr(module, name)}
