# verdict = "partial"
# misconception = "scale"
# finding = "law"
def f(z):
    return 4 * z + 1
