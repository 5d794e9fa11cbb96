from scipy.stats import multivariate_normal, norm


def discriminator(x):
    p = norm.pdf(x[0]) * norm.pdf(x[1], loc=x[0] ** 2, scale=0.5)
    q = multivariate_normal.pdf(x, mean=[0, 1], cov=[[1, 0], [0, 2.25]])
    return p / (p + q)
