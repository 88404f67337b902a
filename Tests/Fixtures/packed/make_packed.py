"""Writes the tables of this folder again in other forms: pip install pandas pyarrow zstandard; python3 make_packed.py"""
import gzip, json
import pandas as pd, zstandard

table = b"a,b\n1,x\n2,y\nnone,z\n"
open("packed.csv.gz", "wb").write(gzip.compress(table, mtime=0))
open("packed.csv.zst", "wb").write(zstandard.compress(table))
predictions = pd.read_csv("../tumor/versions/v1/predictions.csv")
open("predictions.csv.gz", "wb").write(gzip.compress(open("../tumor/versions/v1/predictions.csv", "rb").read(), mtime=0))
lines = "".join(json.dumps(row) + "\n" for row in predictions.to_dict("records"))
open("predictions.jsonl.gz", "wb").write(gzip.compress(lines.encode(), mtime=0))
predictions.to_parquet("predictions.parquet", index=False)
pd.read_csv("../tumor/data/train.csv", usecols=["mean_radius", "mean_texture"]).to_parquet("training.parquet", index=False)
