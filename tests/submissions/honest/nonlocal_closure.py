# ruff: noqa
# x: 1.5 0.0
def make():
    total = 0.0

    def add(x):
        nonlocal total
        total = total + x
        return total

    add(0.5)
    add(0.5)
    return lambda z: z + total


f = make()
