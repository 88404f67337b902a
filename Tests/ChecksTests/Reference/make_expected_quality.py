"""Prints the values in ExpectedQualityTests: what calibrated scores let expect where no labels have come (CBPE): of a row predicted 1 the
score counts as a true positive and the rest as a false one, of a row predicted 0 likewise. Needs NumPy."""
import numpy as np

scores = np.arange(300) * 37 % 101 / 100
positive = scores >= 0.5
hits, alarms = scores[positive].sum(), (1 - scores[positive]).sum()
misses, rest = scores[~positive].sum(), (1 - scores[~positive]).sum()
print("accuracy", repr(float((hits + rest) / len(scores))))
print("precision", repr(float(hits / (hits + alarms))))
print("recall", repr(float(hits / (hits + misses))))
print("f1_binary", repr(float(2 * hits / (2 * hits + alarms + misses))))
