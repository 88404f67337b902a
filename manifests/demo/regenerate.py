#!/usr/bin/env python3
"""Makes repository/ and steps/ from data/: trains the models, writes datasets with their digests, breaks one table.

    python3 regenerate.py

Run it in this folder. The same input gives the same files.
"""
import csv, hashlib, os, random, subprocess, sys

FIRST = "worst_radius,worst_texture,worst_concave_points"
SLICE = "mean_radius,mean_texture,mean_concave_points"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def train(step, source, note, **options):
    """A model of our own, with the parameters that made it."""
    folder = "steps/%s/models/tumor/" % step
    os.makedirs(folder, exist_ok=True)
    arguments = [text for name, value in options.items() for text in ("--" + name, str(value))]
    subprocess.run([sys.executable, "train.py", source, folder + "model.json"] + arguments, check=True)
    write(folder + "params.yaml", "note: %s\n" % note + "".join("%s: %s\n" % item for item in options.items()))


def keep(step, note):
    """A model of the samples, which lies there already; see README.md."""
    write("steps/%s/models/tumor/params.yaml" % step, "note: %s\nC: 0.1\nepochs: 150\n" % note)


def dataset(folder, name, table, description):
    with open("data/" + table, "rb") as file:
        data = file.read()
    write("%s/data/%s.yaml" % (folder, name), """apiVersion: martlet.dev/v1
kind: Dataset
metadata:
  name: %s
spec:
  path: %s
  sha256: %s
  format: csv
  rows: %d
  description: %s
""" % (name, table, hashlib.sha256(data).hexdigest(), len(data.splitlines()) - 1, description))


def broken(source, target):
    """The training table as a careless export would leave it: all faults are injected here."""
    with open(source, newline="") as file:
        rows = list(csv.DictReader(file))
    dice = random.Random(6)
    for row in dice.sample(rows, 9):
        row["mean_radius"] = "-" + row["mean_radius"]
    for row in dice.sample(rows, 4):
        row["mean_area"] = row["mean_area"] + " mm2"
    for row in dice.sample(rows, 5):
        row["malignant"] = "2"
    with open(target, "w", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def schema(step, extra=""):
    with open("data/eval.csv", newline="") as file:
        names = next(csv.reader(file))
    features = [name for name in names if name not in ("sample_id", "size_band", "malignant")]
    lines = ["    - {name: %s, type: float, min: 0}\n" % name for name in features]
    write(step + "/models/tumor/schema.yaml", """# What each column of the training data must look like.
apiVersion: martlet.dev/v1
kind: Schema
metadata:
  name: tumor
spec:
  columns:
    - {name: sample_id, type: string, role: id, unique: true, pattern: "cell-[0-9]{4}"}
%s%s    - {name: size_band, type: string, role: slice, allowed: [small, medium, large]}
    - {name: malignant, type: int, role: label, allowed: ["0", "1"]}
""" % ("".join(lines), extra))


def main():
    schema("steps/1-first")
    dataset("repository", "tumor-train", "train.csv", "280 samples with known diagnosis")
    dataset("repository", "tumor-eval", "eval.csv", "190 samples that no model was trained on")
    train("1-first", "data/train.csv", "three features", features=FIRST)
    keep("2-better", "all thirty features")
    train("3-slice", "data/train.csv", "trained on large tumours only", features=SLICE, only="size_band=large")
    keep("4-regression", "a quarter of the training labels flipped")
    train("5-nan", "data/train.csv", "a learning rate of 1e308", features=FIRST, rate=1e308, epochs=5)
    broken("data/train.csv", "data/train-broken.csv")
    with open("data/eval.csv", newline="") as file:
        every = ",".join(name for name in next(csv.reader(file)) if name not in ("sample_id", "size_band", "malignant"))
    train("6-schema", "data/train-broken.csv", "retrained on a fresh export", features=every)
    dataset("steps/6-schema", "tumor-train", "train-broken.csv", "a fresh export of the 280 samples")
    keep("7-leak", "a new feature, followup_code")
    schema("steps/7-leak", "    - {name: followup_code, type: int, allowed: [\"0\", \"1\"]}\n")
    dataset("steps/7-leak", "tumor-train", "train-v3.csv", "280 samples with the code typed in at the next visit")
    dataset("steps/7-leak", "tumor-eval", "eval-v3.csv", "190 samples with the code typed in at the next visit")
    keep("8-retrained", "thirty features, eight more samples")
    schema("steps/8-retrained")
    dataset("steps/8-retrained", "tumor-train", "train-v2.csv", "288 samples with known diagnosis")
    dataset("steps/8-retrained", "tumor-eval", "eval.csv", "190 samples that no model was trained on")


if __name__ == "__main__":
    main()
