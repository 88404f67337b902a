"""Prints the values in ExpectedQualityTests: what calibrated scores let expect where no labels have come (CBPE): of a row predicted 1 the
score counts as a true positive and the rest as a false one, of a row predicted 0 likewise; of each two different rows, the chance that
the first is positive and the second negative. Beside the area that follows from that stand the mean of 20,000 draws of labels, and the
area where each row is a pair with itself, too, as NannyML has it. Needs NumPy and scikit-learn."""
import numpy as np
from sklearn.metrics import roc_auc_score

scores = np.arange(300) * 37 % 101 / 100
positive = scores >= 0.5
hits, alarms = scores[positive].sum(), (1 - scores[positive]).sum()
misses, rest = scores[~positive].sum(), (1 - scores[~positive]).sum()
print("accuracy", repr(float((hits + rest) / len(scores))))
print("precision", repr(float(hits / (hits + alarms))))
print("recall", repr(float(hits / (hits + misses))))
print("f1_binary", repr(float(2 * hits / (2 * hits + alarms + misses))))


def area(scores, itself=False):
    weights = scores[:, None] * (1 - scores)[None, :]
    if not itself:
        np.fill_diagonal(weights, 0)
    order = (scores[:, None] > scores[None, :]) + (scores[:, None] == scores[None, :]) / 2
    return float((weights * order).sum() / weights.sum())


random = np.random.default_rng(1)
for count in (300, 60, 20):
    few = scores[:count]
    draws = [roc_auc_score(y, few) for y in random.random((20_000, count)) < few if 0 < y.sum() < count]
    error = np.std(draws) / np.sqrt(len(draws))
    print("auc", count, repr(area(few)), f"drawn {np.mean(draws):.5f} ± {error:.5f}, with itself {area(few, True):.5f}")
