#!/usr/bin/env python3
"""Compute what a Martlet command computes, with another program; run by the Python that has it.

    peers.py duckdb-summarize|duckdb-aggregates|duckdb-checks|great-expectations|polars|whylogs|evidently FILE
    peers.py evidently-drift|evidently-presets REFERENCE CURRENT
    peers.py scikit-learn FILE TASK
"""
import sys

NUMBERS = [f"n{k}" for k in range(10)]
TEXTS = [f"c{k}" for k in range(5)] + ["s0", "s1", "ts"]
SLICES = [f"slice{k}" for k in range(5)]


def duckdb_source(path):
    return f"read_parquet('{path}')" if path.endswith(".parquet") else f"read_csv('{path}')"


def duckdb_summarize(path):
    import duckdb

    duckdb.sql(f"SUMMARIZE SELECT * FROM {duckdb_source(path)}").fetchall()


def duckdb_aggregates(path):
    """Moments, quantiles, distinct and frequent values of all columns in one query of 111 aggregates."""
    import duckdb

    query = ["count(*)"]
    for name in NUMBERS:
        query += [f"{function}({name})" for function in ("count", "avg", "stddev_samp", "min", "max", "approx_count_distinct")]
        query += [f"approx_quantile({name}, {q})" for q in (0.25, 0.5)]
    for name in TEXTS:
        query += [f"count({name})", f"approx_count_distinct({name})", f"min(length({name}::VARCHAR))"]
    for name in TEXTS[:5]:
        query += [f"approx_top_k({name}, 10)"]
    query += ["max(n8)"]
    duckdb.sql(f"SELECT {', '.join(query)} FROM {duckdb_source(path)}").fetchall()


COLUMNS = NUMBERS + TEXTS
PLANS, MONTHS = ["basic", "plus", "pro", "team", "enterprise"], [f"m{k:02}" for k in range(12)]
QUARTILES = {0.25: (5, 15), 0.5: (19, 21), 0.75: (30, 50)}


def duckdb_checks(path):
    """The twenty expectations of the schema in data.py, in one query."""
    import duckdb

    source = duckdb_source(path)
    names = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    within = lambda value, least, most: f"{value} BETWEEN {least} AND {most}"
    listed = lambda name, values: f"count(*) FILTER (NOT {name} IN ({', '.join(repr(value) for value in values)})) = 0"
    matches = lambda name, pattern: f"count(*) FILTER (NOT regexp_full_match({name}, '{pattern}')) = 0"
    conditions = [
        "count(*) >= 1000", "count(n0) >= 0.98 * count(*)", "count(c0) >= 0.98 * count(*)", "count(s0) = count(*)",
        within("min(n0)", 18, 90) + " AND max(n0) <= 90", "min(n4) >= 0 AND max(n4) <= 1", within("avg(n2)", 49, 52),
        within("stddev_samp(n2)", 9, 11), within("quantile_cont(n3, 0.5)", *QUARTILES[0.5]),
        " AND ".join(within(f"quantile_cont(n3, {at})", *QUARTILES[at]) for at in (0.25, 0.75)),
        listed("c0", ["yes", "no"]), listed("c1", PLANS), listed("c2", MONTHS), matches("c3", r"S\d\d"),
        "count(DISTINCT s0) >= 0.99 * count(s0)", matches("s0", "u[0-9a-f]{10}"),
        "min(length(s1)) >= 10 AND max(length(s1)) <= 80", "max(n8) <= 1000000", within("count(DISTINCT c4)", 900, 1000),
    ]
    held = duckdb.sql(f"SELECT {', '.join(conditions)} FROM {source}").fetchall()[0]
    assert names == COLUMNS and all(held), (names, held)


def great_expectations(path):
    """The same as a suite over a pandas frame."""
    import great_expectations
    from great_expectations import expectations as ex

    context = great_expectations.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    suite = great_expectations.ExpectationSuite("s")
    for expectation in [
        ex.ExpectTableRowCountToBeBetween(min_value=1000),
        ex.ExpectTableColumnsToMatchOrderedList(column_list=COLUMNS),
        ex.ExpectColumnValuesToNotBeNull(column="n0", mostly=0.98),
        ex.ExpectColumnValuesToNotBeNull(column="c0", mostly=0.98),
        ex.ExpectColumnValuesToNotBeNull(column="s0"),
        ex.ExpectColumnValuesToBeBetween(column="n0", min_value=18, max_value=90),
        ex.ExpectColumnValuesToBeBetween(column="n4", min_value=0, max_value=1),
        ex.ExpectColumnMeanToBeBetween(column="n2", min_value=49, max_value=52),
        ex.ExpectColumnStdevToBeBetween(column="n2", min_value=9, max_value=11),
        ex.ExpectColumnMedianToBeBetween(column="n3", min_value=19, max_value=21),
        ex.ExpectColumnQuantileValuesToBeBetween(
            column="n3", quantile_ranges={"quantiles": list(QUARTILES), "value_ranges": [list(ends) for ends in QUARTILES.values()]}),
        ex.ExpectColumnValuesToBeInSet(column="c0", value_set=["yes", "no"]),
        ex.ExpectColumnValuesToBeInSet(column="c1", value_set=PLANS),
        ex.ExpectColumnValuesToBeInSet(column="c2", value_set=MONTHS),
        ex.ExpectColumnValuesToMatchRegex(column="c3", regex=r"^S\d\d$"),
        ex.ExpectColumnProportionOfUniqueValuesToBeBetween(column="s0", min_value=0.99),
        ex.ExpectColumnValuesToMatchRegex(column="s0", regex=r"^u[0-9a-f]{10}$"),
        ex.ExpectColumnValueLengthsToBeBetween(column="s1", min_value=10, max_value=80),
        ex.ExpectColumnMaxToBeBetween(column="n8", max_value=1000000),
        ex.ExpectColumnUniqueValueCountToBeBetween(column="c4", min_value=900, max_value=1000),
    ]:
        suite.add_expectation(expectation)
    context.suites.add(suite)
    result = batch.get_batch(batch_parameters={"dataframe": pandas_frame(path)}).validate(suite)
    assert result.success, result


