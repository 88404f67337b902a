#!/usr/bin/env python3
"""Computes the reference values of rankings: scikit-learn's DCG, all else by going through the orders of tied rows.

    venv/bin/python make_ranking_reference.py   writes ranking.json beside this file; make_reference.py says what to install

What is undefined is None.
"""
import csv, io, itertools, math, os
import numpy as np
import sklearn.metrics as skm
from make_reference import numbers, table, write

MEASURES = ["ndcg", "dcg", "map", "recall", "hit_rate"]


def names(cutoffs):
    return ["mrr", "map", "ndcg", "dcg"] + [f"{m}_at_{k}" for k in cutoffs for m in MEASURES]


def gains(relevance, gain):
    """As shares of the greatest, which neither overflow nor vanish, and that greatest one."""
    top = relevance.max()
    if gain == "linear":
        return relevance / top, top
    unit = math.expm1(top * math.log(2)) if top < 1000 else math.inf
    return (np.expm1(relevance * math.log(2)) / unit if 1e-16 < top < 1000 else relevance / top if top <= 1e-16 else
            np.array([2.0 ** (r - top) for r in relevance]) * (relevance > 0)), unit


def orders(relevant, score):
    """Which rows are relevant, in every order that the scores allow."""
    groups = [np.where(score == s)[0] for s in sorted(set(score), reverse=True)]
    places = [itertools.combinations(range(len(g)), int(relevant[g].sum())) for g in groups]
    for chosen in itertools.product(*places):
        yield np.concatenate([np.isin(np.arange(len(g)), c) for g, c in zip(groups, chosen)])


def binary_measures(relevant, score, cutoffs):
    sums = {}
    count = 0
    total = relevant.sum()
    for order in orders(relevant, score):
        count += 1
        found = np.cumsum(order)
        precision = np.cumsum(order * found / np.arange(1, len(order) + 1))
        values = {"mrr": 1 / (np.argmax(order) + 1), "map": precision[-1] / total}
        for k in cutoffs:
            at = min(k, len(order)) - 1
            values[f"map_at_{k}"] = precision[at] / min(total, k)
            values[f"recall_at_{k}"] = found[at] / total
            values[f"hit_rate_at_{k}"] = float(found[at] > 0)
        for name, value in values.items():
            sums.setdefault(name, []).append(value)
    if len(set(score)) == len(score) > 1:
        assert abs(sums["map"][0] - skm.average_precision_score(relevant, score)) < 1e-12
    return {name: math.fsum(v) / count for name, v in sums.items()}


def query_measures(relevance, score, gain, cutoffs):
    """None for a query without a relevant row."""
    if relevance.max() <= 0:
        return None
    share, unit = gains(relevance, gain)
    values = binary_measures(relevance > 0, score, cutoffs)
    for k in [None] + list(cutoffs):
        at = "" if k is None else f"_at_{k}"
        if len(share) > 1:
            values["ndcg" + at] = skm.ndcg_score([share], [score], k=k)
            values["dcg" + at] = skm.dcg_score([share], [score], k=k) * unit
        else:
            values["ndcg" + at], values["dcg" + at] = 1.0, unit
    return values


def ranking(rows, gain, cutoffs):
    score = [float(r["score"]) if r["score"] != "" else math.nan for r in rows]
    queries = {}
    for i, r in enumerate(rows):
        queries.setdefault(r["query"], []).append(i)
    out = dict(n=len(rows), queries=len(queries))
    per = []
    if not any(math.isnan(s) for s in score):
        for name in sorted(queries, key=lambda q: q.encode()):
            index = queries[name]
            per.append(query_measures(
                np.array([float(rows[i]["label"]) for i in index]), np.array([score[i] for i in index]), gain, cutoffs))
    relevant = sum(any(float(rows[i]["label"]) > 0 for i in index) for index in queries.values())
    out["queries_without_relevant"] = len(queries) - relevant
    judged = [p for p in per if p is not None]
    for name in names(cutoffs):
        out[name] = math.fsum(p[name] for p in judged) / len(judged) if judged else None
    return numbers(out), per


def evaluate(text, gain, cutoffs, slices=()):
    rows = list(csv.DictReader(io.StringIO(text)))
    return dict(rows=len(rows), metrics=ranking(rows, gain, cutoffs)[0], slices={
        c: {v: ranking([r for r in rows if (r[c] or "(null)") == v], gain, cutoffs)[0] for v in sorted({r[c] or "(null)" for r in rows})}
        for c in slices})


