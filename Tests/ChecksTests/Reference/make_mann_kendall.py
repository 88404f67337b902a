"""Prints the values in MannKendallTests: S by scipy.stats.kendalltau's definition of pairs, the variance with the correction for
ties, and the p-values with the correction for continuity, as pymannkendall.original_test has them. Needs SciPy."""
import math
from collections import Counter
from scipy import stats

ROWS = {
    "falling": [5, 4, 3, 2],
    "one dip": [1, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.95],
    "ties": [3, 3, 2, 2, 2, 1, 1, 0, 0.5, 0.5],
    "noise": [(i * 37 % 101) / 101 for i in range(60)],
    "slow": [1 / (1 + 0.05 * i) + 0.02 * ((i * 7) % 5) for i in range(50)],
}
for name, row in ROWS.items():
    n = len(row)
    score = sum((row[j] > row[i]) - (row[j] < row[i]) for i in range(n) for j in range(i + 1, n))
    ties = [t for t in Counter(row).values()]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    # tau-b has the same numerator.
    pairs = n * (n - 1) / 2
    tied = sum(t * (t - 1) / 2 for t in ties)
    assert math.isclose(stats.kendalltau(range(n), row).statistic, score / math.sqrt(pairs * (pairs - tied)))
    z = 0 if score == 0 else (abs(score) - 1) / math.sqrt(variance)
    falling = stats.norm.sf(z) if score < 0 else 1.0
    print(f'("{name}", {score}, {variance!r}, {float(min(1, 2 * stats.norm.sf(z)))!r}, {float(falling)!r}),')
