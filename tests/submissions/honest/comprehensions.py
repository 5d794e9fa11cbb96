# ruff: noqa
# x: 0.5 -1.0
table = {k: v for k, v in zip("ab", range(2))}
pairs = [(i, j) for i in range(3) for j in range(i) if (s := i + j) > 1]
unique = {i % 2 for i in range(5)}
(a, (b, *c)), [d] = (1, (2, 3, 4)), [5]
assert (a, b, c, d) == (1, 2, [3, 4], 5) and len(pairs) == 2 and unique == {0, 1}
merged = {**table, "c": 2}
assert [*range(2), *merged] == [0, 1, "a", "b", "c"]


def f(z):
    return [*(x for x in z)]
