#!/usr/bin/env python3
"""Computes the reference values of DataTests with other people's libraries.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 fairlearn==0.15.0 statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6
    venv/bin/python make_reference.py [NAME…]  writes evaluation.json, statistics.json and comparison.json (10 minutes) beside this file

What is undefined is None here by Martlet's rule (never 0, 1 or NaN), whatever the library returns.
"""
import csv, io, json, math, os, sys, warnings
import numpy as np
import sklearn.metrics as skm
import statsmodels.api as sm
from scipy import stats
from fairlearn import metrics as flm
from sklearn.calibration import calibration_curve
from statsmodels.stats import proportion, contingency_tables, multitest, weightstats

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "..", "Fixtures")


def number(x):
    if x is None:
        return None
    x = float(x)
    return x if math.isfinite(x) else None


def numbers(d):
    return {k: (number(v) if not isinstance(v, (dict, list)) else v) for k, v in d.items()}


def ece(truth, score, right=True):
    edges = np.array([k / 10 for k in range(1, 10)])
    bins = np.searchsorted(edges, score, side="left" if right else "right")
    return sum(abs(truth[bins == k].mean() - score[bins == k].mean()) * (bins == k).mean() for k in range(10) if (bins == k).any())


def binary(y, p, s):
    y, p = np.asarray(y, int), np.asarray(p, int)
    tn, fp, fn, tp = skm.confusion_matrix(y, p, labels=[0, 1]).ravel()
    P, N = tp + fn, tn + fp
    both = P > 0 and N > 0
    out = dict(
        n=len(y), positives=P, tp=tp, fp=fp, fn=fn, tn=tn, accuracy=skm.accuracy_score(y, p),
        balanced_accuracy=skm.balanced_accuracy_score(y, p) if both else None,
        precision=skm.precision_score(y, p) if tp + fp else None, recall=skm.recall_score(y, p) if P else None,
        specificity=tn / N if N else None, fpr=fp / N if N else None, fnr=fn / P if P else None,
        selection_rate=np.mean(p == 1), f1_binary=skm.f1_score(y, p) if tp + fp + fn else None,
        f2_binary=skm.fbeta_score(y, p, beta=2) if tp + fp + fn else None,
        f1_macro=skm.f1_score(y, p, average="macro", labels=[0, 1], zero_division=0),
        f1_weighted=skm.f1_score(y, p, average="weighted", zero_division=0), mcc=skm.matthews_corrcoef(y, p),
        cohen_kappa=skm.cohen_kappa_score(y, p))
    names = ["auc", "pr_auc_average_precision", "pr_auc_trapezoid", "log_loss", "brier", "brier_reliability", "brier_resolution",
             "brier_uncertainty", "ece10_right_closed", "ece10_left_closed", "ece10_confidence", "ece10_equal_mass", "distinct_scores"]
    s = np.asarray(s, float) if s is not None else None
    if s is None or not np.isfinite(s).all():
        return numbers(out | dict.fromkeys(names))
    precision, recall, _ = skm.precision_recall_curve(y, s) if P else ([], [], [])
    out.update(
        auc=skm.roc_auc_score(y, s) if both else None,
        pr_auc_average_precision=skm.average_precision_score(y, s) if P else None,
        pr_auc_trapezoid=skm.auc(recall, precision) if P else None, log_loss=skm.log_loss(y, s, labels=[0, 1]),
        brier=skm.brier_score_loss(y, s, labels=[0, 1]), **murphy(y, s), ece10_right_closed=ece(y, s), ece10_left_closed=ece(y, s, False),
        ece10_confidence=ece((y == p).astype(int), np.where(p == 1, s, 1 - s)), ece10_equal_mass=equal_mass(y, s),
        distinct_scores=len(np.unique(s)))
    return numbers(out)


def murphy(y, s):
    """By each distinct score; the parts add up to scikit-learn's Brier score."""
    groups = [(v, y[s == v]) for v in np.unique(s)]
    reliability = sum(len(g) * (v - g.mean()) ** 2 for v, g in groups) / len(y)
    resolution = sum(len(g) * (g.mean() - y.mean()) ** 2 for _, g in groups) / len(y)
    uncertainty = y.mean() * (1 - y.mean())
    assert abs(reliability - resolution + uncertainty - skm.brier_score_loss(y, s, labels=[0, 1])) < 1e-12
    return dict(brier_reliability=reliability, brier_resolution=resolution, brier_uncertainty=uncertainty)


