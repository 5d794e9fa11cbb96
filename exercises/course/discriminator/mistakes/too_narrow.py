# verdict = "partial"
# finding = "accuracy"
def discriminator(x):
    return 1.0 if abs(x[1] - x[0] ** 2) < 0.3 else 0.0
