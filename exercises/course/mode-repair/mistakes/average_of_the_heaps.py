# verdict = "partial"
# finding = "law"
# One wide heap over all three.
import numpy as np

centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]])


def f(z):
    return centres.mean(axis=0) + np.array([1.7, 1.2]) * z


def shares(batch):
    samples = batch.reshape(-1, 2)
    away = ((samples[:, None] - centres) ** 2).sum(axis=2)
    return np.bincount(away.argmin(axis=1), minlength=3) / len(samples)
