# ruff: noqa
# x: 1.0 -2.0
def half(x):
    try:
        return 1 / x
    except ZeroDivisionError as error:
        return str(error) and 0.0
    except (TypeError, ValueError):
        raise
    finally:
        pass


class Unhappy(Exception):
    def __init__(self, value):
        super().__init__(f"unhappy with {value}")
        self.value = value


def f(z):
    try:
        raise Unhappy(2)
    except Unhappy as error:
        return z * error.value + half(0) + len(error.args) - 1
