# ruff: noqa
# x: 3.0 -1.0
def powers(x):
    n = 0
    while n < 3:
        received = yield x**n
        n += 1 if received is None else received


def chain(x):
    yield from powers(x)


def f(z):
    total = sum(chain(z[0] * 2))
    it = iter(powers(2.0))
    assert next(it) == 1.0
    it.close()
    return total, z[1]
