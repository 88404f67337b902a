"""Writes intervals.json: percentile intervals of metrics that have no formula, and Tango's bounds of paired proportions.

Needs NumPy, SciPy and scikit-learn. Resamples are NumPy's default_rng(20260101).integers(0, n, n), 2000 of them, as in
bootstrap.json. Tango's bounds come from the likelihood, which SciPy maximises at each difference."""
import json
import math
import pathlib

import numpy as np
from scipy import optimize, stats
from sklearn import metrics

here = pathlib.Path(__file__).parent
fixtures = here.parents[1] / "Fixtures"


def read(path):
    return np.genfromtxt(fixtures / path, delimiter=",", names=True, dtype=None, encoding="utf-8")


def ece(sure, right, closed_right=True):
    edges = np.array([k / 10 for k in range(1, 10)])
    bins = np.searchsorted(edges, sure, side="left" if closed_right else "right")
    return sum(abs(right[bins == b].sum() - sure[bins == b].sum()) for b in range(10)) / len(sure)


def equal_mass(score, label):
    edges = np.quantile(score, np.arange(1, 10) * 0.1)
    bins = np.searchsorted(edges, score, side="left")
    return sum(abs(label[bins == b].sum() - score[bins == b].sum()) for b in range(10)) / len(score)


def split(score, label):
    rate, misses, spread = label.mean(), 0.0, 0.0
    for value in np.unique(score):
        held = label[score == value]
        misses += len(held) * (value - held.mean()) ** 2
        spread += len(held) * (held.mean() - rate) ** 2
    return misses / len(label), spread / len(label), rate * (1 - rate)


def trapezoid(score, label):
    precision, recall, _ = metrics.precision_recall_curve(label, score)
    return -np.trapezoid(precision, recall)


def intervals(n, functions):
    rng, found = np.random.default_rng(20260101), {name: [] for name in functions}
    for _ in range(2000):
        rows = rng.integers(0, n, n)
        for name, function in functions.items():
            found[name].append(function(rows))
    everything = np.arange(n)
    result = {}
    for name, values in found.items():
        values = [value for value in values if value is not None and math.isfinite(value)]
        assert len(values) >= 1800, (name, len(values))
        value = float(functions[name](everything))
        low, high = np.percentile(values, [2.5, 97.5])
        result[name] = {"value": value, "low": min(value, float(low)), "high": max(value, float(high))}
    return result


def binary():
    rows = read("tumor/versions/v1/predictions.csv")
    label, score, answer = rows["label"].astype(int), rows["score"], rows["prediction"].astype(int)
    sure, right = np.where(answer == 1, score, 1 - score), (answer == label).astype(float)
    return intervals(len(label), {
        "pr_auc_trapezoid": lambda r: trapezoid(score[r], label[r]),
        "brier_reliability": lambda r: split(score[r], label[r])[0],
        "brier_resolution": lambda r: split(score[r], label[r])[1],
        "brier_uncertainty": lambda r: split(score[r], label[r])[2],
        "ece10_right_closed": lambda r: ece(score[r], label[r]),
        "ece10_left_closed": lambda r: ece(score[r], label[r], closed_right=False),
        "ece10_confidence": lambda r: ece(sure[r], right[r]),
        "ece10_equal_mass": lambda r: equal_mass(score[r], label[r]),
    })


def multiclass():
    rows = read("penguins/versions/v1/predictions.csv")
    classes = sorted(set(rows["label"]))
    scores = np.array([rows["score_" + name] for name in classes]).T
    label, answer = rows["label"], rows["prediction"]
    sure = np.array([scores[i, classes.index(name)] for i, name in enumerate(answer)])

    def area(r, **options):
        return metrics.roc_auc_score(label[r], scores[r], labels=classes, **options) if len(set(label[r])) == len(classes) else None

    return intervals(len(label), {
        "auc_ovr_macro": lambda r: area(r, multi_class="ovr", average="macro"),
        "auc_ovr_weighted": lambda r: area(r, multi_class="ovr", average="weighted"),
        "auc_ovo_macro": lambda r: area(r, multi_class="ovo", average="macro"),
        "ece10_confidence": lambda r: ece(sure[r], (answer == label)[r].astype(float)),
    })


def regression():
    rows = read("flights-delay/versions/v1/predictions.csv")
    return intervals(len(rows), {"spearman_rho": lambda r: stats.spearmanr(rows["label"][r], rows["prediction"][r]).statistic})


def tango(first, second, n, alpha):
    """The lower one-sided bound of (second - first) / n."""
    def score(d):
        def loss(q):
            rest = 1 - 2 * q - d
            return -(first * math.log(q) if first else 0) - (second * math.log(q + d) if second else 0) - ((n - first - second) * math.log(rest) if n > first + second else 0)
        low, high = max(0, -d), (1 - d) / 2
        if first == 0:
            q = low if second == 0 else optimize.minimize_scalar(loss, bounds=(low + 1e-15, high - 1e-15), method="bounded", options={"xatol": 1e-14}).x
        else:
            q = optimize.minimize_scalar(loss, bounds=(low + 1e-15, high - 1e-15), method="bounded", options={"xatol": 1e-14}).x
        variance = n * (2 * q + d - d * d)
        return (second - first - n * d) / math.sqrt(variance)
    z = stats.norm.isf(alpha)
    return optimize.brentq(lambda d: score(d) - z, -0.999, (second - first) / n - 1e-9)


pairs = []
for first, second, n, alpha in [(3, 7, 50, .05), (0, 6, 60, .05), (10, 4, 200, .05), (2, 9, 100, .01), (591, 336, 5000, .05), (4, 2, 300, .1)]:
    pairs.append({"first": first, "second": second, "rows": n, "alpha": alpha, "lower": tango(first, second, n, alpha),
                  "exact": float(stats.binomtest(second, first + second, 0.5, alternative="greater").pvalue)})
json.dump({"binary": binary(), "multiclass": multiclass(), "regression": regression(), "pairs": pairs},
          open(here / "intervals.json", "w"), indent=1)
