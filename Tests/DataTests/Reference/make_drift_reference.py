#!/usr/bin/env python3
"""Computes the reference values of profiles, distances and p-values with NumPy and SciPy.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 numpy==2.4.6
    venv/bin/python make_drift_reference.py          writes drift.json beside this file

What is undefined is None here by Martlet's rule (never 0, 1 or NaN), whatever the library returns.
"""
import json, math, os, warnings
import numpy as np
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20260101)
PERCENTILES = {"p01": .01, "p05": .05, "p25": .25, "p50": .5, "p75": .75, "p95": .95, "p99": .99}


def number(x):
    if x is None:
        return None
    x = float(x)
    return x if math.isfinite(x) else None


def spread(x, ddof):
    """None where the numbers differ and the squares of their differences are too small for a double."""
    squares = ((x - x.mean()) ** 2).sum()
    return None if x.min() < x.max() and squares < 2.0 ** -960 else number(x.std(ddof=ddof))


def values(cells):
    return [c for c in cells if c is not None]


def profile(cells):
    v = values(cells)
    out = {"rows": len(cells), "nulls": len(cells) - len(v), "distinct_non_null": len(set(v)), "exact": True}
    if v and isinstance(v[0], str):
        counts = {}
        for c in v:
            counts[c] = counts.get(c, 0) + 1
        return out | {"counts": counts}
    x = np.array(v, float)
    some, two = len(x) > 0, len(x) > 1
    return out | {
        "mean": number(math.fsum(x / len(x))) if some else None,
        "std_ddof0": spread(x, 0) if some else None, "std_ddof1": spread(x, 1) if two else None,
        "min": number(x.min()) if some else None, "max": number(x.max()) if some else None,
        "sum": number(x.sum()) if some else 0.0, "zeros": int((x == 0).sum()), "negatives": int((x < 0).sum()),
        "quantiles_linear": {k: number(np.quantile(x, q)) if some else None for k, q in PERCENTILES.items()},
        "quantiles_inverted_cdf": {
            k: number(np.quantile(x, q, method="inverted_cdf")) if some else None for k, q in PERCENTILES.items()},
    }


def by_category(a, b):
    keys = list(dict.fromkeys(a + b))
    return np.array([[a.count(k) for k in keys], [b.count(k) for k in keys]])


def by_bins(a, b):
    edges = np.unique(np.quantile(a, np.linspace(0, 1, 11)))[1:-1]
    return np.array([np.bincount(np.searchsorted(edges, s, side="left"), minlength=len(edges) + 1) for s in (a, b)])


def evidently(a, b, by_value):
    """evidently 0.7.23, legacy.calculations.stattests.utils.get_binned_data and psi."""
    if by_value:
        counts = by_category(a, b)
    else:
        a, b = np.array(a, float), np.array(b, float)
        edges = np.histogram_bin_edges(np.concatenate([a, b]), bins="sturges")
        counts = np.array([np.histogram(s, edges)[0] for s in (a, b)])
    shares = []
    for side in counts:
        share = side / side.sum()
        least = share[share != 0].min()
        shares.append(np.where(share == 0, least / 10**6 if least <= 0.0001 else 0.0001, share))
    p, q = shares
    return number(((p - q) * np.log(p / q)).sum())


def goodness(counts):
    """scipy.stats.chisquare of the current counts; None where the reference has none of a category."""
    a, b = counts[:, counts.sum(axis=0) > 0]
    if (a == 0).any():
        return None
    test = stats.chisquare(b, a * (b.sum() / a.sum()))
    return {"statistic": number(test.statistic), "dof": len(a) - 1, "p_value": number(test.pvalue) if len(a) > 1 else 1.0}


