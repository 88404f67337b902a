"""Prints the values in SliceChangeTests: the change of the accuracy on a slice's rows, and its lower bound at one-sided 95 % by Tango's
score test, with the likelihood maximised at each difference. Needs NumPy and SciPy."""
import math

import numpy as np
from scipy import optimize, stats


def score(lost, gained, n, d):
    """How many standard errors the difference is above d."""
    def loss(q):
        return -lost * math.log(q) - gained * math.log(q + d) - (n - lost - gained) * math.log(1 - 2 * q - d)
    q = optimize.minimize_scalar(loss, bounds=(max(0, -d) + 1e-15, (1 - d) / 2 - 1e-15), method="bounded", options={"xatol": 1e-14}).x
    return (gained - lost - n * d) / math.sqrt(n * (2 * q + d - d * d))


for name, flips in [("many rows", lambda i: (i % 40 == 0, i % 50 == 1)), ("a drop", lambda i: (i % 10 == 0, i % 50 == 1))]:
    pairs = np.array([flips(i) for i in range(1000)])
    lost, gained = int((pairs[:, 0] & ~pairs[:, 1]).sum()), int((pairs[:, 1] & ~pairs[:, 0]).sum())
    change = (gained - lost) / 1000
    low = optimize.brentq(lambda d: score(lost, gained, 1000, d) - stats.norm.ppf(0.95), -0.9, change - 1e-9, xtol=1e-15)
    print(name, repr(change), repr(low))
