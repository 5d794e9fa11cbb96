# ruff: noqa
# x: 0.5 -1.0
# prints: A = [[1.0, 0.0], [0.0, 1.0]]
import numpy as np

A = np.eye(2)
print("A =", A.tolist(), sep=" ", end="\n", flush=True)
print(
    f"{np.pi:.3f} {1 + 1=} {'a':>3}", "{:.1f}|{x}|{0[0]}".format([1][0] * 1.0, x=2) if False else ""
)


def f(z):
    return A @ z
