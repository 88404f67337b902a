"""Prints the values in FeatureGroupsTests: what permuting features together costs on average, by NumPy, and rank correlations by SciPy.

    python3 -m venv venv && venv/bin/pip install numpy scipy scikit-learn
    venv/bin/python make_feature_groups.py

Of a model without error, y = g + h with h of the permuted features, a permutation costs a mean squared error of 2 Var(h) on average, as
each row meets each other equally often. scikit-learn's permutation_importance agrees for single features.
"""
import numpy as np
from scipy.stats import spearmanr
from sklearn.base import BaseEstimator
from sklearn.inspection import permutation_importance

rows = np.arange(100)
x = (rows * 37) % 101 - 50.0
z = (rows * 7) % 11 * 2.0
features = np.column_stack([x, x, x, z])


class Median(BaseEstimator):
    """Reads the middle one of three copies, and z."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.median(X[:, :3], axis=1) + X[:, 3]


y = Median().predict(features)
single = permutation_importance(
    Median(), features, y, scoring="neg_mean_squared_error", n_repeats=4000, random_state=0).importances_mean
assert np.all(single[:3] == 0)
assert abs(single[3] - 2 * np.var(z)) < 0.02 * 2 * np.var(z), (single, 2 * np.var(z))
random = np.random.default_rng(1)
together = []
for _ in range(4000):
    changed = features.copy()
    changed[:, :3] = changed[random.permutation(100), :3]
    together.append(np.mean((Median().predict(changed) - y) ** 2))
assert abs(np.mean(together) - 2 * np.var(x)) < 0.02 * 2 * np.var(x)
print("copies together", repr(float(2 * np.var(x))), "z alone", repr(float(2 * np.var(z))))
print("all", repr(float(2 * np.var(x + z))))

permutation = [0.3, 0.2, 0.2, 0.05, 0.01, 0.15]
for name, other in {"gain": [50, 60, 20, 20, 1, 10], "split": [1, 2, 3, 9, 8, 7]}.items():
    print(name, repr(float(spearmanr(permutation, other).statistic)))
