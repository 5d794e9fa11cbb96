def f(z):
    return 1 - 2 * z
