#!/usr/bin/env python3
"""Computes mutual information with scikit-learn, and the noncentral chi-square distribution with SciPy, as reference values of DataTests.

    python3 -m venv venv && venv/bin/pip install scikit-learn scipy numpy
    venv/bin/python make_information_reference.py        writes information.json beside this file

Missing categories are -1; their rows are left out.
"""
import json
import os

import numpy as np
from scipy.stats import chi2_contingency, ncx2
from sklearn.metrics import mutual_info_score, normalized_mutual_info_score

HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(21)


def case(name, x, y):
    pairs = [(a, b) for a, b in zip(x, y) if a >= 0 and b >= 0]
    a, b = ([pair[side] for pair in pairs] for side in (0, 1))
    table = np.array([[sum(1 for p in pairs if p == (u, v)) for v in sorted(set(b))] for u in sorted(set(a))])
    information = mutual_info_score(a, b)
    test = chi2_contingency(table, correction=False, lambda_="log-likelihood")
    expected = test.expected_freq
    chance = ncx2.cdf(max(2 * len(a) * information, test.dof), test.dof, 2 * len(a) * 0.001 * min_entropy(a, b))
    return {
        "name": name, "x": [int(v) for v in x], "y": [int(v) for v in y], "value": float(information),
        "normalized": float(normalized_mutual_info_score(a, b, average_method="min")), "dof": int(test.dof),
        "corrected": float(max(0, information - test.dof / (2 * len(a))) / mutual_info_score(b, b)),
        "p": float(test.pvalue), "chance": float(chance),
        "countable": bool(expected.min() >= 1 and (expected < 5).mean() <= 0.2),
    }


def min_entropy(a, b):
    # Of a labelling with itself the information is its entropy.
    return min(mutual_info_score(a, a), mutual_info_score(b, b))


# Binned as the check bins numbers: by the inner deciles, a value equal to one in the lower bin.
numbers = random.normal(size=600).round(6)
deciles = np.searchsorted(np.unique(np.quantile(numbers, np.arange(1, 10) / 10)), numbers)
label = (numbers + random.normal(size=600) > 0).astype(int)
rare = (random.random(600) < 0.05).astype(int)
cases = [
    case("same", deciles, deciles),
    case("goes with it", deciles, label),
    case("apart", deciles, random.integers(0, 2, 600)),
    case("rare label", deciles, rare),
    case("missing", [-1 if i % 7 == 0 else int(v) for i, v in enumerate(deciles)],
         [-1 if i % 5 == 1 else int(v) for i, v in enumerate(label)]),
    case("independent", [0, 0, 1, 1] * 6, [0, 1, 0, 1] * 6),
    case("three classes", random.integers(0, 3, 400), random.integers(0, 4, 400)),
    case("names", list(range(200)), [i % 2 for i in range(200)]),
    case("one to one", [i * i % 7 for i in range(300)], [i * i % 7 for i in range(300)]),
]
chances = [
    {"x": x, "dof": dof, "noncentrality": nc, "value": float(ncx2.cdf(x, dof, nc))}
    for dof in (1, 2, 9, 81, 999) for nc in (0.001, 1, 14, 138, 4000, 60000)
    for x in (0.01, 1, dof * 0.9, dof + nc - 2 * (2 * dof + 4 * nc) ** 0.5, dof + nc, dof + nc + 3 * (2 * dof + 4 * nc) ** 0.5)
    if x > 0
]
with open(os.path.join(HERE, "information.json"), "w") as file:
    json.dump({"cases": cases, "chances": chances, "numbers": [float(v) for v in numbers]}, file, separators=(",", ":"))
    file.write("\n")
