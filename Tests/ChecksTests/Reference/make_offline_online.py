"""Prints the values in OfflineOnlineCorrelationTests and DemingLineTests: Kendall's tau-b by scipy.stats, and slopes of lines whose
points have errors of their own on both axes by minimising their sum of squares over the slope, beside scipy.odr where SciPy still
has it; standard errors by York and others 2004, of which that without errors of x is numpy.polyfit's. Needs NumPy and SciPy."""
import warnings
import numpy as np
from scipy import optimize, stats

TIES = [1, 2, 2, 3, 3, 3, 5, 4, 6, 0], [2, 1, 1, 3, 5, 5, 4, 4, 7, 7]
for one, other in (TIES, (range(1, 10), [2, 1, 5, 3, 4, 9, 6, 7, 8]), ([i * 37 % 101 for i in range(300)], [i * i % 53 for i in range(300)])):
    print("tau-b", repr(float(stats.kendalltau(one, other).statistic)))

# Pearson's data with the weights of York (1966), whose slope is known to be -0.4805.
X = np.array([0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4])
Y = np.array([5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5])
SX = np.array([1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1]) ** -0.5
SY = np.array([1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500]) ** -0.5
OFFLINE = np.array([0.01, -0.02, 0.03, 0.005, -0.01, 0.02])
ONLINE = np.array([0.2, -0.3, 0.5, 0.1, -0.1, 0.3])
ERRORS = np.array([0.05, 0.04, 0.1, 0.02, 0.03, 0.06])


def fit(x, y, sx, sy):
    def at(slope):
        weights = 1 / (sy**2 + slope**2 * sx**2)
        middle = (weights @ x) / weights.sum(), (weights @ y) / weights.sum()
        return weights, x - middle[0], y - middle[1]

    def squares(slope):
        weights, u, v = at(slope)
        return weights @ (v - slope * u) ** 2

    start = np.polyfit(x, y, 1, w=1 / sy)[0]
    found = optimize.minimize_scalar(squares, bracket=(start * 0.9, start * 1.1), tol=1e-12).x
    gradient = lambda b: squares(b + 1e-5 * abs(b)) - squares(b - 1e-5 * abs(b))
    slope = optimize.brentq(gradient, found * 0.999, found * 1.001, xtol=1e-15) if found > 0 else optimize.brentq(gradient, found * 1.001, found * 0.999, xtol=1e-15)
    weights, u, v = at(slope)
    shifts = weights * (u * sy**2 + slope * v * sx**2)
    shifts = shifts - (weights @ shifts) / weights.sum()
    return float(slope), float((weights @ shifts**2) ** -0.5)


for name, data in (("york", (X, Y, SX, SY)), ("online", (OFFLINE, ONLINE, 0 * ERRORS, ERRORS)), ("both", (OFFLINE, ONLINE, ERRORS / 20, ERRORS))):
    print(name, *map(repr, fit(*data)))
    x, y, sx, sy = data
    if not sx.any():
        line, covariance = np.polyfit(x, y, 1, w=1 / sy, cov="unscaled")
        print("  polyfit", repr(float(line[0])), repr(float(covariance[0, 0] ** 0.5)))
        continue
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from scipy import odr
            out = odr.ODR(odr.RealData(x, y, sx, sy), odr.unilinear, beta0=[-0.5, 5], partol=1e-15, sstol=1e-15, maxit=500).run()
        print("  odr", repr(float(out.beta[0])))
    except ImportError:
        pass
