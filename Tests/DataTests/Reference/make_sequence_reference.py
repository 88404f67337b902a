"""Prints the values in ConfidenceSequenceTests. Needs NumPy, SciPy and scikit-learn.

Proportions: Robbins' mixture of likelihood ratios with a uniform prior, by the beta function, solved with brentq. Reaches and
p-values: the mixture of exp(lambda S - lambda^2 n / 2) over lambda ~ N(0, rho^2), integrated by quad."""
import csv
import math
import pathlib

import numpy as np
from scipy import integrate, optimize, special
from sklearn.metrics import roc_auc_score


def proportion(k, n, alpha):
    def excess(p):
        return special.betaln(k + 1, n - k + 1) - special.xlogy(k, p) - special.xlog1py(n - k, -p) + math.log(alpha)
    share = k / n
    low = 0.0 if k == 0 else optimize.brentq(excess, 1e-300, share, xtol=1e-300, rtol=1e-14)
    high = 1.0 if k == n else optimize.brentq(excess, share, 1 - 1e-16, xtol=1e-16, rtol=1e-14)
    return float(low), float(high)


def evidence(errors, n, rho2):
    """Against a mean of 0 where the sum of n values of variance 1 is errors * sqrt(n)."""
    total = errors * math.sqrt(n)
    centre, spread = rho2 * total / (1 + n * rho2), math.sqrt(rho2 / (1 + n * rho2))
    # Less its greatest exponent, so that quad meets no overflow.
    top = total * centre - n * centre * centre / 2 - centre * centre / (2 * rho2)
    density = lambda x: math.exp(total * x - n * x * x / 2 - x * x / (2 * rho2) - top) / math.sqrt(2 * math.pi * rho2)
    return integrate.quad(density, centre - 12 * spread, centre + 12 * spread, epsabs=0, epsrel=1e-12)[0] * math.exp(top)


def rho2(alpha, first):
    wanted = -2 * math.log(alpha)
    return (wanted + math.log(wanted + 1)) / first


print("proportions")
for k, n, alpha in [(0, 1, .05), (1, 1, .05), (0, 200, .05), (3, 17, .1), (90, 100, .05), (3708, 5000, .05), (999_990, 1_000_000, .01), (500_000, 10_000_000, .05), (1, 1_000_000, .05)]:
    low, high = proportion(k, n, alpha)
    print(f"({k}, {n}, {alpha}, {low!r}, {high!r}),")
print("reaches")
for n, first, alpha in [(100, 100, .05), (1000, 100, .05), (250, 20, .01), (1_000_000, 100, .05)]:
    reach = optimize.brentq(lambda e: math.log(evidence(e, n, rho2(alpha, first)) * alpha), 1, 9, rtol=1e-14)
    print(f"({n}, {first}, {alpha}, {reach!r}),")
print("chances")
for errors, n, first, alpha in [(3.5, 100, 100, .05), (2.0, 100, 100, .05), (4.2, 5000, 100, .05), (0.0, 500, 20, .05)]:
    print(f"({errors}, {n}, {first}, {alpha}, {min(1, 1 / evidence(errors, n, rho2(alpha, first)))!r}),")

folder = pathlib.Path(__file__).parents[2] / "Fixtures/tumor/versions/v1"
rows = list(csv.DictReader(open(folder / "predictions.csv")))
labels = np.array([int(row["label"]) for row in rows])
scores = np.array([float(row["score"]) for row in rows])
answers = np.array([int(row["prediction"]) for row in rows])
n = len(rows)
reach = optimize.brentq(lambda e: math.log(evidence(e, n, rho2(.05, 100)) * .05), 1, 9, rtol=1e-14)
pos, neg = scores[labels == 1], scores[labels == 0]
psi = (pos[:, None] > neg[None, :]) + .5 * (pos[:, None] == neg[None, :])
auc = psi.mean()
assert math.isclose(auc, roc_auc_score(labels, scores))
error = math.sqrt(psi.mean(1).var(ddof=1) / len(pos) + psi.mean(0).var(ddof=1) / len(neg))
shift = reach * error / (auc * (1 - auc))
print("auc", [float(special.expit(special.logit(auc) + side * shift)) for side in (-1, 1)])
square = (scores - labels) ** 2
print("brier", [float(square.mean() + side * reach * square.std(ddof=1) / math.sqrt(n)) for side in (-1, 1)])
print("recall", proportion(int(((labels == 1) & (answers == 1)).sum()), int((labels == 1).sum()), .05))
# F1 = 2 tp / (2 tp + fp + fn), by the delta method.
hit, miss = (labels & answers).astype(float), (labels ^ answers).astype(float)
whole = (2 * hit + miss).mean()
f1 = 2 * hit.mean() / whole
influence = (2 * hit - f1 * (2 * hit + miss)) / whole
print("f1", float(f1), "reach", reach, "error", float(influence.std(ddof=1) / math.sqrt(n)))
