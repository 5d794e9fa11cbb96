# ruff: noqa
# x: 2.5 -1.0
class Counter:
    total = 0.0

    def add(self, x):
        self.total += x
        self.history = getattr(self, "history", [])
        self.history += [x]
        return self


def f(z):
    c = Counter()
    c.add(1.0).add(1.0)
    setattr(c, "extra", z[0])
    assert hasattr(c, "extra") and not hasattr(c, "missing")
    return c.total + c.extra, z[1]
