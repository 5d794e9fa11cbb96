# ruff: noqa
# x: 1.5 -1.0
class Base(object):
    def __init__(self, shift):
        self.shift = shift


class Child(Base):
    def __init__(self, shift):
        Base.__init__(self, shift)


child = Child(1.0)


def f(z):
    return (z[0] + child.shift, z[1])
