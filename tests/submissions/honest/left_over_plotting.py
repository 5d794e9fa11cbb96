# ruff: noqa
# x: 0.5 -1.0
import matplotlib.pyplot as plt
from matplotlib.patches import Circle
import numpy as np


def f(z):
    return z


Z = np.random.randn(100, 2)
X = np.array([f(z) for z in Z])
fig, ax = plt.subplots(1, 2, figsize=(8, 4))
ax[0].scatter(Z[:, 0], Z[:, 1], s=1)
ax[1].scatter(X[:, 0], X[:, 1], s=1)
ax[1].add_patch(Circle((0, 0), 1))
plt.rcParams["figure.dpi"]
plt.tight_layout()
plt.show()
