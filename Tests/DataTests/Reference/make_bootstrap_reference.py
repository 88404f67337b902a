#!/usr/bin/env python3
"""Computes intervals of paired bootstraps with SciPy, on the resamples of NumPy's generator: see make_reference.py for the packages.

    venv/bin/python make_bootstrap_reference.py  writes bootstrap.json (10 minutes) beside this file

Clusters are drawn in the order of their first rows, each with all of its rows. bca counts ties, so that a rate must be divided once: 1 - recall
has other ties than the rate itself.
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
        f1_macro=skm.f1_score(y, p, average="macro"), f1_weighted=skm.f1_score(y, p, average="weighted"),
        f2_binary=skm.fbeta_score(y, p, beta=2), mcc=skm.matthews_corrcoef(y, p), cohen_kappa=skm.cohen_kappa_score(y, p),
        specificity=skm.recall_score(y, p, pos_label=0), fpr=np.mean(p[y == 0]),
        fnr=np.mean(1 - p[y == 1]), selection_rate=np.mean(p),
        auc=skm.roc_auc_score(y, s), pr_auc_average_precision=skm.average_precision_score(y, s),
        log_loss=skm.log_loss(y, s), brier=skm.brier_score_loss(y, s))


def regression(y, p, _):
    return dict(rmse=skm.root_mean_squared_error(y, p), mae=skm.mean_absolute_error(y, p), r2=skm.r2_score(y, p),
                bias_mean_prediction_minus_label=np.mean(p - y), mse=skm.mean_squared_error(y, p),
                explained_variance=skm.explained_variance_score(y, p), pearson_r=stats.pearsonr(y, p).statistic,
                smape=np.mean(2 * abs(p - y) / (abs(y) + abs(p))), mape=skm.mean_absolute_percentage_error(y, p),
                median_abs_error=skm.median_absolute_error(y, p), p95_abs_error=np.quantile(abs(p - y), .95))


def multiclass(y, p, s):
    classes = np.arange(s.shape[1])
    macro, weighted = (skm.precision_recall_fscore_support(y, p, labels=classes, average=a, zero_division=0) for a in ("macro", "weighted"))
    return dict(accuracy=skm.accuracy_score(y, p), mcc=skm.matthews_corrcoef(y, p), cohen_kappa=skm.cohen_kappa_score(y, p),
                precision_macro=macro[0], recall_macro=macro[1], f1_macro=macro[2], precision_weighted=weighted[0],
                recall_weighted=weighted[1], f1_weighted=weighted[2], log_loss=skm.log_loss(y, s, labels=classes),
                top_2_accuracy=skm.top_k_accuracy_score(y, s, k=2, labels=classes))


def compare(first, second, metrics, cluster, ends):
    one, two = (sorted(csv.DictReader(io.StringIO(t)), key=lambda r: int(r["id"])) for t in (first, second))
    y, p, q = (np.array([float(r[c]) for r in rows]) for rows, c in ((one, "label"), (one, "prediction"), (two, "prediction")))
    s, t = (np.array([[float(r[c]) for c in r if c.startswith("score")] for r in rows]).squeeze() for rows in (one, two))
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
    kind = rng.integers(0, 3, n)

    def classified(pull):
        s = rng.dirichlet(np.ones(3), n) + pull * np.eye(3)[kind]
        s = np.round(s / s.sum(axis=1, keepdims=True), 3)
        s[:, 2] = np.round(1 - s[:, 0] - s[:, 1], 3)
        columns = np.arange(n), [f"u{u}" for u in user], kind, s.argmax(axis=1), *s.T
        return table("id,user,label,prediction,score_0,score_1,score_2", *columns)

    classes = classified(.3), classified(.5)
    for cluster in (None, "user"):
        for ends in ("percentile", "bca"):
            yield "binary-classification", first, second, binary, cluster, ends
            yield "regression", *numbers, regression, cluster, ends
            yield "multiclass-classification", *classes, multiclass, cluster, ends


if __name__ == "__main__":
    write("bootstrap.json", [
        dict(task=task, first=a, second=b, cluster=cluster, interval=ends, expected=compare(a, b, metrics, cluster, ends))
        for task, a, b, metrics, cluster, ends in cases()])
