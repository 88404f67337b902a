#!/usr/bin/env python3
"""Computes signed fairness metrics with AIF360, and what it lacks by fairlearn's rates, as the reference values of DataTests.

    python3 -m venv venv && venv/bin/pip install aif360==0.6.1 fairlearn==0.15.0 scikit-learn==1.9.1 numpy==2.4.6 pandas==3.1.1
    venv/bin/python make_fairness_reference.py        writes fairness.json beside this file

What is undefined is None here by Martlet's rule (never 0, 1 or NaN), whatever the library returns.
"""
import json, math, os, warnings
import numpy as np
import pandas as pd
import sklearn.metrics as skm
from aif360.sklearn import metrics as aif
from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))


def spread(values):
    return float(max(values) - min(values)) if all(v is not None for v in values) else None


def case(name, labels, predictions, groups, privileged):
    y, p, g = np.array(labels), np.array(predictions), np.array(groups)
    index = pd.Index(g, name="g")
    truth, guess = pd.Series(y, index=index), pd.Series(p, index=index)
    kw = dict(prot_attr="g", priv_group=privileged, pos_label=1)
    own = g == privileged

    def known(compute, *counts):
        value = float(compute()) if all(counts) else math.nan
        return value if math.isfinite(value) else None

    sides = [own.sum(), (~own).sum()]
    labels = [((y == label) & side).sum() for label in (0, 1) for side in (own, ~own)]
    positives = [((y == 1) & side).sum() for side in (own, ~own)]
    frame = MetricFrame(
        metrics=dict(fp=lambda y, p: ((y == 0) & (p == 1)).sum(), fn=lambda y, p: ((y == 1) & (p == 0)).sum(),
                     selected=lambda y, p: p.sum(), precision=skm.precision_score),
        y_true=y, y_pred=p, sensitive_features=g).by_group
    whole = dict(
        predictive_parity_difference=spread([r.precision if r.selected else None for r in frame.itertuples()]),
        treatment_equality_difference=spread([r.fn / r.fp if r.fp else None for r in frame.itertuples()]),
        # AIF360 has the index of benefits as an entropy of order 1.
        theil_index=known(lambda: aif.generalized_entropy_error(y, p, alpha=1, pos_label=1), (p - y + 1).sum()),
        privileged=dict(
            value=privileged,
            statistical_parity_difference=known(lambda: aif.statistical_parity_difference(truth, guess, **kw), *sides),
            disparate_impact=known(lambda: aif.disparate_impact_ratio(truth, guess, **kw), *sides, p[own].sum()),
            equal_opportunity_difference=known(lambda: aif.equal_opportunity_difference(truth, guess, **kw), *positives),
            average_odds_difference=known(lambda: aif.average_odds_difference(truth, guess, **kw), *labels)),
        groups={str(r.Index): dict(fn_over_fp=float(r.fn / r.fp) if r.fp else None) for r in frame.itertuples()})
    rows = "\n".join(f"{a},{b},{c}" for a, b, c in zip(y, p, g))
    return dict(name=name, privileged=privileged, table=f"label,prediction,g\n{rows}\n", expected=whole)


def main():
    r = np.random.default_rng(20_261_129)
    n = 400
    g = r.choice(["a", "b", "c"], n, p=[.6, .3, .1])
    y = (r.random(n) < .4).astype(int)
    p = np.where(r.random(n) < np.where(g == "a", .15, .3), 1 - y, y)
    alike = np.tile([0, 0, 1, 1], 10)
    found = [
        case("three groups", y, p, g, "a"), case("the smallest is privileged", y, p, g, "c"),
        case("all right", y, y, g, "a"), case("nobody is selected", y, 0 * y, g, "a"),
        case("everybody is selected", y, 0 * y + 1, g, "b"), case("all wrong", y, 1 - y, g, "a"),
        case("alike", alike, np.tile([0, 1, 0, 1], 10), np.repeat(["a", "b"], 20), "a"),
        case("one label in the privileged group", [1] * 5 + [0, 1, 0, 1], [1, 1, 0, 1, 0, 1, 1, 0, 0], list("aaaaabbbb"), "a"),
        case("one group", y, p, ["a"] * n, "a"), case("only false negatives", [1, 1, 1], [0, 0, 0], list("aab"), "a"),
        case("only false positives", [0, 0, 0], [1, 1, 1], list("aab"), "a"),
    ]
    with open(os.path.join(HERE, "fairness.json"), "w") as file:
        json.dump(found, file, indent=0, allow_nan=False)
        file.write("\n")


main()
