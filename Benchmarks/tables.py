#!/usr/bin/env python3
"""Write a table of 18 mixed columns that any language can rebuild bit for bit from its seed; needs numpy, polars and pyarrow.

    tables.py table FILE.csv|FILE.parquet ROWS SEED [--drift]
    tables.py predictions FILE.csv TASK ROWS

Every value is a function of (seed, row, column, stream) by SplitMix64, so that tables can be cut into chunks of any size.
"""
import sys

import numpy
import polars
import pyarrow
import pyarrow.parquet

GOLDEN = 0x9E3779B97F4A7C15
CHUNK = 250_000
PLANS = ["basic", "plus", "pro", "team", "enterprise"]
WORDS = [
    one + two
    for one in "ba ke li mo nu pra sto tri vel zan".split()
    for two in "ber cal dor fin gat har jin kul lem mar nov pod ric sel tas urn vex wim yor zed".split()
]


def mix(z):
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


class Chunk:
    """The random numbers of rows first..<first + count."""

    def __init__(self, seed, first, count):
        self.seed = seed
        with numpy.errstate(over="ignore"):
            self.steps = (numpy.arange(first, first + count, dtype=numpy.uint64) + numpy.uint64(1)) * numpy.uint64(GOLDEN)

    def bits(self, column, stream):
        with numpy.errstate(over="ignore"):
            start = (self.seed + GOLDEN * (16 * column + stream + 1)) & (2**64 - 1)
            return mix(mix(numpy.array([start], dtype=numpy.uint64)) + self.steps)

    def uniform(self, column, stream=0):
        return (self.bits(column, stream) >> numpy.uint64(11)).astype(float) * 2.0**-53

    def normal(self, column):
        return numpy.sqrt(-2 * numpy.log(1 - self.uniform(column))) * numpy.cos(2 * numpy.pi * self.uniform(column, 1))

    def category(self, column, shares):
        shares = numpy.asarray(shares, dtype=float)
        found = numpy.searchsorted(numpy.cumsum(shares / shares.sum()), self.uniform(column), side="right")
        return numpy.minimum(found, len(shares) - 1)

    def nulls(self, column):
        return self.uniform(column, 15) < 0.01


def zipf(count, power):
    return 1 / numpy.arange(1, count + 1) ** power


def columns(seed, first, count, drift):
    """Name and values of each column; nulls where the mask says."""
    chunk = Chunk(seed, first, count)
    numbers = [
        ("n0", 18 + numpy.floor(73 * chunk.uniform(0)).astype(int)),
        ("n1", numpy.floor(-5 * numpy.log(1 - chunk.uniform(1))).astype(int)),
        ("n2", numpy.round(50 + 10 * chunk.normal(2) + (1 if drift else 0), 4)),
        ("n3", numpy.round(numpy.exp(3 + (1.1 if drift else 1.0) * chunk.normal(3)), 2)),
        ("n4", numpy.round(chunk.uniform(4), 6)),
        ("n5", numpy.round(-7 * numpy.log(1 - chunk.uniform(5)), 3)),
        ("n6", numpy.round(chunk.normal(6), 6)),
        ("n7", numpy.where(chunk.uniform(7, 2) < 0.6, 0.0, numpy.round(numpy.exp(2 + 0.7 * chunk.normal(7)), 2))),
        ("n8", numpy.floor(1e6 * chunk.uniform(8)).astype(int)),
        ("n9", numpy.round(0.8 * chunk.normal(2) + 0.6 * chunk.normal(9), 4)),
    ]
    result = [(name, pyarrow.array(values, mask=chunk.nulls(c))) for c, (name, values) in enumerate(numbers)]

    def texts(column, name, lexicon, codes, has_nulls=True):
        mask = chunk.nulls(column) if has_nulls else None
        dictionary = pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes, pyarrow.int32(), mask=mask), lexicon)
        result.append((name, dictionary.cast(pyarrow.string())))

    texts(10, "c0", ["yes", "no"], chunk.category(10, [0.7, 0.3]))
    texts(11, "c1", PLANS, chunk.category(11, [0.3, 0.25, 0.2, 0.1, 0.15] if drift else [0.4, 0.25, 0.2, 0.1, 0.05]))
    texts(12, "c2", [f"m{k:02}" for k in range(12)], chunk.category(12, [1] * 12))
    texts(13, "c3", [f"S{k:02}" for k in range(50)], chunk.category(13, zipf(50, 1.0)))
    texts(14, "c4", [f"cat_{k:04}" for k in range(1000)], chunk.category(14, zipf(1000, 1.1)))
    keys = (chunk.bits(15, 0) & numpy.uint64(0xFFFFFFFFFF)).tolist()
    result.append(("s0", pyarrow.array([f"u{key:010x}" for key in keys])))
    lengths = 3 + numpy.floor(6 * chunk.uniform(16)).astype(int)
    picks = numpy.stack([numpy.floor(200 * chunk.uniform(16, 1 + j)).astype(int) for j in range(8)], axis=1).tolist()
    sentences = [" ".join([WORDS[k] for k in pick[:length]]) for pick, length in zip(picks, lengths.tolist())]
    result.append(("s1", pyarrow.array(sentences, mask=chunk.nulls(16))))
    seconds = 3 * numpy.arange(first, first + count) + numpy.floor(3 * chunk.uniform(17)).astype(int)
    times = (numpy.datetime64("2024-01-01T00:00:00") + seconds.astype("timedelta64[s]")).astype(str)
    result.append(("ts", pyarrow.array(numpy.char.add(times, "Z"))))
    return result