def drift(a_cells, b_cells):
    a, b = values(a_cells), values(b_cells)
    text = bool(a and isinstance(a[0], str) or b and isinstance(b[0], str))
    out = {"kind": "categorical" if text else "numeric",
           "null_rate_reference": 1 - len(a) / len(a_cells), "null_rate_current": 1 - len(b) / len(b_cells)}
    names = ["psi", "ks_statistic", "ks_p_value_auto", "ks_p_value_asymptotic", "js_distance_base2", "wasserstein",
             "wasserstein_over_reference_std", "l_infinity", "l_infinity_shares", "chi2_homogeneity", "total_variation",
             "psi_evidently", "chi2_goodness_of_fit", "mean_shift_in_reference_std"]
    out |= {n: None for n in names}
    if not a or not b:
        return out
    by_value = text or len(set(a)) <= 20
    counts = by_category(a, b) if by_value else by_bins(np.array(a, float), np.array(b, float))
    p, q = counts[0] / len(a), counts[1] / len(b)
    pf, qf = np.where(p == 0, 1e-4, p), np.where(q == 0, 1e-4, q)
    largest = number(abs(p - q).max())
    out |= {"psi": number(((pf - qf) * np.log(pf / qf)).sum()), "js_distance_base2": number(jensenshannon(p, q, base=2)),
            "total_variation": number(abs(p - q).sum() / 2)}
    if out["js_distance_base2"] is None or np.array_equal(p, q):
        out["js_distance_base2"] = 0.0
    test = stats.chi2_contingency(counts[:, counts.sum(axis=0) > 0], correction=False)
    out["chi2_homogeneity"] = {"statistic": number(test.statistic), "dof": int(test.dof), "p_value": number(test.pvalue)}
    out |= {"psi_evidently": evidently(a, b, by_value), "chi2_goodness_of_fit": goodness(counts)}
    if by_value:
        out["l_infinity"] = largest
        out["unseen_in_reference"] = sorted(
            (str(k) for k in set(b) - set(a)), key=lambda k: (-[str(v) for v in b].count(k), k.encode()))
    if not text:
        x, y = np.array(a, float), np.array(b, float)
        out["l_infinity_shares"] = largest
        auto, asymptotic = stats.ks_2samp(x, y), stats.ks_2samp(x, y, method="asymp")
        out |= {"ks_statistic": number(auto.statistic), "ks_p_value_auto": number(auto.pvalue),
                "ks_p_value_asymptotic": number(asymptotic.pvalue), "wasserstein": number(stats.wasserstein_distance(x, y))}
        if x.std() > 0:
            out["wasserstein_over_reference_std"] = number(out["wasserstein"] / x.std()) if out["wasserstein"] is not None else None
            out["mean_shift_in_reference_std"] = number((math.fsum(y) / len(y) - math.fsum(x) / len(x)) / x.std())
    return out


def floats(v, digits=6):
    return [round(float(x), digits) for x in v]


def ints(v):
    return [int(x) for x in v]


def with_nulls(cells, share):
    return [None if rng.random() < share else c for c in cells]


words = ["red", "green", "blue", "teal", "näher", "a,b", 'say "x"', "yes"]
cases = {
    "normal": (floats(rng.normal(0, 1, 180)), floats(rng.normal(0.3, 1.2, 150))),
    "same law": (floats(rng.normal(5, 2, 120)), floats(rng.normal(5, 2, 120))),
    "nulls": (with_nulls(floats(rng.exponential(1, 90)), .2), with_nulls(floats(rng.exponential(1, 110)), .05)),
    "ties": (ints(rng.integers(0, 40, 200)), ints(rng.integers(3, 45, 170))),
    "few values": (ints(rng.integers(0, 6, 150)), ints(rng.integers(1, 8, 130))),
    "zero and one": (ints(rng.integers(0, 2, 100)), ints(rng.random(80) < .8)),
    "constant": ([3] * 40, [3] * 25),
    "constant moved": ([3] * 40, [4] * 25),
    "constant and spread": ([0.5] * 30, floats(rng.normal(0, 1, 30))),
    "one row": ([1.5], [2.5]),
    "one and many": ([0.25], floats(rng.normal(0, 1, 60))),
    "two rows": ([1, 2], [2, 3]),
    "disjoint": (floats(rng.uniform(0, 1, 60)), floats(rng.uniform(2, 3, 70))),
    "identical": (floats(range(50)), floats(range(50))),
    "huge": ([float(f"{x:.5e}") for x in rng.normal(0, 1, 40) * 1e150], [float(f"{x:.5e}") for x in rng.normal(1, 1, 45) * 1e150]),
    "denormal": ([float(f"{x:.3e}") for x in rng.uniform(1, 9, 40) * 1e-310], [float(f"{x:.3e}") for x in rng.uniform(1, 9, 30) * 1e-310]),
    "offset": ([float(x) for x in 1e5 + np.round(rng.normal(0, 1, 100), 6)], [float(x) for x in 1e5 + 0.5 + np.round(rng.normal(0, 1, 90), 6)]),
    "all null": ([None] * 12, floats(rng.normal(0, 1, 20))),
    "all null now": (floats(rng.normal(0, 1, 30)), [None] * 9),
    "large": (ints(rng.integers(0, 100000, 900)), ints(rng.integers(2000, 100000, 700))),
    "equal sizes": (ints(rng.integers(0, 100000, 600)), ints(rng.integers(5000, 100000, 600))),
    "multiples": (ints(rng.integers(0, 1000, 300)), ints(rng.integers(0, 1100, 150))),
    "far apart": (ints(rng.integers(0, 1000, 400)), ints(rng.integers(700, 1700, 333))),
    "colours": ([words[i] for i in rng.integers(0, 5, 150)], [words[i] for i in rng.integers(1, 8, 140)]),
    "one colour": (["red"] * 20, ["red"] * 30),
    "other colours": (["red", "blue"] * 10, ["teal", "yes", "yes"] * 7),
    "texts all null": ([None] * 10, ["red", "blue"] * 5),
}

