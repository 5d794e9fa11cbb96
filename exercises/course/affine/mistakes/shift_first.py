# verdict = "partial"
# misconception = "shift"
# finding = "law"
def f(z):
    return 2 * (z + 1)
