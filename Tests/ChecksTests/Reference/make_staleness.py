"""Prints the values in StalenessImpactTests: what the tumor versions v4, 59 days older, and v1, 28 days older, lose against v2, with
percentile intervals of a paired bootstrap as of `compare` (2,000 resamples by NumPy's generator), the line through the origin by
numpy.linalg.lstsq, and the cadence that makes trainings and losses together cheapest, by scipy.optimize. Needs NumPy, SciPy and
scikit-learn."""
import csv
import pathlib
import numpy as np
from scipy import optimize
from sklearn import metrics

FOLDER = pathlib.Path(__file__).parents[2] / "Fixtures/tumor/versions"


def read(version):
    with open(FOLDER / version / "predictions.csv") as file:
        rows = list(csv.DictReader(file))
    return [row["row_id"] for row in rows], *(np.array([float(row[name]) for row in rows]) for name in ("label", "score"))


now_ids, labels, now = read("v2")
for name, measure, sign in (("log_loss", metrics.log_loss, -1), ("auc", metrics.roc_auc_score, 1)):
    days, losses = [], []
    for version, age in (("v1", 28), ("v4", 59)):
        ids, same, old = read(version)
        assert ids == now_ids and (same == labels).all()
        base = measure(labels, now)
        random, differences = np.random.default_rng(20260101), []
        for _ in range(2000):
            rows = random.integers(0, len(labels), len(labels))
            differences.append(measure(labels[rows], now[rows]) - measure(labels[rows], old[rows]))
        loss = sign * (base - measure(labels, old)) / base
        ends = sorted(sign * end / base for end in np.quantile(differences, (0.025, 0.975)))
        print(name, version, age, *(repr(float(value)) for value in (loss, *ends)))
        days.append(age)
        losses.append(loss)
    slope = float(np.linalg.lstsq(np.array(days, float)[:, None], np.array(losses), rcond=None)[0][0])
    cost, value = 500, 40
    best = optimize.minimize_scalar(
        lambda t: (cost + value * slope * t * t / 2) / t, bounds=(1e-3, 1e5), method="bounded", options={"xatol": 1e-10})
    print(name, "slope", repr(slope), "days to 1 %", repr(0.01 / slope), "cheapest", repr(float(best.x)))
