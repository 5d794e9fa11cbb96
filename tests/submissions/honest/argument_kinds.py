# ruff: noqa
# x: 2.5 1.0
def combine(a, b, /, c=1.0, *rest, scale=1.0, **options):
    return (a + b + c + sum(rest) + options.get("shift", 0.0)) * scale


def f(z):
    args, options = (z, 0.5), {"shift": 0.5}
    return combine(*args, **options, scale=1)