def write_table(path, rows, seed, drift):
    writer = None
    with open(path, "wb") as file:
        for first in range(0, rows, CHUNK):
            table = pyarrow.table(dict(columns(seed, first, min(CHUNK, rows - first), drift)))
            if path.endswith(".csv"):
                polars.from_arrow(table).write_csv(file, include_header=first == 0)
                continue
            writer = writer or pyarrow.parquet.ParquetWriter(file, table.schema, compression="snappy")
            writer.write_table(table)
        if writer:
            writer.close()


def write_predictions(path, task, rows):
    """Labels, predictions and five columns to slice by."""
    chunk = Chunk(7, 0, rows)
    x = chunk.normal(0)
    logistic = lambda z: 1 / (1 + numpy.exp(-z))
    found = {"id": numpy.arange(rows)}
    if task == "binary-classification":
        score = numpy.round(logistic(1.5 * x - 0.5), 6)
        found |= {"label": (chunk.uniform(1) < logistic(1.5 * x - 0.5)).astype(int), "prediction": (score >= 0.5).astype(int), "score": score}
    elif task == "multiclass-classification":
        raw = numpy.exp(numpy.stack([1.2 * chunk.normal(k) for k in range(3)], axis=1))
        scores = numpy.round(raw / raw.sum(axis=1, keepdims=True), 6)
        scores[:, 2] = numpy.round(1 - scores[:, 0] - scores[:, 1], 6)
        label = (chunk.uniform(9)[:, None] > numpy.cumsum(scores, axis=1)).sum(axis=1).clip(0, 2)
        found |= {"label": label, "prediction": scores.argmax(axis=1)}
        found |= {f"score_{k}": scores[:, k] for k in range(3)}
    else:
        found |= {"label": numpy.round(3 + 2 * x + 0.5 * chunk.normal(4), 6), "prediction": numpy.round(3 + 1.9 * x, 6)}
    for index, groups in enumerate([2, 3, 5, 12, 50]):
        codes = numpy.floor(groups * chunk.uniform(20 + index)).astype(int)
        found[f"slice{index}"] = numpy.array([f"g{k:02}" for k in range(groups)])[codes]
    polars.DataFrame(found).write_csv(path)


if __name__ == "__main__":
    kind, path = sys.argv[1:3]
    if kind == "table":
        write_table(path, int(sys.argv[3]), int(sys.argv[4]), "--drift" in sys.argv)
    else:
        write_predictions(path, sys.argv[3], int(sys.argv[4]))