def polars(path):
    """The same statistics, except frequent values of the texts that are nearly all different."""
    import polars as pl

    frame = pl.scan_parquet(path) if path.endswith(".parquet") else pl.scan_csv(path)
    aggregates = [pl.len().alias("rows")]
    for name in NUMBERS:
        column = pl.col(name)
        aggregates += [column.count().alias(f"{name} count"), column.mean().alias(f"{name} mean"), column.std().alias(f"{name} std")]
        aggregates += [column.min().alias(f"{name} min"), column.max().alias(f"{name} max")]
        aggregates += [column.approx_n_unique().alias(f"{name} distinct")]
        aggregates += [column.quantile(q).alias(f"{name} q{q}") for q in (0.25, 0.5, 0.75)]
    for name in TEXTS:
        column = pl.col(name).cast(pl.String)
        aggregates += [column.count().alias(f"{name} count"), column.approx_n_unique().alias(f"{name} distinct")]
        aggregates += [column.str.len_chars().min().alias(f"{name} shortest")]
    frame.select(aggregates).collect()


def pandas_frame(path):
    import pandas

    return pandas.read_parquet(path) if path.endswith(".parquet") else pandas.read_csv(path)


def whylogs(path):
    import whylogs

    whylogs.log(pandas_frame(path)).view().to_pandas()


def evidently(path):
    from evidently import Dataset, Report
    from evidently.presets import DataSummaryPreset

    Report([DataSummaryPreset()]).run(Dataset.from_pandas(pandas_frame(path)), None).dict()


def evidently_drift(reference, current):
    from evidently import Dataset, Report
    from evidently.presets import DataDriftPreset

    frames = [Dataset.from_pandas(pandas_frame(path)) for path in (current, reference)]
    Report([DataDriftPreset()]).run(*frames).dict()


def evidently_presets(reference, current):
    """What its users run on two tables: summary and drift."""
    from evidently import Dataset, Report
    from evidently.presets import DataDriftPreset, DataSummaryPreset

    frames = [Dataset.from_pandas(pandas_frame(path)) for path in (current, reference)]
    Report([DataSummaryPreset(), DataDriftPreset()]).run(*frames).dict()


def regression(m, stats, numpy, frame):
    label, prediction = frame.label.to_numpy(), frame.prediction.to_numpy()
    functions = (
        m.root_mean_squared_error, m.mean_squared_error, m.mean_absolute_error, m.median_absolute_error, m.max_error,
        m.r2_score, m.explained_variance_score, m.mean_absolute_percentage_error, stats.pearsonr, stats.spearmanr)
    return [function(label, prediction) for function in functions] + [numpy.mean(prediction - label)]


def binary(m, _, numpy, frame):
    label, prediction, score = frame.label.to_numpy(), frame.prediction.to_numpy(), frame.score.to_numpy()
    functions = (m.accuracy_score, m.balanced_accuracy_score, m.precision_score, m.recall_score, m.f1_score, m.matthews_corrcoef, m.cohen_kappa_score)
    result = [function(label, prediction) for function in functions]
    result += [m.f1_score(label, prediction, average=average) for average in ("macro", "weighted")]
    result += [function(label, score) for function in (m.roc_auc_score, m.average_precision_score, m.log_loss, m.brier_score_loss)]
    precision, recall, _ = m.precision_recall_curve(label, score)
    bins = numpy.clip(numpy.ceil(score * 10).astype(int) - 1, 0, 9)
    rows = numpy.bincount(bins, minlength=10)
    error = numpy.abs(numpy.bincount(bins, label, 10) - numpy.bincount(bins, score, 10)).sum() / rows.sum()
    return result + [m.auc(recall, precision), error, m.confusion_matrix(label, prediction, labels=[0, 1])]


def multiclass(m, _, numpy, frame):
    label, prediction = frame.label.to_numpy(), frame.prediction.to_numpy()
    scores = frame[[f"score_{k}" for k in range(3)]].to_numpy()
    scores = scores / scores.sum(axis=1, keepdims=True)
    result = [function(label, prediction) for function in (m.accuracy_score, m.balanced_accuracy_score, m.matthews_corrcoef, m.cohen_kappa_score)]
    result += [m.f1_score(label, prediction, average=average) for average in ("macro", "micro", "weighted")]
    result += [m.roc_auc_score(label, scores, multi_class=kind, average=average) for kind, average in (("ovr", "macro"), ("ovr", "weighted"), ("ovo", "macro"))]
    result += [m.log_loss(label, scores), ((scores - numpy.eye(3)[label]) ** 2).sum(axis=1).mean()]
    return result + [m.precision_recall_fscore_support(label, prediction), m.confusion_matrix(label, prediction)]


def scikit_learn(path, task):
    import numpy
    from scipy import stats
    from sklearn import metrics

    frame = pandas_frame(path)
    compute = {"regression": regression, "binary-classification": binary, "multiclass-classification": multiclass}[task]
    compute(metrics, stats, numpy, frame)
    for name in SLICES:
        for _, rows in frame.groupby(name):
            compute(metrics, stats, numpy, rows)


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
