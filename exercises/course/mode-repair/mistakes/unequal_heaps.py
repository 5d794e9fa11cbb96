# verdict = "partial"
# finding = "law"
# Cut at -1 and 1, where the heaps get 16, 68 and 16 % of the mass.
import numpy as np

centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]])


def f(z):
    heap = 0 if z[0] < -1 else 1 if z[0] < 1 else 2
    return centres[heap] + 0.4 * np.array([z[1], z[0]])


def shares(batch):
    samples = batch.reshape(-1, 2)
    away = ((samples[:, None] - centres) ** 2).sum(axis=2)
    return np.bincount(away.argmin(axis=1), minlength=3) / len(samples)
