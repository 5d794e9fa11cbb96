# ruff: noqa
# x: 0.5 -1.0
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


class Tree:
    def __init__(self, level):
        self.children = [Tree(level - 1)] * 2 if level else []

    def count(self):
        return 1 + sum(child.count() for child in self.children)


assert depth(500) == 500 and Tree(3).count() == 15
f = lambda z: z
