"""Writes the tables of parquet/ and, of few bytes that stand for many, large/: what pyarrow 26.0.1, fastparquet 2026.9.0, polars
2.1.0 and duckdb 2.0.1 write and other writers do not.

    python make_parquet_reference.py
"""

import decimal
import pathlib
import random

import duckdb
import fastparquet
import numpy
import pandas
import polars
import pyarrow
import pyarrow.parquet as parquet
import zstandard

FOLDER = pathlib.Path(__file__).parent / "parquet"
FOLDER.mkdir(exist_ok=True)
LARGE = FOLDER.parent / "large"
LARGE.mkdir(exist_ok=True)


def write(name, table, **options):
    parquet.write_table(table, FOLDER / f"{name}.parquet", compression="NONE", **options)


# Integers of which several are one double, and the same table as text.
TOP = 1 << 53
wide = pyarrow.table({
    "id": pyarrow.array([TOP, TOP + 1, TOP + 2, None, -(1 << 63), (1 << 63) - 1], pyarrow.int64()),
    "unsigned": pyarrow.array([(1 << 64) - 1, (1 << 64) - 2, 0, 7, None, TOP + 1], pyarrow.uint64()),
    "small": pyarrow.array([1, 2, 3, 4, -5, None], pyarrow.int64()),
    "price": pyarrow.array([decimal.Decimal(x) if x else None for x in
        ["90071992547409.93", "-0.05", "1.50", None, "0.00", "90071992547409.92"]], pyarrow.decimal128(18, 2)),
    "long": pyarrow.array([decimal.Decimal(x) if x else None for x in
        ["-1234567890123456789012345678.0000000001", "0.0000000001", None, "-0.0000000001", "1.0000000000",
         "9999999999999999999999999999.9999999999"]], pyarrow.decimal128(38, 10)),
    "longer": pyarrow.array([decimal.Decimal(x) if x else None for x in
        ["-123456789012345678901234567890123456789012345678.01", "0.25", None, "-256.00", "-65536.00", "255.99"]],
        pyarrow.decimal256(50, 2)),
})
write("wide-integers", wide)
with open(FOLDER / "wide-integers.csv", "w") as file:
    file.write(",".join(wide.column_names) + "\n")
    for row in wide.to_pylist():
        file.write(",".join("" if value is None else format(value, "f") if isinstance(value, decimal.Decimal)
                            else str(value) for value in row.values()) + "\n")

# Differences that leave 32 bits.
write("delta-int32", pyarrow.table({
    "i": pyarrow.array([2147483647, -2147483648, 0, -1, 2147483647, 5, -2147483648], pyarrow.int32()),
    "u": pyarrow.array([4294967295, 0, 4294967295, 7, 2147483648, 1, 0], pyarrow.uint32()),
}), use_dictionary=False, column_encoding={"i": "DELTA_BINARY_PACKED", "u": "DELTA_BINARY_PACKED"})

# Decimals of more digits than a double has, or divided by a power of ten that is none, and the doubles nearest to them.
dice = random.Random(6)
fine = {
    "int": (pyarrow.decimal128(18, 17), [decimal.Decimal(dice.randrange(-10**18, 10**18)).scaleb(-17) for _ in range(300)]),
    "scaled": (pyarrow.decimal128(30, 28), [decimal.Decimal(dice.randrange(-10**6, 10**6)).scaleb(-28) for _ in range(300)]),
    "bytes": (pyarrow.decimal256(60, 20), [decimal.Decimal(dice.randrange(-10**59, 10**59)).scaleb(-20, decimal.Context(60)) for _ in range(300)]),
    "few": (pyarrow.decimal128(9, 4), [decimal.Decimal(dice.randrange(-10**8, 10**8)).scaleb(-4) for _ in range(300)]),
}
write("fine-decimals", pyarrow.table({name: pyarrow.array(values, kind) for name, (kind, values) in fine.items()}),
      store_decimal_as_integer=True)
with open(FOLDER / "fine-decimals.csv", "w") as file:
    file.write(",".join(fine) + "\n")
    for row in zip(*(values for _, values in fine.values())):
        file.write(",".join(repr(float(value)) for value in row) + "\n")

