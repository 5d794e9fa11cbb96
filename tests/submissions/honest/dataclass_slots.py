# ruff: noqa
# x: 1.0 -2.0
from dataclasses import dataclass


@dataclass(slots=True)
class Scale:
    by: float

    def __call__(self, z):
        return self.by * z


f = Scale(2.0)
