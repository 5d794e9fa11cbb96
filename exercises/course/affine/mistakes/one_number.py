# verdict = "failed"
# finding = "shape"
def f(z):
    return 2 * z[0] + 1
