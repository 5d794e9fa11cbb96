# ruff: noqa
# x: 1.0 -2.0
from functools import lru_cache, partial, reduce, wraps


def doubled(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return 2 * function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


@lru_cache(maxsize=None)
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


@doubled
def f(z):
    one = factorial(3) / reduce(lambda a, b: a * b, [1, 2, 3])
    return partial(lambda s, x: s * x, one)(z)


assert f.__name__ == "f"
