# verdict = "failed"
# finding = "accuracy"
def discriminator(x):
    return 0.5
