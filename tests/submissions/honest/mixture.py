# ruff: noqa
# x: finite
import numpy as np
import itertools, operator, collections, copy, statistics, string, fractions

centres = np.array(list(itertools.product([-2, 2], repeat=2)), dtype=float)
counts = collections.Counter("abca")
half = fractions.Fraction(1, 2)
queue = collections.deque([1, 2], maxlen=2)
queue.append(3)
weights = copy.deepcopy({"w": [float(half), statistics.mean([1, 2])]})
pick = operator.itemgetter(0)
biggest = max([{"n": 1}, {"n": 3}], key=operator.itemgetter("n"))
imag = operator.attrgetter("imag")(1j)


def f(z):
    i = int(z[0] > 0) * 2 + int(z[1] > 0)
    return centres[i] + 0.3 * z + pick(weights["w"]) * imag + counts["a"] * 0
