#!/usr/bin/env python3
"""Compares two models of which one predicts a class that the other never heard of, with scikit-learn and NumPy's resamples.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    venv/bin/python make_class_comparison.py  writes class_comparison.json beside this file

Each model's means over classes are over those of its own table: what `f1_score(..., labels=classes)` gives, and without `labels` on all rows.
"""
import json, os, warnings
import numpy as np
import sklearn.metrics as skm

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ["accuracy", "f1_macro", "f1_weighted", "precision_macro", "recall_macro"]


def metrics(y, p, classes):
    both = dict(labels=classes, zero_division=0)
    return np.array([
        skm.accuracy_score(y, p), skm.f1_score(y, p, average="macro", **both), skm.f1_score(y, p, average="weighted", **both),
        skm.precision_score(y, p, average="macro", **both), skm.recall_score(y, p, average="macro", **both)])


def case(y, p, q):
    y, p, q = map(np.array, (y, p, q))
    one, two = (sorted(set(y) | set(x)) for x in (p, q))
    assert metrics(y, q, two)[1] == skm.f1_score(y, q, average="macro")
    rng = np.random.default_rng(20260101)
    draws = [rng.integers(0, len(y), len(y)) for _ in range(2000)]
    drawn = np.array([metrics(y[i], q[i], two) - metrics(y[i], p[i], one) for i in draws])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    first, second = metrics(y, p, one), metrics(y, q, two)
    return dict(
        label=y.tolist(), one=p.tolist(), two=q.tolist(),
        expected={k: dict(first=first[i], second=second[i], low=low[i], high=high[i], se=drawn[:, i].std(ddof=1))
                  for i, k in enumerate(NAMES)})


rng = np.random.default_rng(11)
label = rng.choice(["a", "b"], 80)
first = np.where(rng.random(80) < .8, label, rng.choice(["a", "b"], 80))
second = np.where(rng.random(80) < .7, label, rng.choice(["a", "b", "c", "d"], 80))
cases = [case(["a", "b", "a", "b"], ["a", "b", "b", "b"], ["a", "b", "c", "b"]), case(label, first, second), case(label, second, first)]
with open(os.path.join(HERE, "class_comparison.json"), "w") as file:
    json.dump(cases, file, indent=1)
    file.write("\n")
