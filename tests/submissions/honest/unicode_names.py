# ruff: noqa
# x: 2.0 -1.0
import numpy as np

θ = np.pi / 2
σ, μ = 2.0, 1.0


def f(z):
    cosθ = np.cos(θ)
    return μ + σ * z + 0 * cosθ
