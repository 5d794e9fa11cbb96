# ruff: noqa
# x: 0.5 -1.0
try:
    import torch
except ImportError:
    torch = None


def f(z):
    if torch is not None:
        return torch.tensor(z)
    return z
