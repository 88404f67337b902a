#!/usr/bin/env python3
"""Computes intervals of paired bootstraps with SciPy, on the resamples of NumPy's generator: see make_reference.py for the packages.

    venv/bin/python make_bootstrap_reference.py  writes bootstrap.json (10 minutes) beside this file

Clusters are drawn in the order of their first rows, each with all of its rows.
"""
import csv, io
from types import SimpleNamespace
import numpy as np
import sklearn.metrics as skm
from scipy import stats
from make_reference import number, table, write


def binary(y, p, s):
    return dict(
        accuracy=skm.accuracy_score(y, p), balanced_accuracy=skm.balanced_accuracy_score(y, p),
        precision=skm.precision_score(y, p), recall=skm.recall_score(y, p), f1_binary=skm.f1_score(y, p),
        auc=skm.roc_auc_score(y, s), pr_auc_average_precision=skm.average_precision_score(y, s),
        log_loss=skm.log_loss(y, s), brier=skm.brier_score_loss(y, s))


def regression(y, p, _):
    return dict(rmse=skm.root_mean_squared_error(y, p), mae=skm.mean_absolute_error(y, p), r2=skm.r2_score(y, p),
                bias_mean_prediction_minus_label=np.mean(p - y))


def compare(first, second, metrics, cluster, ends):
    one, two = (sorted(csv.DictReader(io.StringIO(t)), key=lambda r: int(r["id"])) for t in (first, second))
    y, (p, q), (s, t) = [float(r["label"]) for r in one], *[[[float(r[c]) for r in rows] for rows in (one, two)] for c in ("prediction", "score")]
    y, p, q, s, t = map(np.array, (y, p, q, s, t))
    keys = [r[cluster] if cluster else r["id"] for r in one]
    members = [np.flatnonzero([k == key for k in keys]) for key in dict.fromkeys(keys)]
    known = {}

    def differences(units):
        found = known.get(units.tobytes())
        if found is None:
            rows = np.concatenate([members[u] for u in units])
            a, b = metrics(y[rows], p[rows], s[rows]), metrics(y[rows], q[rows], t[rows])
            found = known[units.tobytes()] = {k: b[k] - a[k] for k in a}
        return found

    rng, everything = np.random.default_rng(20260101), np.arange(len(members))
    drawn = [differences(rng.integers(0, len(members), len(members))) for _ in range(2000)]
    out = {}
    for name, difference in differences(everything).items():
        values = np.array([d[name] for d in drawn])
        result = stats.bootstrap((everything,), lambda units: differences(units)[name], vectorized=False, n_resamples=0,
                                 method={"bca": "BCa"}.get(ends, ends), bootstrap_result=SimpleNamespace(bootstrap_distribution=values))
        low, high = result.confidence_interval
        out[name] = dict(difference=difference, ci95_low=number(low), ci95_high=number(high), bootstrap_se=result.standard_error)
    return dict(rows=len(one), interval=ends, paired_bootstrap=out)


def cases():
    rng = np.random.default_rng(3)
    n = 160
    user = np.sort(rng.choice(45, n, p=rng.dirichlet(np.ones(45))))
    mood = rng.normal(0, .15, 45)[user]
    order = rng.permutation(n)
    y = (rng.random(n) < .4).astype(int)
    head = "id,user,label,prediction,score"

    def text(columns, order=np.arange(n)):
        return table(head, *[np.asarray(c)[order] for c in (np.arange(n), [f"u{u}" for u in user], *columns)])

    def labelled(pull, noise):
        s = np.round(np.clip(.3 + pull * y + mood + noise * rng.normal(size=n), .01, .99), 3)
        return text((y, (s >= .5).astype(int), s), order if noise > .2 else np.arange(n))

    first, second = labelled(.25, .15), labelled(.4, .25)
    x = np.round(rng.gamma(2, 10, n), 1)
    numbers = [text((x, np.round(x + 20 * mood + k * rng.standard_t(3, n), 2), np.zeros(n))) for k in (6, 4)]
    for cluster in (None, "user"):
        for ends in ("percentile", "bca"):
            yield "binary-classification", first, second, binary, cluster, ends
            yield "regression", *numbers, regression, cluster, ends


if __name__ == "__main__":
    write("bootstrap.json", [
        dict(task=task, first=a, second=b, cluster=cluster, interval=ends, expected=compare(a, b, metrics, cluster, ends))
        for task, a, b, metrics, cluster, ends in cases()])
