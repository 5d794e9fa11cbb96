# verdict = "partial"
# finding = "law"
# The sign of z[0] decides between two heaps; the third is still missing.
import numpy as np

centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]])


def f(z):
    heap = 0 if z[0] < 0 else 1
    return centres[heap] + 0.4 * z


def shares(batch):
    samples = batch.reshape(-1, 2)
    away = ((samples[:, None] - centres) ** 2).sum(axis=2)
    return np.bincount(away.argmin(axis=1), minlength=3) / len(samples)