def equal_mass(y, s):
    bins = np.searchsorted(np.quantile(s, [k * .1 for k in range(1, 10)]), s, side="left")
    true, predicted = calibration_curve(y, s, n_bins=10, strategy="quantile", pos_label=1) if len(set(y)) == 2 else ([], [])
    used = [k for k in range(10) if (bins == k).any()]
    for k, t, m in zip(used, true, predicted):  # the same bins as scikit-learn's
        assert abs(y[bins == k].mean() - t) < 1e-9 and abs(s[bins == k].mean() - m) < 1e-9
    return sum(abs(y[bins == k].mean() - s[bins == k].mean()) * (bins == k).mean() for k in used)


def calibration(y, s):
    """The logistic regression of labels on the log-odds of clipped scores; None where no finite line fits best."""
    y, s = np.asarray(y, int), np.asarray(s, float)
    eps = np.finfo(float).eps
    c = np.clip(s, eps, 1 - eps)
    x = np.log(c) - np.log1p(-c)
    hit, miss = x[y == 1], x[y == 0]
    if not np.isfinite(s).all() or len(hit) == 0 or len(miss) == 0 or not (hit.min() < miss.max() and miss.min() < hit.max()):
        return dict(calibration_intercept=None, calibration_slope=None)
    mean, scale = x.mean(), x.std()
    fit = sm.Logit(y, sm.add_constant((x - mean) / scale, has_constant="add")).fit(disp=0, method="newton", tol=1e-13, maxiter=500)
    slope = fit.params[1] / scale
    return dict(calibration_intercept=fit.params[0] - slope * mean, calibration_slope=slope)


def multiclass(y, p, scores, classes):
    y, p = np.asarray(y), np.asarray(p)
    per = {c: numbers(dict(
        precision=np.mean(y[p == c] == c) if (p == c).any() else None,
        recall=np.mean(p[y == c] == c) if (y == c).any() else None,
        f1=skm.f1_score(y == c, p == c) if ((y == c) | (p == c)).any() else None, support=np.sum(y == c))) for c in classes}
    out = dict(
        n=len(y), accuracy=skm.accuracy_score(y, p), balanced_accuracy=skm.balanced_accuracy_score(y, p),
        **{f"{n}_{a}": of(y, p, average=a, labels=classes, zero_division=0)
           for n, of in (("precision", skm.precision_score), ("recall", skm.recall_score)) for a in ("macro", "micro", "weighted")},
        f1_macro=skm.f1_score(y, p, average="macro", labels=classes, zero_division=0),
        f1_micro=skm.f1_score(y, p, average="micro"),
        f1_weighted=skm.f1_score(y, p, average="weighted", zero_division=0), mcc=skm.matthews_corrcoef(y, p),
        cohen_kappa=skm.cohen_kappa_score(y, p), per_class=per,
        confusion_rows_are_labels=skm.confusion_matrix(y, p, labels=classes).tolist())
    names = ["log_loss", "auc_ovr_macro", "auc_ovr_weighted", "auc_ovo_macro", "ece10_confidence", "brier_sum"]
    tops = {f"top_{k}_accuracy": k for k in (2, 3, 5) if k < len(classes)}
    names += tops
    if scores is None or not np.isfinite(scores).all():
        return numbers(out | dict.fromkeys(names))
    whole = set(y) == set(classes)
    index = {c: i for i, c in enumerate(classes)}
    eps = np.finfo(float).eps
    at = np.array([scores[i, index[c]] for i, c in enumerate(y)])
    confidence = np.array([scores[i, index[c]] for i, c in enumerate(p)])
    onehot = np.array([[c == k for k in classes] for c in y], float)

    def area(how, average):
        if not whole:
            return None
        if how == "ovr":
            a = [skm.roc_auc_score(y == c, scores[:, i]) for i, c in enumerate(classes)]
            return np.average(a, weights=None if average == "macro" else [np.sum(y == c) for c in classes])
        pairs = []
        for i, a in enumerate(classes):
            for j, b in enumerate(classes):
                if i != j:
                    m = (y == a) | (y == b)
                    pairs.append(skm.roc_auc_score(y[m] == a, scores[m, i]))
        return np.mean(pairs)

    if whole and np.allclose(scores.sum(1), 1, atol=1e-8):  # the long way above is scikit-learn's
        assert abs(skm.roc_auc_score(y, scores, multi_class="ovo", labels=classes) - area("ovo", "macro")) < 1e-6
        assert abs(skm.roc_auc_score(y, scores, multi_class="ovr", labels=classes) - area("ovr", "macro")) < 1e-6
        assert abs(skm.log_loss(y, scores, labels=classes) + np.mean(np.log(np.clip(at, eps, 1 - eps)))) < 1e-6
    out.update(
        log_loss=-np.mean(np.log(np.clip(at, eps, 1 - eps))), auc_ovr_macro=area("ovr", "macro"),
        auc_ovr_weighted=area("ovr", "weighted"), auc_ovo_macro=area("ovo", "macro"),
        ece10_confidence=ece((y == p).astype(int), confidence), brier_sum=np.mean(((scores - onehot) ** 2).sum(1)),
        **{name: skm.top_k_accuracy_score(y, scores, k=k, labels=classes) for name, k in tops.items()})
    return numbers(out)


