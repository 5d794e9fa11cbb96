# The heaps in another order for f, and a loop over the samples.
import math

import numpy as np

centres = [(-2.0, 0.0), (2.0, 0.0), (0.0, 2.5)]


def f(z):
    turn = math.atan2(z[0], z[1]) % (2 * math.pi)
    heap = int(3 * turn / (2 * math.pi)) % 3
    radius = 0.4 * math.sqrt(z[0] ** 2 + z[1] ** 2)
    a, b = centres[2 - heap]
    return np.array([a + radius * math.sin(3 * turn), b + radius * math.cos(3 * turn)])


def shares(batch):
    counts = [0, 0, 0]
    for i in range(0, len(batch), 2):
        away = [math.dist((batch[i], batch[i + 1]), centre) for centre in centres]
        counts[away.index(min(away))] += 1
    return np.array(counts) / 20
