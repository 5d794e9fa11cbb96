# ruff: noqa
# x: 1.0 -2.0
from dataclasses import dataclass


@dataclass
class Scale:
    by: float


@dataclass
class Shift:
    by: float


def apply(step, z):
    match step:
        case Scale(by=b) if b != 0:
            return z * b
        case Shift(b):
            return z + b
        case {"rotate": True, **rest}:
            return z[::-1]
        case [first, *others]:
            z = apply(first, z)
            return apply(others, z) if others else z
        case "nothing" | None:
            return z
        case float() | int():
            return z * step
        case _:
            raise ValueError(f"unknown step {step}")


def f(z):
    return apply([Scale(2.0), Shift(0.0), "nothing", None, 1], z)
