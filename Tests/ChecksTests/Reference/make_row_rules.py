"""Writes row_rules.json: what SQLite says of conditions over rows with missing values.

SQL's CHECK refuses a row only where the condition is false; `broken` counts these, `known` those where it is not NULL.
"""
import itertools
import json
import sqlite3

numbers = [None, -1.0, 0.0, 2.5]
rows = list(itertools.product(numbers, numbers, [None, "bond", "it's"], [None, 0, 1]))
conditions = {
    "a <= b": None, "a < b": None, "a == b": None, "a != b": None, "a > b": None, "a >= b": None,
    "a + b * 2 > 1": None, "(a + b) * 2 > 1": None, "a / b > 0": None, "a - b - 1 < 0": None, "-a < b": None,
    "a < b and b > 0": None, "a < b or b > 0": None, "not a < b or b > 0": None, "not (a < b or b > 0)": None,
    "a < b and b > 0 or k == 'bond'": None, "k == 'bond' or a < b and b > 0": None,
    "not k == 'bond' and a is not null": None, "k is null or a > 0": None, "k is not null": None,
    "a + b is null": None, "k != 'it''s'": None, "k < 'c'": None, "k >= 'bond' and not f": "k >= 'bond' and f = 0",
    "f": "f = 1", "not f or a >= 0": "f = 0 or a >= 0", "f == true": "f = 1", "f != (a > 0)": "f <> (a > 0)",
    "a * a + b * b <= 6.25": None, "a is null and b is null or a == b": None, "not not a < b": None,
    "a == 1 / 0 or b > 0": "a = 1.0 / 0 or b > 0",
}
database = sqlite3.connect(":memory:")
database.execute("create table t (a real, b real, k text, f integer)")
database.executemany("insert into t values (?, ?, ?, ?)", rows)
results = []
for text, sql in conditions.items():
    sql = sql or text
    known, broken = database.execute(
        f"select count(*), coalesce(sum(not ({sql})), 0) from t where ({sql}) is not null").fetchone()
    selected = database.execute(f"select count(*) from t where {sql}").fetchone()[0]
    results.append({"assert": text, "known": known, "broken": broken, "selected": selected})
text = "\n".join(
    ["a,b,k,f"] + [",".join("" if value is None else f"{value}" for value in row) for row in rows]) + "\n"
with open("row_rules.json", "w") as file:
    json.dump({"rows": len(rows), "table": text, "conditions": results}, file, indent=0)
