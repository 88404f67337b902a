#!/usr/bin/env python3
"""Computes Pearson's r and Cramér's V with SciPy as the reference values of DataTests.

    python3 -m venv venv && venv/bin/pip install scipy numpy
    venv/bin/python make_association_reference.py        writes association.json beside this file

Missing numbers are null, missing categories -1; their rows are left out. What is undefined is null.
"""
import json
import os
import warnings

import numpy as np
from scipy.stats import pearsonr
from scipy.stats.contingency import association, crosstab

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(20)


def number_case(name, x, y):
    pairs = [(a, b) for a, b in zip(x, y) if a is not None and b is not None]
    a, b = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    r = float(pearsonr(a, b).statistic) if len(pairs) > 2 and a.std() > 0 and b.std() > 0 else None
    return {"name": name, "x": list(x), "y": list(y), "r": r}


def category_case(name, x, y):
    pairs = [(a, b) for a, b in zip(x, y) if a >= 0 and b >= 0]
    v = None
    if pairs and len({a for a, _ in pairs}) > 1 and len({b for _, b in pairs}) > 1:
        table = crosstab([a for a, _ in pairs], [b for _, b in pairs]).count
        v = float(association(table, method="cramer"))
    return {"name": name, "x": [int(a) for a in x], "y": [int(b) for b in y], "v": v}


def rounded(values):
    return [round(float(value), 4) for value in values]


x = rounded(random.normal(size=40))
y = rounded(np.array(x) * 2 + random.normal(size=40) / 3)
three = random.integers(0, 3, 60)
numbers = [
    number_case("close", x, y),
    number_case("apart", x, rounded(random.normal(size=40))),
    number_case("against", x, [-2 * value for value in x]),
    number_case("missing", [None if i % 7 == 0 else v for i, v in enumerate(x)],
                [None if i % 5 == 1 else v for i, v in enumerate(y)]),
    number_case("shifted", [1e9 + value for value in x], y),
    number_case("constant", [2.0] * 5, x[:5]),
    number_case("two rows", x[:2], y[:2]),
]
categories = [
    category_case("same", three, three),
    category_case("renamed", three, [(value + 1) % 3 for value in three]),
    category_case("mostly", three, [v if i % 4 else (v + 1) % 3 for i, v in enumerate(three)]),
    category_case("apart", three, random.integers(0, 5, 60)),
    category_case("independent", [0, 0, 1, 1] * 6, [0, 1, 0, 1] * 6),
    category_case("coarser", random.permutation(60) % 6, [0] * 30 + [1] * 30),
    category_case("missing", [-1 if i % 6 == 0 else v for i, v in enumerate(three)],
                  [-1 if i % 9 == 4 else v // 2 for i, v in enumerate(three)]),
    category_case("constant", [4] * 6, three[:6]),
]
with open(os.path.join(HERE, "association.json"), "w") as file:
    json.dump({"numbers": numbers, "categories": categories}, file)
