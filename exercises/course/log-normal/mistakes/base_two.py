# verdict = "partial"
# finding = "law"
def f(z):
    return 2**z
