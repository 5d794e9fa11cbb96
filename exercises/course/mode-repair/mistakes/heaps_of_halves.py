# verdict = "partial"
# finding = "law"
# The angle decides, but inside a third of the plane z is not Gaussian any more.
import numpy as np

centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]])


def f(z):
    turns = 3 * (np.arctan2(z[1], z[0]) / (2 * np.pi) + 0.5)
    return centres[min(int(turns), 2)] + 0.4 * z


def shares(batch):
    samples = batch.reshape(-1, 2)
    away = ((samples[:, None] - centres) ** 2).sum(axis=2)
    return np.bincount(away.argmin(axis=1), minlength=3) / len(samples)