kolmogorov = []
for n in [1, 2, 3, 5, 10, 20, 50, 100, 139, 140, 141, 200, 500, 1000, 5000, 12345, 50000, 99999, 100001, 500000, 1000000]:
    for z in [0.1, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0, 3.0, 5.0, 10.0]:
        for x in {z / math.sqrt(n), (round(z * math.sqrt(n)) or 1) / n}:
            if 0 < x < 1:
                kolmogorov.append([n, x, number(stats.kstwo.sf(x, n))])

chi_square = [[x, k, number(stats.chi2.sf(x, k))] for k in [1, 2, 3, 4, 11, 49, 999, 65535, 1000000]
              for x in [k * f + e for f in (.2, .7, 1, 1.01, 1.2, 2) for e in (0, .5)] + [0.001, 30]]
gamma = [[a, x, number(special.gammainc(a, x)), number(special.gammaincc(a, x))]
         for a in [1e-3, .3, 1, 2.5, 17, 150, 1e4, 1e6] for x in [a * f for f in (.01, .5, .9, 1, 1.1, 2)]]
beta = [[x, a, b, number(special.betainc(a, b, x))] for a in [.1, .5, 1, 3, 40, 1000, 200000] for b in [.2, 1, 7, 90, 150000]
        for x in [1e-6, .01, .2, .5, a / (a + b), .9, .999]]
normal = [[z, number(stats.norm.cdf(z)), number(stats.norm.sf(z))] for z in [-38, -9, -3, -1.96, -.5, 0, 1e-9, .7, 2.5, 6, 12, 37]]
quantile = [[p, number(stats.norm.ppf(p))] for p in [1e-300, 1e-20, 1e-6, .001, .02425, .025, .3, .5, .5000001, .8, .975, .9999999]]
student = [[t, k, number(stats.t.sf(t, k))] for t in [-5, -.3, 0, .1, 1.7, 4, 30] for k in [1, 2, 3.5, 9, 100, 1e5]]
large = []
for n, m, shift in [(4000, 3000, 0), (4000, 4000, 60), (9999, 10000, 30), (12000, 9000, 40), (30000, 100, 0), (20000, 20000, 0)]:
    # Sample i of n is (i * 7919 mod n) * 10000 / n + shift (whole numbers), so that both sides can make it.
    x = np.array([(i * 7919 % n) * 10000 // n for i in range(n)])
    y = np.array([(i * 104729 % m) * 10000 // m + shift for i in range(m)])
    r = stats.ks_2samp(x, y)
    large.append([n, m, shift, number(r.statistic), number(r.pvalue), number(stats.ks_2samp(x, y, method="asymp").pvalue)])

result = {
    "columns": [{"name": k, "reference": a, "current": b, "profile": profile(a), "drift": drift(a, b)} for k, (a, b) in cases.items()],
    "kolmogorov": kolmogorov, "chi_square": chi_square, "gamma": gamma, "beta": beta, "normal": normal,
    "normal_quantile": quantile, "student": student, "large_ks": large,
}
with open(os.path.join(HERE, "drift.json"), "w") as file:
    file.write("{\n" + ",\n".join(f'"{k}": ' + json.dumps(v, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for k, v in result.items()) + "\n}\n")
