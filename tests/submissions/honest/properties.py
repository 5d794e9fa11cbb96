# ruff: noqa
# x: 2.0 -2.0
import math


class Rotation:
    _instances = 0

    def __init__(self, degrees):
        self.degrees = degrees
        self.__secret = 2.0
        Rotation._instances += 1

    @property
    def radians(self):
        return math.radians(self.degrees)

    @radians.setter
    def radians(self, value):
        self.degrees = math.degrees(value)

    @staticmethod
    def zero():
        return Rotation(0.0)

    @classmethod
    def of(cls, degrees):
        return cls(degrees)

    def secret(self):
        return self.__secret


r = Rotation.of(90.0)
r.radians = 0.0


def f(z):
    return z[0] * r.secret() + 1 + r.degrees, z[1] * Rotation.zero().secret()
