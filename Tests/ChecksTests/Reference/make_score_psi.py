"""Prints the values in VersionComparisonTests: the population stability index of scores by NumPy's linear quantiles (right-closed bins,
shares of 0 replaced by 0.0001), by value where the reference has at most twenty, and of predicted classes; beside it the p-value of
chi-square on the same bins. Needs NumPy and SciPy."""
import numpy as np
from scipy import stats


def index(reference, current):
    p, q = (np.where(shares == 0, 0.0001, shares) for shares in (reference / reference.sum(), current / current.sum()))
    test = stats.chi2_contingency(np.array([reference, current]), correction=False)
    return f"{float(((q - p) * np.log(q / p)).sum())!r}, {float(test.pvalue)!r}"


def binned(reference, current):
    edges = np.unique(np.quantile(reference, np.arange(11) * 0.1))[1:-1]
    return index(*(np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1) for values in (reference, current)))


def by_value(reference, current):
    values = np.unique(np.concatenate([reference, current]))
    return index(*(np.array([(sample == value).sum() for value in values]) for sample in (reference, current)))


rows = np.arange(1000)
wide = rows * 37 % 101 / 100
print("quantiles", binned(wide, rows * 53 % 101 / 100 * np.where(rows % 3 == 0, 0.5, 1)))
print("the same", binned(wide, wide))
print("an empty bin", binned(wide, np.maximum(wide, 0.3)))
print("by value", by_value(rows * 3 % 5 / 7, rows * 3 % 7 / 7))
print("classes", by_value(rows % 3, rows % 7 % 3))
