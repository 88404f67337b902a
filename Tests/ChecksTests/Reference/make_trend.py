"""Prints the values in TrendTests and QuantileRatioTests. Needs NumPy and SciPy.

The slope by scipy.stats.theilslopes; the p-value of Mann and Kendall's test (see make_mann_kendall.py), of the row itself or whitened by
Wang and Swail's iteration; the bound of a ratio of quantiles by a circular block bootstrap with NumPy's generator."""
import math

import numpy as np
from scipy import stats


def score_of(row):
    return int(sum(np.sign(row[j + 1:] - row[j]).sum() for j in range(len(row))))


def mann_kendall(row):
    n, score = len(row), score_of(row)
    ties = np.unique(row, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    return min(1, 2 * stats.norm.sf((abs(score) - 1) / math.sqrt(variance))) if score else 1


def neighbours(row, slope):
    rest = row - slope * np.arange(len(row))
    rest = rest - rest.mean()
    return (rest[1:] * rest[:-1]).sum() / (rest * rest).sum()


def trend(row):
    n = len(row)
    slope = line = stats.theilslopes(row, np.arange(n)).slope
    if neighbours(row, line) <= (1.6449 * math.sqrt(n - 2) - 1) / (n - 1):
        return slope, mann_kendall(row), 0
    correlation = 0
    for _ in range(50):
        new = min(1, max(0, (n * neighbours(row, line) + 2) / (n - 4)))
        new = min(.99, new + math.sqrt((1 - new * new) / n))
        white = (row[1:] - new * row[:-1]) / (1 - new)
        line = stats.theilslopes(white, np.arange(n - 1)).slope
        still, correlation = abs(new - correlation) < 1e-3, new
        if still:
            break
    return slope, mann_kendall(white) if score_of(white) * slope > 0 else 1, correlation


def split_mix(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) % 2 ** 64
        z = state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2 ** 64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2 ** 64
        yield ((z ^ (z >> 31)) >> 11) * 2 ** -53


def wave(n, rise, share, seed=1):
    """Each number keeps a share of how far the one before is from 10."""
    row, last, random = [], 0, split_mix(seed)
    for i in range(n):
        last = share * last + next(random) - .5
        row.append(10 + last + rise * i)
    return np.array(row)


ROWS = {
    "steady": wave(60, 0, 0), "rising": wave(60, .02, 0), "wave": wave(60, 0, .9, 48), "rising wave": wave(120, .05, .8),
    "leak": np.array([38 * 1.019 ** i for i in range(14)]), "short": np.array([10, 10.4, 10.8, 11.2, 11.7, 12.1, 12.6, 13.1]),
    "filling": np.array([100 - 40 * math.exp(-i / 30) for i in range(110)]),
}
for name, row in ROWS.items():
    slope, chance, correlation = trend(row)
    print(f'("{name}", {float(slope)!r}, {float(chance)!r}, {float(correlation)!r}),')
print("plain, of the wave", mann_kendall(ROWS["wave"]))


def block(row):
    correlation = min(.99, abs(neighbours(row, 0)))
    return max(1, min(len(row) // 4, math.ceil((math.sqrt(6) * correlation / (1 - correlation ** 2)) ** (2 / 3) * len(row) ** (1 / 3))))


def ratio(now, before, share, confidence):
    random, sides = np.random.default_rng(20_260_101), [(now, block(now)), (before, block(before))]
    ratios = []
    for _ in range(2000):
        drawn = []
        for row, length in sides:
            n, places = len(row), []
            while len(places) < n:
                start = int(random.integers(0, n))
                places += [(start + step) % n for step in range(min(length, n - len(places)))]
            drawn.append(np.quantile(row[places], share))
        ratios.append(drawn[0] / drawn[1])
    # The least of which the share is at or below.
    lower = np.quantile(ratios, 1 - confidence, method="inverted_cdf")
    return float(np.quantile(now, share) / np.quantile(before, share)), float(lower), [length for _, length in sides]


print("median", ratio(wave(90, .01, .6) + 2, wave(70, 0, .6, 2), .5, .95))
print("p95", ratio(wave(90, .01, 0), wave(70, 0, 0, 2), .95, .99))
