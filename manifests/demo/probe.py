#!/usr/bin/env python3
"""Looks how well a served model does: scores rows whose labels came in later. Python standard library only.

    python3 probe.py MODEL.json SERVED.csv LIMIT

Needs score.py beside it. Ends with 0 where the log-loss is at most LIMIT, with 1 where it is more, and with 2 where
it cannot tell; says so as JSON with the value and the limit.
"""
import csv, json, math, sys

from score import probability


def main(model_path, served, limit):
    with open(model_path) as file:
        model = json.load(file)
    with open(served, newline="") as file:
        rows = list(csv.DictReader(file))
    loss = missed = 0
    for row in rows:
        score, label = min(max(probability(model, row), 1e-15), 1 - 1e-15), row["malignant"] == "1"
        loss -= math.log(score if label else 1 - score) / len(rows)
        missed += label and score < model["threshold"]
    positives = sum(row["malignant"] == "1" for row in rows)
    message = "log-loss %.3f on %d served rows, limit %s; %d of %d malignant missed" % (
        loss, len(rows), limit, missed, positives)
    print(json.dumps({"message": message, "value": loss, "threshold": float(limit)}))
    return 0 if loss <= float(limit) else 1


if __name__ == "__main__":
    try:
        status = main(*sys.argv[1:])
    except Exception as error:
        print("cannot tell: %s" % error, file=sys.stderr)
        status = 2
    sys.exit(status)