# Types whose bytes are mostly UTF-8 and no text.
polars.DataFrame({"n": [1, 2, 70, None], "wide": [1, 2, 70, None], "more": [1, 2, 70, None]},
                 {"n": polars.Int64, "wide": polars.Int128, "more": polars.UInt128}).write_parquet(
    FOLDER / "polars-int128.parquet", compression="uncompressed")
duckdb.sql("copy (select 1 as n, interval 3 days as gap union all select 2, interval 2 months order by n)"
           f" to '{FOLDER / 'duckdb-interval.parquet'}' (format parquet, compression uncompressed)")

# Columns that are not read among those that are.
write("binary-and-nested", pyarrow.table({
    "a": [1, 2, 3],
    "blob": pyarrow.array([b"\xff\x00", b"\xfe", None], pyarrow.binary()),
    "vector": [[1.0, 2.0], [], [3.0]],
    "box": [{"x": 1, "y": {"z": 2}}, None, {"x": 3, "y": {"z": 4}}],
    "b": ["x", "y", "x"],
}))

# A number that means no value.
write("null-numbers", pyarrow.table({
    "whole": [-999, 1, 2, -999], "real": [-999.0, 1.5, float("nan"), 0.5],
    "exact": pyarrow.array([decimal.Decimal(x) for x in ["-999.00", "1.00", "2.00", "3.00"]], pyarrow.decimal128(9, 2)),
}))

# Empty texts beside nulls, a column of texts that are all null, and a table without rows.
empty = pyarrow.table({
    "s": ["a", "", "b", None, "a", "", "b", "a"], "t": pyarrow.array([None] * 8, pyarrow.string()),
    "n": list(range(8)),
})
write("empty-texts", empty)
write("no-rows", empty.slice(0, 0))

# One text of a megabyte in twenty thousand rows, and texts of all lengths in a dictionary for each group and without one.
packed = dict(compression="zstd", row_group_size=700)
parquet.write_table(pyarrow.table({
    "text": pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 20_000, pyarrow.int32()), ["ä" * (1 << 19)]),
}), LARGE / "long-text.parquet", compression="zstd")
texts = [None if row % 11 == 0 else ("ß" * (row * 7919 % 23) + " x" * (row * 31 % 19)) * (row % 13 * 3) for row in range(2_000)]
lengths = pyarrow.table({"text": texts, "short": [str(row % 9) for row in range(2_000)]})
parquet.write_table(lengths, FOLDER / "lengths-dictionary.parquet", **packed)
parquet.write_table(lengths, FOLDER / "lengths-plain.parquet", use_dictionary=False, **packed)

# Two columns whose names a person reads alike.
write("normal-forms", pyarrow.table({"\u00e9": [1, 2], "e\u0301": [3, 4]}))

# Few bytes of very many rows.
many = pyarrow.array(numpy.ones(30_000_000, numpy.int32))
with parquet.ParquetWriter(LARGE / "many-rows.parquet", pyarrow.schema({"label": "int32", "prediction": "int32"}),
                           compression="zstd", data_page_size=1 << 40, max_rows_per_page=60_000_000) as file:
    for _ in range(10):
        file.write_table(pyarrow.table({"label": many, "prediction": many}), row_group_size=30_000_000)
with open(LARGE / "many-rows.csv.zst", "wb") as file, zstandard.ZstdCompressor(level=19).stream_writer(file) as packer:
    packer.write(b"label,prediction\n")
    for _ in range(60):
        packer.write(b"1,1\n" * 1_000_000)

fastparquet.write(str(FOLDER / "fastparquet.parquet"), pandas.DataFrame({
    "whole": [1, 2, 3], "real": [1.5, float("nan"), 2.5], "text": ["x", "y", None],
    "truth": [True, False, True], "when": pandas.to_datetime(["2024-01-01 00:00:00", "2024-01-02 03:04:05", None]),
    "kind": pandas.Series(["p", "q", "p"]).astype("category"),
}), stats=True)
