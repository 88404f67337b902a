#!/usr/bin/env python3
"""Scores a CSV with a linear-model-json/1 file. Python standard library only.

    python3 score.py MODEL.json INPUT.csv OUTPUT.csv [ID_COLUMN] [LABEL_COLUMN] [SLICE,SLICE...]

OUTPUT has row_id, label, prediction (0 or 1), score (the probability of 1) and the slice columns.
A number that is missing or unreadable is imputed.
"""
import csv, json, math, sys


def number(text, feature):
    try:
        value = float(text)
    except (TypeError, ValueError):
        value = math.nan
    return feature["impute"] if math.isnan(value) else value


def probability(model, row):
    z = model["intercept"][0]
    for feature in model["features"]:
        z += feature["coef"][0] * (number(row.get(feature["name"]), feature) - feature["mean"]) / feature["scale"]
    return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))


def main(model_path, source, target, id_column=None, label_column=None, slices=""):
    with open(model_path) as file:
        model = json.load(file)
    with open(source, newline="") as rows, open(target, "w", newline="") as file:
        names = ["row_id", "label", "prediction", "score"] + [name for name in slices.split(",") if name]
        out = csv.DictWriter(file, names, lineterminator="\n")
        out.writeheader()
        for index, row in enumerate(csv.DictReader(rows)):
            score = probability(model, row)
            out.writerow({
                "row_id": row[id_column] if id_column else index, "label": row[label_column] if label_column else "",
                "prediction": int(score >= model["threshold"]), "score": "%.9g" % score,
                **{name: row[name] for name in names[4:]},
            })


if __name__ == "__main__":
    main(*sys.argv[1:])
