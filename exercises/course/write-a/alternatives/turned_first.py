def f(z):
    a = 0.6 * z[0] + 0.8 * z[1]
    b = 0.8 * z[0] - 0.6 * z[1]
    return [a, a * a + 0.5 * b]
