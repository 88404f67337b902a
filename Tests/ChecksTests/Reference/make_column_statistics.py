"""Prints the values in ColumnStatisticsTests: mean, standard deviation of a sample and linear quantiles. Needs NumPy."""
import numpy as np

for rows in (1000, 2_000_000):
    values = np.arange(rows) * 7919 % 100_003 / 7
    print(rows, *(repr(float(x)) for x in (values.mean(), values.std(ddof=1))))
    print(*(repr(float(x)) for x in np.quantile(values, [0, 0.05, 0.5, 0.9, 1])))
