"""Prints the values in SliceChangeTests: the change of the accuracy on a slice's rows, and its lower bound at one-sided 95 %, from the
standard deviation (ddof 0) of the rows' differences. Needs NumPy and SciPy."""
import numpy as np
from scipy import stats

for name, flips in [("many rows", lambda i: (i % 40 == 0, i % 50 == 1)), ("a drop", lambda i: (i % 10 == 0, i % 50 == 1))]:
    pairs = np.array([flips(i) for i in range(1000)])
    difference = pairs[:, 1].astype(int) - pairs[:, 0].astype(int)
    error = difference.std(ddof=0) / np.sqrt(len(difference))
    print(name, repr(float(difference.mean())), repr(float(difference.mean() - stats.norm.ppf(0.95) * error)))
