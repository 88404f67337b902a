"""Prints the values in InclusionTests of the table that `rows` makes: rates of two columns' groups together by fairlearn, and how far
scores move where a column is changed by NumPy. Needs fairlearn, NumPy and pandas."""
import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, demographic_parity_ratio, false_positive_rate, true_positive_rate

rows = [
    {
        "race": "abc"[i * 7 % 11 % 3], "sex": "FM"[i * 5 % 13 % 2], "label": int(i * 31 % 17 < 6),
        "prediction": int(i * 29 % 23 < 7 + 3 * (i * 31 % 17 < 6) + (i * 7 % 11 % 3 == 0 and i * 5 % 13 % 2 == 0)),
    }
    for i in range(1200)
]
table = pd.DataFrame(rows)
groups = table[["race", "sex"]]
print("ratio", repr(float(demographic_parity_ratio(table.label, table.prediction, sensitive_features=groups))))
for name, rate in [("true", true_positive_rate), ("false", false_positive_rate)]:
    frame = MetricFrame(metrics=rate, y_true=table.label, y_pred=table.prediction, sensitive_features=groups)
    print(name, "positive rates' difference", repr(float(frame.difference())))

before = np.array([i % 97 / 100 for i in range(400)])
after = np.array([value + (i * 13 % 101) / 1000 for i, value in enumerate(before)])
print("99th percentile", repr(float(np.quantile(abs(after - before), 0.99, method="inverted_cdf"))))
