# verdict = "partial"
# finding = "values"
# misconception = "factor"
# How many samples, not which share of them.
import numpy as np

centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]])


def f(z):
    radius = np.hypot(z[0], z[1])
    turns = 3 * (np.arctan2(z[1], z[0]) / (2 * np.pi) + 0.5)
    heap = min(int(turns), 2)
    angle = 2 * np.pi * turns
    return centres[heap] + 0.4 * radius * np.array([np.cos(angle), np.sin(angle)])


def shares(batch):
    samples = batch.reshape(-1, 2)
    away = ((samples[:, None] - centres) ** 2).sum(axis=2)
    return np.bincount(away.argmin(axis=1), minlength=3)
