#!/usr/bin/env python3
"""Trains a logistic regression and writes it as linear-model-json/1. Python standard library only.

    python3 train.py TRAIN.csv MODEL.json --features mean_radius,mean_texture [--only size_band=small,large]
                     [--seed 7] [--epochs 400] [--rate 1] [--l2 0.01]

Full-batch gradient descent on standardised features; the same rows, options and seed give the same file.
A text that is no number counts as missing and becomes the column's mean; a row whose label is neither 0 nor 1 is left out.
"""
import argparse, csv, json, math, random


def number(text):
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def read(path, only):
    with open(path, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["malignant"] in ("0", "1")]
    if only:
        column, values = only.split("=")
        rows = [row for row in rows if row[column] in values.split(",")]
    return rows


def standardise(rows, name):
    values = [number(row[name]) for row in rows]
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known)
    scale = math.sqrt(sum((value - mean) ** 2 for value in known) / len(known)) or 1.0
    return mean, scale, [((mean if value is None else value) - mean) / scale for value in values]


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))


def fit(columns, labels, options):
    dice = random.Random(options.seed)
    weights, intercept = [dice.gauss(0, 0.01) for _ in columns], 0.0
    rows = list(zip(*columns))
    for epoch in range(options.epochs):
        rate = options.rate / (1 + epoch / 100)
        errors = [sigmoid(intercept + sum(w * x for w, x in zip(weights, row))) - label
                  for row, label in zip(rows, labels)]
        intercept -= rate * sum(errors) / len(rows)
        for index, column in enumerate(columns):
            slope = sum(error * x for error, x in zip(errors, column)) / len(rows)
            weights[index] -= rate * (slope + options.l2 * weights[index])
    return weights, intercept


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("model")
    parser.add_argument("--features", required=True)
    parser.add_argument("--only", help="column=value,value: train on these rows alone")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=400)
    parser.add_argument("--rate", type=float, default=1.0, help="the learning rate of the first epoch")
    parser.add_argument("--l2", type=float, default=0.01)
    options = parser.parse_args()
    rows = read(options.train, options.only)
    names = options.features.split(",")
    prepared = [standardise(rows, name) for name in names]
    weights, intercept = fit([column for _, _, column in prepared], [int(row["malignant"]) for row in rows], options)
    features = [{"name": name, "kind": "numeric", "impute": mean, "mean": mean, "scale": scale, "coef": [weight]}
                for name, (mean, scale, _), weight in zip(names, prepared, weights)]
    model = {"format": "linear-model-json/1", "task": "binary", "classes": ["benign", "malignant"],
             "positive_class": 1, "threshold": 0.5, "intercept": [intercept], "features": features}
    with open(options.model, "w") as file:
        json.dump(model, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
