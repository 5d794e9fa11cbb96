# ruff: noqa
# x: 1.5 0.0
class Shift:
    def __init__(self, by):
        self.by = by

    def __call__(self, z):
        return z + self.by


f = Shift(1.0)
