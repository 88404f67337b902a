"""Builds a model repository of the five credit-risk sample versions and prints the scorecard of each.

    python3 credit_risk_scores.py SAMPLES/credit-risk FOLDER MARTLET

The samples are GPL data, so they stay where they are: nothing of them is in this project. Each version is scored when it is the
newest and production runs the one before; the third and later ones stand before the second, since they would not get in.
Prints one line a test: its id, then POINTS/VERDICT of each version; then the sections and the two numbers.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

SAMPLES, FOLDER, MARTLET = sys.argv[1:4]
DATES = ["2025-01-14", "2025-03-04", "2025-05-20", "2025-07-08", "2025-09-02"]
MODEL = "models/credit-risk"
FILES = [
    "params.yaml", "metrics.json", "predictions.csv", "predictions_perturbed.csv", "training_log.csv",
    "tuning_trials.csv", "feature_importances.csv", "junit.xml", "coverage.xml", "model.onnx",
]
GATE = [
    {"check": "infra.quality-gate", "metrics": {"auc": {"min": 0.75, "maxDrop": 0.01}}},
    {"check": "model.slices", "minRows": 40, "thin": "warn"},
    {"check": "model.inclusion", "minRows": 40},
    {"check": "monitor.data-invariants", "minRows": 100},
    {"check": "monitor.staleness", "cadence": "90d"},
]
ENVIRONMENT = dict(
    os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="Ada",
    GIT_AUTHOR_EMAIL="ada@example.com", GIT_COMMITTER_NAME="Ada", GIT_COMMITTER_EMAIL="ada@example.com",
    MARTLET_CACHE=FOLDER + "/cache",
)
REPOSITORY = FOLDER + "/repository"
SIGNING = ["-c", "gpg.format=ssh", "-c", f"user.signingKey={FOLDER}/grace"]


def run(*arguments, date=None):
    environment = dict(ENVIRONMENT)
    if date:
        environment["GIT_AUTHOR_DATE"] = environment["GIT_COMMITTER_DATE"] = date
    return subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def commit(message, date, *options):
    run("git", "-C", REPOSITORY, "add", "-A")
    run("git", "-C", REPOSITORY, *SIGNING, "commit", "-q", "-m", message, *options, date=date)
    return run("git", "-C", REPOSITORY, "rev-parse", "HEAD")


def put(path, kind, name, spec):
    path = f"{REPOSITORY}/{path}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(f"apiVersion: martlet.dev/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {json.dumps(spec)}\n")


def take(source, target):
    """Copies a sample's file, or removes what an earlier version left."""
    target = f"{REPOSITORY}/{target}"
    if source and os.path.exists(f"{SAMPLES}/{source}"):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(f"{SAMPLES}/{source}", target)
    elif os.path.exists(target):
        os.remove(target)


def dataset(name, file):
    take("data/" + file, "data/" + file)
    with open(f"{SAMPLES}/data/{file}", "rb") as bytes_:
        digest = hashlib.sha256(bytes_.read()).hexdigest()
    put(f"data/{name}.yaml", "Dataset", name, {"path": file, "sha256": digest})


def schema():
    with open(SAMPLES + "/columns.json") as file:
        columns = json.load(file)["columns"]
    wanted = ["name", "type", "role", "nullable", "min", "max"]
    return {
        "columns": [
            {key: column[key] for key in wanted if key in column}
            | ({"allowed": [str(value) for value in column["allowed"]]} if "allowed" in column else {})
            | ({"unique": True} if column["role"] == "id" else {})
            for column in columns
        ]
    }


def manifest(number):
    spec = {
        "task": "binary-classification", "owners": ["lending-ml"],
        "artifact": {"path": "model.onnx", "format": "onnx"}, "schema": "schema.yaml",
        "training": {
            "params": "params.yaml", "data": ["hmda-train"], "log": "training_log.csv", "trials": "tuning_trials.csv",
            "importances": "feature_importances.csv", "tests": {"junit": "junit.xml", "coverage": "coverage.xml"},
        },
        "evaluation": {
            "data": "hmda-eval", "predictions": "predictions.csv", "perturbed": "predictions_perturbed.csv",
            "columns": {"id": "row_id", "label": "label", "prediction": "prediction", "score": "score"},
            "slices": ["race", "sex", "age_group", "county"], "sensitive": ["race"],
        },
    }
    if number > 1:
        spec["evaluation"]["baseline"] = {"predictions": "baseline_predictions.csv"}
    if number == 2:
        spec["training"]["rerun"] = {"predictions": "rerun_predictions.csv"}
        spec["serving"] = {"log": "serving-log.jsonl", "labels": "serving-labels.csv"}
    return spec


def score(number):
    for file in FILES:
        take(f"versions/v{number}/{file}", f"{MODEL}/{file}")
    take("versions/v1/predictions.csv", f"{MODEL}/baseline_predictions.csv")
    # Only the second version was served, and trained a second time.
    for source, target in [
        ("repro/run-b/predictions.csv", "rerun_predictions.csv"), ("serving/serving-log.jsonl", "serving-log.jsonl"),
        ("serving/serving-labels.csv", "serving-labels.csv"),
    ]:
        take(source if number == 2 else None, f"{MODEL}/{target}")
    dataset("hmda-train", {3: "train-v3.csv", 4: "train-v4.csv"}.get(number, "train.csv"))
    dataset("hmda-eval", "eval.csv")
    put(f"{MODEL}/model.yaml", "Model", "credit-risk", manifest(number))
    put(f"{MODEL}/schema.yaml", "Schema", "credit-risk", schema())
    date = DATES[number - 1]
    message = f"Train credit-risk v{number}\n\nReviewed-by: Grace <grace@example.com>"
    # Grace has looked at it, and puts it on the branch with her signature.
    revision = commit(message, date + "T10:00:00Z", "-S")
    card = json.loads(run(MARTLET, "score", "credit-risk", "-C", REPOSITORY, "--output", "json"))
    if number <= 2:
        put(
            "environments/production/credit-risk.yaml", "Deployment", "credit-risk",
            {"model": "credit-risk", "revision": revision})
        commit(f"Promote credit-risk v{number} to production", date + "T12:00:00Z")
    return card


run("git", "init", "-q", "-b", "main", REPOSITORY)
run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", FOLDER + "/grace")
with open(FOLDER + "/grace.pub") as key, open(REPOSITORY + "/allowed_signers", "w") as signers:
    signers.write("grace@example.com " + key.read())
put("martlet.yaml", "Repository", "models", {"branch": "main"})
put("gates/production.yaml", "Gate", "production", {"checks": GATE})
target = {"kind": "directory", "path": "/nonexistent", "layout": "plain"}
put("environments/production/environment.yaml", "Environment", "production", {"gate": "production", "target": target})
put("environments/production/credit-risk.yaml", "Deployment", "credit-risk", {"model": "credit-risk"})
cards = [score(number) for number in range(1, 6)]
run(MARTLET, "validate", "-C", REPOSITORY)

for section in cards[0]["sections"]:
    rows = [card["sections"][section]["tests"] for card in cards]
    for tests in zip(*rows):
        print(tests[0]["number"], *(f"{test['points']:g}/{test['verdict']}" for test in tests))
    print(section, *(f"{card['sections'][section]['score']:g}/{card['sections'][section]['passing']:g}" for card in cards))
print("score", *(f"{card['score']:g}/{card['passing']:g}" for card in cards))
if "--why" in sys.argv:
    for number, card in enumerate(cards, 1):
        for section in card["sections"].values():
            for test in section["tests"]:
                print(f"v{number}", test["number"], test["note"])
