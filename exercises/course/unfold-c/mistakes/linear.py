# verdict = "partial"
# finding = "law"
def f(z):
    return z / 2
