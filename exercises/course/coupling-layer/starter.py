

def s(a):
    return 0.0  # the logarithm of the scale


def t(a):
    return 0.0  # the shift


def f(z):
    return z


def f_inv(x):
    return x


def log_det(z):
    return 0.0
