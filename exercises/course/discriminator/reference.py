import numpy as np


def log_data(x):
    return -(x[0] ** 2) / 2 - 2 * (x[1] - x[0] ** 2) ** 2 - np.log(np.pi)


def log_model(x):
    return -(x[0] ** 2) / 2 - (x[1] - 1) ** 2 / 4.5 - np.log(3 * np.pi)


def discriminator(x):
    return 1 / (1 + np.exp(log_model(x) - log_data(x)))


def draw_discriminator(rng, n):
    z = rng.standard_normal((n, 2))
    labels = np.arange(n) % 2
    data = np.column_stack([z[:, 0], z[:, 0] ** 2 + z[:, 1] / 2])
    model = np.column_stack([z[:, 0], 1 + 1.5 * z[:, 1]])
    return np.where(labels[:, None] == 1, data, model), labels