def regression(y, p, quantile=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    names = ["rmse", "mse", "mae", "median_abs_error", "p95_abs_error", "max_error", "r2", "explained_variance",
             "bias_mean_prediction_minus_label", "mape", "smape", "pearson_r", "spearman_rho"] + (["pinball_loss"] if quantile is not None else [])
    if not (np.isfinite(y).all() and np.isfinite(p).all()):
        return numbers(dict(n=len(y)) | dict.fromkeys(names))
    varies, both = len(set(y)) > 1, len(set(y)) > 1 and len(set(p)) > 1
    values = [
        skm.root_mean_squared_error(y, p), skm.mean_squared_error(y, p), skm.mean_absolute_error(y, p),
        skm.median_absolute_error(y, p), np.quantile(np.abs(y - p), .95), skm.max_error(y, p), skm.r2_score(y, p) if varies else None,
        skm.explained_variance_score(y, p) if varies else None, np.mean(p - y),
        skm.mean_absolute_percentage_error(y, p) if (y != 0).all() else None,
        np.mean([0 if a == b == 0 else abs(b - a) / (abs(a) / 2 + abs(b) / 2) for a, b in zip(y, p)]),
        stats.pearsonr(y, p).statistic if both else None, stats.spearmanr(y, p).statistic if both else None]
    if quantile is not None:
        values.append(skm.mean_pinball_loss(y, p, alpha=quantile))
    return numbers(dict(n=len(y)) | dict(zip(names, values)))


def fairness(y, p, g):
    y, p = np.asarray(y, int), np.asarray(p, int)
    y, p, g = np.tile(y, 2), np.tile(p, 2), np.tile(g, 2)  # the same rates; fairlearn cannot read a single row
    kw = dict(y_true=y, y_pred=p, sensitive_features=g)
    return numbers(dict(
        demographic_parity_difference=flm.demographic_parity_difference(**kw),
        demographic_parity_ratio=flm.demographic_parity_ratio(**kw),
        equalized_odds_difference=flm.equalized_odds_difference(**kw),
        equalized_odds_ratio=flm.equalized_odds_ratio(**kw),
        equalized_odds_difference_mean=flm.equalized_odds_difference(**kw, agg="mean"),
        equal_opportunity_difference=flm.equal_opportunity_difference(**kw)))


def floats(rows, name):
    return [float(r[name]) if r[name] != "" else math.nan for r in rows]


def evaluate(text, task, score=None, classes=None, slices=(), sensitive=(), quantile=None):
    rows = list(csv.DictReader(io.StringIO(text)))

    def of(rows):
        if task == "regression":
            return regression(floats(rows, "label"), floats(rows, "prediction"), quantile)
        if task == "binary-classification":
            return binary([int(r["label"]) for r in rows], [int(r["prediction"]) for r in rows],
                          floats(rows, score) if score else None)
        scores = np.array([[float(r["score_" + c]) for c in classes] for r in rows]) if "score_" + classes[0] in rows[0] else None
        return multiclass([r["label"] for r in rows], [r["prediction"] for r in rows], scores, classes)

    def by(column):
        names = sorted({r[column] or "(null)" for r in rows})
        return {v: of([r for r in rows if (r[column] or "(null)") == v]) for v in names}

    fair = {c: fairness([r["label"] for r in rows], [r["prediction"] for r in rows], [r[c] or "(null)" for r in rows])
            for c in sensitive}
    whole = of(rows)
    if task == "binary-classification":
        whole |= numbers(calibration([int(r["label"]) for r in rows], floats(rows, score)) if score else
                         dict(calibration_intercept=None, calibration_slope=None))
    return dict(rows=len(rows), metrics=whole, slices={c: by(c) for c in slices}, fairness=fair)


def table(header, *columns):
    return "\n".join([header] + [",".join(str(v) for v in row) for row in zip(*columns)]) + "\n"


def hard_cases():
    r = np.random.default_rng(5)
    n = 300
    y = (r.random(n) < 0.3).astype(int)
    ties = np.round(np.clip(0.3 * y + r.random(n) * 0.7, 0, 1), 1)
    p = (ties >= 0.5).astype(int)
    g = r.choice(["a", "b", "", "ü"], n)
    head = "label,prediction,score,g"
    b = "binary-classification"
    yield "ties and scores on bin edges", table(head, y, p, ties, g), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "no positives", table(head, [0] * 6, [0, 1, 0, 0, 1, 0], [.1, .9, .3, .3, .7, 0], list("aabbab")), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "no negatives", table(head, [1] * 4, [0, 1, 1, 1], [.1, .9, 1, .7], list("aabb")), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "nothing predicted", table(head, [1, 0, 1, 0], [0] * 4, [.1, .2, .3, .4], list("aabb")), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "perfect and certain", table(head, [1, 0, 1, 0], [1, 0, 1, 0], [1, 0, 1, 0], list("aabb")), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "wrong and certain", table(head, [1, 0, 1, 0], [0, 1, 0, 1], [0, 1, 0, 1], list("aabb")), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "constant scores", table(head, y[:50], [1] * 50, [.5] * 50, g[:50]), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "one row", table(head, [1], [1], [.7], ["a"]), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "scores that are not there", table(head, y[:40], p[:40], ["nan" if i == 7 else v for i, v in enumerate(ties[:40])], g[:40]), dict(task=b, score="score", slices=["g"], sensitive=["g"])
    yield "no score column", table(head, y, p, ties, g), dict(task=b, sensitive=["g"])
    tiny = np.array([5e-324, 1e-320, 2.3e-308, 1e-17, 0.5, 1 - 1e-16, 1.0, 0.0])
    yield "denormal scores", table(head, [1, 0, 1, 0, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 0], tiny, list("aabbaabb")), dict(task=b, score="score", slices=["g"])

    c = ["0", "1", "2", "3"]
    y = r.choice(c, n, p=[.5, .3, .15, .05])
    logits = r.normal(size=(n, 4)) + 1.5 * (y[:, None] == np.array(c))
    s = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p = np.array(c)[s.argmax(1)]
    head = "label,prediction," + ",".join("score_" + k for k in c) + ",g"
    m = "multiclass-classification"
    yield "four classes", table(head, y, p, *s.T, g), dict(task=m, classes=c, slices=["g"])
    coarse = np.round(s, 1)
    coarse[:, 0] = np.round(1 - coarse[:, 1:].sum(1), 1)
    coarse = np.clip(coarse, 0, 1)
    yield "four classes with ties", table(head, y, p, *coarse.T, g), dict(task=m, classes=c, slices=["g"])
    yield "a class that nobody has", table(head, np.where(y == "3", "2", y), np.where(p == "3", "1", p), *s.T, g), dict(task=m, classes=c, slices=["g"])
    six, other = [*"abcdef"], np.random.default_rng(6)
    flat = np.round(other.random((n, 6)) / 3, 1)
    yield "six classes, many scores alike", table("label,prediction," + ",".join("score_" + k for k in six) + ",g", other.choice(six, n), np.array(six)[flat.argmax(1)], *flat.T, g), dict(task=m, classes=six, slices=["g"])
    yield "classes without scores", table("label,prediction,g", y, p, g), dict(task=m, classes=c, slices=["g"])
    yield "one class, one row", table(head, ["1"], ["1"], *[[v] for v in (.1, .7, .1, .1)], ["a"]), dict(task=m, classes=c, slices=["g"])

    head = "label,prediction,g"
    y = np.round(r.normal(50, 20, n), 1)
    p = y + r.normal(0, 7, n)
    yield "numbers", table(head, y, p, g), dict(task="regression", slices=["g"])
    for quantile in (0, .1, .5, .9, 1):
        yield f"numbers as the quantile {quantile}", table(head, y[:40], p[:40], g[:40]), dict(task="regression", slices=["g"], quantile=quantile)
    yield "a quantile that is not finite", table(head, [1, 2, 3], [1, "nan", 4.5], list("aba")), dict(task="regression", slices=["g"], quantile=.3)
    yield "ties in numbers", table(head, np.round(y, -1), np.round(p, -1), g), dict(task="regression", slices=["g"])
    yield "constant labels", table(head, [3.5] * 5, [1, 2, 3, 4, 5], list("aabbc")), dict(task="regression", slices=["g"])
    yield "constant predictions", table(head, [1, 2, 3, 4, 5.5], [3.5] * 5, list("aabbc")), dict(task="regression", slices=["g"])
    yield "one number", table(head, [3.5], [4], ["a"]), dict(task="regression", slices=["g"])
    yield "large offset", table(head, y + 1e9, p + 1e9, g), dict(task="regression", slices=["g"])
    yield "huge numbers", table(head, y * 1e150, p * 1e150, g), dict(task="regression", slices=["g"])
    yield "numbers that are not finite", table(head, [1, 2, 3, 4], [1, "inf", "nan", 4.5], list("abca")), dict(task="regression", slices=["g"])


def read(path):
    with open(os.path.join(FIXTURES, path)) as f:
        return list(csv.DictReader(f))


def delong(y, one, two):
    """By the definition, one pair of rows at a time."""
    y, scores = np.asarray(y), [np.asarray(one), np.asarray(two)]
    kernel = [(s[y == 1][:, None] > s[y == 0]) + 0.5 * (s[y == 1][:, None] == s[y == 0]) for s in scores]
    v10, v01 = [k.mean(1) for k in kernel], [k.mean(0) for k in kernel]
    s = np.cov(v10) / len(v10[0]) + np.cov(v01) / len(v01[0])
    difference, se = kernel[1].mean() - kernel[0].mean(), math.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    z = difference / se if se > 1e-15 else None
    odds, width = math.log(kernel[0].mean() / (1 - kernel[0].mean())), stats.norm.ppf(.975) * math.sqrt(s[0, 0])
    width /= kernel[0].mean() * (1 - kernel[0].mean())
    return dict(first=kernel[0].mean(), first_standard_error=math.sqrt(s[0, 0]),
                first_low=1 / (1 + math.exp(width - odds)), first_high=1 / (1 + math.exp(-width - odds)), difference=difference, standard_error=se,
                z=z, p_value=2 * stats.norm.sf(abs(z)) if z is not None else None)


def bootstrap(rows_of, n, names):
    """Metric functions of row numbers, for both models."""
    rng = np.random.default_rng(20260101)
    def both(index):
        one, two = rows_of(index)
        return np.array([(two[k] if two[k] is not None else math.nan) - (one[k] if one[k] is not None else math.nan) for k in names])
    whole = both(np.arange(n))
    drawn = np.array([both(rng.integers(0, n, n)) for _ in range(2000)])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return {k: numbers(dict(difference=whole[i], ci95_low=low[i], ci95_high=high[i], bootstrap_se=drawn[:, i].std(ddof=1)))
            for i, k in enumerate(names)}


def compare(first, second, task, classes=None):
    a, b = read(first), read(second)
    label = [r["label"] for r in a]
    one, two = [r["prediction"] for r in a], [r["prediction"] for r in b]
    out = dict(rows=len(a), prediction_disagreement_rate=np.mean([x != y for x, y in zip(one, two)]), mcnemar=None, auc_delong=None)
    if task != "regression":
        right, other = np.array(one) == label, np.array(two) == label
        t = [[np.sum(right & other), np.sum(right & ~other)], [np.sum(~right & other), np.sum(~right & ~other)]]
        exact = contingency_tables.mcnemar(t, exact=True)
        chi2 = contingency_tables.mcnemar(t, exact=False, correction=True)
        empty = t[0][1] + t[1][0] == 0
        out["mcnemar"] = numbers(dict(
            only_first_correct=t[0][1], only_second_correct=t[1][0], p_exact_binomial=exact.pvalue,
            chi2_continuity=None if empty else chi2.statistic, p_chi2_continuity=1 if empty else chi2.pvalue))
    if task == "binary-classification":
        y, p, q = np.array(label, int), np.array(one, int), np.array(two, int)
        s, t = np.array(floats(a, "score")), np.array(floats(b, "score"))
        out["auc_delong"] = {k: v for k, v in numbers(delong(y, s, t)).items() if not k.startswith("first")}
        out["max_abs_score_difference"] = np.abs(t - s).max()
        names = ["accuracy", "balanced_accuracy", "precision", "recall", "f1_binary", "f1_macro", "mcc", "auc",
                 "pr_auc_average_precision", "log_loss", "brier"]
        out["paired_bootstrap"] = bootstrap(lambda i: (binary(y[i], p[i], s[i]), binary(y[i], q[i], t[i])), len(y), names)
    elif task == "regression":
        y, p, q = floats(a, "label"), floats(a, "prediction"), floats(b, "prediction")
        y, p, q = np.array(y), np.array(p), np.array(q)
        out["max_abs_score_difference"] = np.abs(p - q).max()
        names = ["rmse", "mse", "mae", "r2", "bias_mean_prediction_minus_label"]
        out["paired_bootstrap"] = bootstrap(lambda i: (regression(y[i], p[i]), regression(y[i], q[i])), len(y), names)
    else:
        s, t = (np.array([[float(r["score_" + c]) for c in classes] for r in rows]) for rows in (a, b))
        y, p, q = np.array(label), np.array(one), np.array(two)
        out["max_abs_score_difference"] = np.abs(s - t).max()
        names = ["accuracy", "f1_macro", "f1_weighted", "mcc", "log_loss", "brier_sum"]
        out["paired_bootstrap"] = bootstrap(
            lambda i: (multiclass(y[i], p[i], s[i], classes), multiclass(y[i], q[i], t[i], classes)), len(y), names)
    return numbers(out)


def equivalence(x, margin):
    """Mean, standard error, count, margin, then p by the normal distribution and by Student's, and the latter's bounds."""
    low, high = weightstats.DescrStatsW(x).tconfint_mean(alpha=.1)
    return [x.mean(), stats.sem(x), len(x), margin, weightstats.ztost(x, -margin, margin)[0],
            weightstats.DescrStatsW(x).ttost_mean(-margin, margin)[0], low, high]


def one_among(values, margin):
    """The first of `values` against the others: pooled, so by the others' variance."""
    value, others = values[0], values[1:]
    p = [stats.ttest_ind([value + shift], others, equal_var=True, alternative=side).pvalue for shift, side in ((margin, "greater"), (-margin, "less"))]
    return [values, margin, max(p), value - np.mean(others)]


def statistics():
    """Intervals, quantiles, corrections and random numbers: [arguments, value]."""
    pairs = [(0, 1), (1, 1), (0, 10), (10, 10), (3, 7), (50, 100), (3708, 5000), (1, 100000), (999999, 1000000)]
    p = [.001, .008, .039, .041, .042, .06, .074, .205, .212, .216]
    shuffled = [.04, .01, .5, .01, 1.0, 1e-12, .03]
    rng = np.random.default_rng(7)
    y = (rng.random(60) < .4).astype(int)
    one = np.round(.4 * y + rng.random(60) * .6, 1)
    two = np.round(.2 * y + rng.random(60) * .8, 2)
    deviates = [float(v) for v in np.round(rng.normal(5, 2, 12), 3)]
    draws = {}
    for seed, n in [(20260101, 10), (20260101, 4000), (0, 3), (2**40 + 5, 1000003), (1, 2**31 + 11)]:
        g = np.random.default_rng(seed)
        draws[f"{seed} {n}"] = g.integers(0, n, 7).tolist() + g.integers(0, n, 6).tolist()
    newcombe = [((7, 12), (3, 10)), ((0, 20), (20, 20)), ((56, 70), (48, 80))]
    return dict(
        wilson=[[k, n, c, *proportion.proportion_confint(k, n, 1 - c, "wilson")] for k, n in pairs for c in (.9, .95, .99)],
        clopper_pearson=[[k, n, .95, *(number(v) for v in proportion.proportion_confint(k, n, .05, "beta"))] for k, n in pairs],
        newcombe=[[*a, *b, *proportion.confint_proportions_2indep(*b, *a, method="newcomb", compare="diff")] for a, b in newcombe],
        student_quantile=[[q, d, stats.t.ppf(q, d)] for q in (.6, .9, .975, .9995, .025) for d in (1, 2, 7, 99, 1e6)],
        beta_quantile=[[q, a, b, stats.beta.ppf(q, a, b)] for q in (.025, .5, .975) for a, b in ((.5, .5), (1, 9), (40, 3), (3000, 1000))],
        mean=[deviates, *stats.t.interval(.95, 11, np.mean(deviates), stats.sem(deviates))],
        holm=[[v, multitest.multipletests(v, method="holm")[1].tolist()] for v in (p, shuffled)],
        benjamini_hochberg=[[v, multitest.multipletests(v, method="fdr_bh")[1].tolist()] for v in (p, shuffled)],
        benjamini_yekutieli=[[v, multitest.multipletests(v, method="fdr_by")[1].tolist()] for v in (p, shuffled)],
        mcnemar=[[b, c, contingency_tables.mcnemar([[0, b], [c, 0]], exact=True).pvalue,
                  number(contingency_tables.mcnemar([[0, b], [c, 0]], exact=False).statistic),
                  number(contingency_tables.mcnemar([[0, b], [c, 0]], exact=False).pvalue),
                  min(1, 2 * stats.binom.cdf(min(b, c), b + c, .5) - stats.binom.pmf(min(b, c), b + c, .5))]
                 for b, c in ((1, 0), (5, 5), (3, 9), (0, 30), (591, 336), (40000, 41000))],
        delong=dict(labels=y.tolist(), first=one.tolist(), second=two.tolist(), expected=delong(y, one, two)),
        equivalence=[equivalence(np.round(rng.normal(m, s, n), 6), margin) for m, s, n, margin in
                     ((0, 1, 12, .5), (.1, 1, 400, .2), (-.3, .5, 60, .2), (0, 1e-3, 5, 1), (.2, 2, 30, .01))],
        one_among=[one_among(v, margin) for v, margin in (([.91, .9, .92], .05), ([.5, .8, .79, .81, .8], .1), ([3, 3.1, 2.9, 3.05], 1))],
        histogram=[[v, edges.tolist(), counts.tolist()] for v, n in
                   ((deviates, 10), ([1, 2, 2, 5], 10), ([.1, .2, .3, .3, .7], 6), ([-3, -1, 0, 1, 1e6], 4))
                   for counts, edges in [np.histogram(v, n)]],
        integers=draws)


def comparisons():
    return [
        dict(first=a, second=b, how=how, expected=compare(a, b, **how)) for a, b, how in [
            ("tumor/versions/v1/predictions.csv", "tumor/versions/v2/predictions.csv", dict(task="binary-classification")),
            ("tumor/versions/v1/predictions.csv", "tumor/versions/v4/predictions.csv", dict(task="binary-classification")),
            ("tumor/versions/v1/predictions.csv", "tumor/versions/v1/predictions.csv", dict(task="binary-classification")),
            ("penguins/versions/v1/predictions.csv", "penguins/versions/v2/predictions.csv", dict(task="multiclass-classification", classes=["Adelie", "Chinstrap", "Gentoo"])),
            ("penguins/versions/v2/predictions.csv", "penguins/versions/v4/predictions.csv", dict(task="multiclass-classification", classes=["Adelie", "Chinstrap", "Gentoo"])),
            ("flights-delay/versions/v1/predictions.csv", "flights-delay/versions/v2/predictions.csv", dict(task="regression"))]]


def evaluations():
    cases = []
    for name, text, how in hard_cases():
        cases.append(dict(name=name, text=text, how=how, expected=evaluate(text, **how)))
    files = [("tumor", v, dict(task="binary-classification", score="score", slices=["size_band"], sensitive=["size_band"])) for v in ("v1", "v2", "v3", "v4")]
    files += [("penguins", v, dict(task="multiclass-classification", classes=["Adelie", "Chinstrap", "Gentoo"], slices=["island", "sex", "year"])) for v in ("v1", "v2", "v3", "v4")]
    files += [("flights-delay", v, dict(task="regression", slices=["origin", "carrier", "month"])) for v in ("v1", "v2")]
    for family, version, how in files:
        path = f"{family}/versions/{version}/predictions.csv"
        with open(os.path.join(FIXTURES, path)) as f:
            cases.append(dict(name=path, file=path, how=how, expected=evaluate(f.read(), **how)))
    return cases


def main():
    makers = dict(evaluation=evaluations, statistics=statistics, comparison=comparisons)
    for name in sys.argv[1:] or makers:
        write(name + ".json", makers[name]())


def write(name, value):
    with open(os.path.join(HERE, name), "w") as f:
        json.dump(value, f, indent=None, separators=(",", ":"), ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    main()
