"""Prints the values in FailingSlicesTests: exact binomial tests and one-sided t-tests by SciPy, corrected by Benjamini and Hochberg.

    python3 -m venv venv && venv/bin/pip install numpy scipy
    venv/bin/python make_failing_slices.py
"""
import numpy as np
from scipy.stats import binomtest, false_discovery_control, ttest_1samp

# Rows and how many of them are right, by slice; each column divides all 1,000 rows.
COLUMNS = {
    "region": {"north": (200, 120), "south": (760, 736), "west": (40, 14)},
    "kind": {"a": (500, 370), "b": (500, 500)},
}
right = sum(good for _, good in COLUMNS["region"].values())
assert right == sum(good for _, good in COLUMNS["kind"].values())
least = 0.8 * right / 1000
names, chances = [], []
for column, slices in COLUMNS.items():
    for value, (rows, good) in slices.items():
        if rows >= 100:
            names.append(f"{column}={value}")
            chances.append(binomtest(good, rows, least, alternative="less").pvalue)
for name, chance, corrected in zip(names, chances, false_discovery_control(chances)):
    print("right", name, repr(float(chance)), repr(float(corrected)))

rows = np.arange(600)
error = 1 + (rows * 7) % 5 * 0.1 + np.where(rows % 3 == 0, 0.57, 0)
most = error.mean() / 0.8
names, chances = [], []
for value in range(3):
    names.append(f"third={value}")
    chances.append(ttest_1samp(error[rows % 3 == value], most, alternative="greater").pvalue)
for name, chance, corrected in zip(names, chances, false_discovery_control(chances)):
    print("error", name, repr(float(chance)), repr(float(corrected)))
