

def f(z):
    # Each coordinate is scaled by 2 and shifted by 1: still a Gaussian, now N(1, 4I).
    return 2 * z + 1
