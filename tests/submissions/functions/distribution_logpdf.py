# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -2.4628770664093453
import numpy as np
import scipy.stats as st


def log_prob(x):
    return st.multivariate_normal.logpdf(x, mean=np.zeros(2), cov=np.eye(2))
