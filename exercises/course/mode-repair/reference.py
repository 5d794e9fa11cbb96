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
    return np.bincount(away.argmin(axis=1), minlength=3) / len(samples)


def draw_shares(rng, n):
    # Batches of the data, and of generators that have lost one of the modes, or two.
    weights = np.array(
        [
            [1 / 3, 1 / 3, 1 / 3],
            [0.5, 0.5, 0.0],
            [0.0, 0.5, 0.5],
            [0.0, 1.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    batches = []
    for _ in range(n):
        chosen = weights[rng.choice(6, p=[0.4, 0.15, 0.15, 0.1, 0.1, 0.1])]
        heaps = rng.choice(3, size=20, p=chosen)
        batches.append((centres[heaps] + 0.4 * rng.standard_normal((20, 2))).ravel())
    return np.array(batches)
