# verdict = "partial"
# finding = "law"
def f(z):
    return z * (z[0] ** 2 + z[1] ** 2) / 2
