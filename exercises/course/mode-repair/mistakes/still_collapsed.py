# verdict = "partial"
# finding = "law"
# misconception = "missing mode"
# The diagnosis is right, the generator is as it was.
import numpy as np

centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]])


def f(z):
    return centres[1] + 0.4 * z


def shares(batch):
    samples = batch.reshape(-1, 2)
    away = ((samples[:, None] - centres) ** 2).sum(axis=2)
    return np.bincount(away.argmin(axis=1), minlength=3) / len(samples)
