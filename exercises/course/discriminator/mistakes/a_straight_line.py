# verdict = "partial"
# finding = "accuracy"
def discriminator(x):
    return 1.0 if x[1] > -0.3 else 0.0