def compare(first, second, gain, cutoffs):
    one, two = (ranking(list(csv.DictReader(io.StringIO(t))), gain, cutoffs)[1] for t in (first, second))
    rng = np.random.default_rng(20260101)
    keep = np.array([p is not None for p in one])
    difference = np.array([[(two[i][k] - one[i][k]) if keep[i] else 0.0 for i in range(len(one))] for k in names(cutoffs)])
    drawn = []
    for _ in range(2000):
        index = rng.integers(0, len(one), len(one))
        drawn.append(difference[:, index].sum(1) / keep[index].sum())
    drawn = np.array(drawn)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return {k: dict(difference=difference[i].sum() / keep.sum(), ci95_low=low[i], ci95_high=high[i], bootstrap_se=drawn[:, i].std(ddof=1))
            for i, k in enumerate(names(cutoffs))}


HEAD = "id,query,label,score,device"


def lists(rng, queries, rows, levels, rounded, noise=1.0):
    """Rows of all queries, mixed."""
    out = []
    for q in range(queries):
        n = int(rng.integers(1, rows + 1))
        label = rng.choice(levels, n, p=[.6] + [.4 / (len(levels) - 1)] * (len(levels) - 1))
        for i in range(n):
            score = label[i] * .5 + noise * rng.normal()
            out.append([f"q{q:03d}", label[i], score if rounded is None else round(score, rounded), ["phone", "desk", ""][(q + (i % 7 == 0)) % 3]])
    return [out[i] for i in rng.permutation(len(out))]


def text(rows):
    columns = list(zip(*rows)) if rows else [[], [], [], []]
    return table(HEAD, [f"r{i}" for i in range(len(rows))], *columns)


def cases():
    rng = np.random.default_rng(11)
    both = [("exponential", (1, 3, 10)), ("linear", (1, 3, 10))]
    graded = text(lists(rng, 25, 15, [0, 1, 2, 3, 4], None))
    tied = text(lists(rng, 25, 9, [0, 1, 2], 0))
    halves = text(lists(rng, 20, 8, [0, .25, .5, 1.75], 1))
    for gain, cutoffs in both:
        yield f"graded, {gain}", graded, gain, cutoffs, ["device"]
        yield f"ties, {gain}", tied, gain, cutoffs, ["device"]
        yield f"fractions, {gain}", halves, gain, cutoffs, []
    d = "desk"
    rows = dict(
        one_row=[["a", 1, .5, d]], one_row_without_relevance=[["a", 0, .5, d]],
        no_query_has_a_relevant_row=[["a", 0, .5, d], ["a", 0, .1, d], ["b", 0, .1, d]],
        some_queries_have_none=[["a", 0, .5, d], ["a", 1, .1, d], ["b", 0, .1, d], ["c", 2, .3, d], ["c", 1, .9, d]],
        all_scores_equal=[["a", v, 1, d] for v in (0, 0, 3, 0, 1, 0, 0, 1)],
        all_relevant=[["a", 2, v, d] for v in (1, 2, 3)],
        worst_order=[["a", 3 - v, v, d] for v in range(4)],
        huge_relevances=[["a", v, i, d] for i, v in enumerate((0, 1e308, 5e307, 1e300))],
        denormal_relevances=[["a", v, -i, d] for i, v in enumerate((5e-324, 0, 1e-320, 2e-310))],
        huge_and_denormal_scores=[["a", v, s, d] for v, s in ((1, 1e308), (0, 1.1e308), (2, 5e-324), (0, 0.0), (1, -1e308))],
        a_score_is_missing=[["a", 1, .5, d], ["a", 0, "", d], ["b", 1, "nan", d]],
        large_exponents=[["a", v, i, d] for i, v in enumerate((0, 1, 1023, 2000, 1999))],
        names_of_queries=[["ü", 1, .5, d], ["1", 0, .5, d], ["1.0", 2, .5, d], ["ü", 0, .7, d]])
    for name, row in rows.items():
        for gain, cutoffs in both:
            yield f"{name.replace('_', ' ')}, {gain}", text(row), gain, cutoffs, []
    yield "other cutoffs", graded, "linear", (2, 5, 100), []


def main():
    out = [dict(name=n, text=t, gain=g, cutoffs=list(k), slices=s, expected=evaluate(t, g, k, s)) for n, t, g, k, s in cases()]
    rng = np.random.default_rng(12)
    first = lists(rng, 50, 8, [0, 1, 2], 1)
    second = [[q, l, round(s + .7 * float(rng.normal()), 1), d] for q, l, s, d in first]
    pair = dict(first=text(first), second=text(second), gain="exponential", cutoffs=[3],
                expected=dict(rows=len(first), mcnemar=None, auc_delong=None, paired_bootstrap=compare(text(first), text(second), "exponential", (3,))))
    write("ranking.json", dict(evaluations=out, comparison=pair))


if __name__ == "__main__":
    main()
