#!/usr/bin/env python3
"""Make a bare model repository of a given size, packed as a server packs it. Plain Python 3 and git.

    python3 Benchmarks/generate.py FOLDER --deployments 100000 --commits 20000

Models lie in nested folders of at most 500; each is deployed to dev, staging and production. The first commit brings the
models, the second the deployments, pinned to the first; each further commit changes one deployment. Same arguments, same
commit ids: author, dates and the seed are fixed.
"""
import argparse
import os
import random
import subprocess

ENVIRONMENTS = ["dev", "staging", "production"]

MODEL = """\
apiVersion: martlet.dev/v1
kind: Model
metadata:
  name: {name}
  labels: {{team: {team}, tier: "{tier}"}}
spec:
  # Trained nightly; the artifact is a pointer, the evaluation a file beside this manifest.
  task: binary-classification
  owners: [{team}-ml]
  artifact:
    uri: https://models.example.com/{name}/model.onnx
    format: onnx
    sha256: {digest}
  evaluation:
    predictions: predictions.csv
    columns: {{id: row, label: label, prediction: prediction, score: score}}
    slices: [region]
"""

DEPLOYMENT = """\
apiVersion: martlet.dev/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    team: {team}
    tier: "{tier}"
spec:
  # Edited by Martlet; people may edit it too. The revision is the only authority, version and digest
  # are there for readers. See the runbook of team {team} before you move a pin by hand.
  model: {name}
  revision: {revision}   # defines the version
  version: v1.0.{patch}
  digest: sha256:{digest}
  # rollout is left to the target: models of tier {tier} are restarted one replica at a time
"""

ENVIRONMENT = """\
apiVersion: martlet.dev/v1
kind: Environment
metadata:
  name: {name}
spec:
  from: [{upstream}]
  gate: {gate}
  promotion: {{mode: automatic, order: latest}}
  verify: {{for: 0s, interval: 1h, failureThreshold: 1{probe}}}
"""

GATE = """\
apiVersion: martlet.dev/v1
kind: Gate
metadata:
  name: {name}
spec:
  checks:
    - check: infra.quality-gate
      metrics: {{accuracy: {{min: 0.6}}}}
"""


def environment_manifest(name, upstream, probe):
    return ENVIRONMENT.format(name=name, upstream=upstream, gate=name, probe=", probe: {kind: sick}" if probe and name == "dev" else "")


def model_name(index):
    return f"team-{index // 500:03d}/model-{index:06d}"


def digest(index):
    return f"{index:064x}"


class Stream:
    """A git fast-import stream whose commits are a minute apart."""

    def __init__(self, repository):
        self.child = subprocess.Popen(
            ["git", "-C", repository, "fast-import", "--quiet", "--done", "--force"], stdin=subprocess.PIPE)
        self.minute = 0

    def write(self, text):
        self.child.stdin.write(text.encode())

    def commit(self, subject, mark, parent=None):
        when = f"Ada <ada@example.com> {1_700_000_000 + 60 * self.minute} +0000"
        self.minute += 1
        data = subject.encode()
        self.write(f"commit refs/heads/main\nmark :{mark}\nauthor {when}\ncommitter {when}\ndata {len(data)}\n{subject}\n")
        if parent:
            self.write(f"from {parent}\n")

    def file(self, path, text):
        self.write(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")

    def close(self):
        self.write("done\n")
        self.child.stdin.close()
        if self.child.wait() != 0:
            raise SystemExit("git fast-import failed")


def deployment(index, revision, patch):
    name = model_name(index)
    return DEPLOYMENT.format(
        name=name, team=name.split("/")[0], tier=index % 4, revision=revision, patch=patch, digest=digest(index))


def generate(repository, deployments, commits, probe=False):
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository], check=True)
    models = -(-deployments // len(ENVIRONMENTS))
    stream = Stream(repository)
    stream.commit("Bring the models", 1)
    stream.file("martlet.yaml", "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata:\n  name: benchmark\nspec:\n  branch: main\n")
    upstream = ""
    for environment in ENVIRONMENTS:
        stream.file(f"gates/{environment}.yaml", GATE.format(name=environment))
        stream.file(
            f"environments/{environment}/environment.yaml",
            environment_manifest(environment, upstream, probe))
        upstream = environment
    for index in range(models):
        name = model_name(index)
        stream.file(
            f"models/{name}/model.yaml", MODEL.format(name=name, team=name.split("/")[0], tier=index % 4, digest=digest(index)))
    stream.close()
    first = subprocess.run(
        ["git", "-C", repository, "rev-parse", "main"], check=True, capture_output=True, text=True).stdout.strip()

    stream = Stream(repository)
    stream.minute = 1
    stream.commit("Deploy the models", 2, first)
    left = deployments
    for environment in ENVIRONMENTS:
        for index in range(min(models, left)):
            stream.file(f"environments/{environment}/{model_name(index)}.yaml", deployment(index, first, 0))
        left -= min(models, left)
    chance = random.Random(20261121)
    for number in range(2, commits):
        index = chance.randrange(models)
        environment = ENVIRONMENTS[0] if deployments < 3 else chance.choice(ENVIRONMENTS[: max(1, min(3, deployments // models))])
        stream.commit(f"Deploy {model_name(index)} to {environment}", number + 1)
        stream.file(f"environments/{environment}/{model_name(index)}.yaml", deployment(index, first, number))
    stream.close()
    subprocess.run(
        ["git", "-C", repository, "-c", "pack.threads=2", "repack", "-a", "-d", "-F", "-q", "--write-bitmap-index"], check=True)
    subprocess.run(["git", "-C", repository, "commit-graph", "write", "--reachable", "--no-progress"], check=True)
    subprocess.run(["git", "-C", repository, "pack-refs", "--all"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--deployments", type=int, default=10_000)
    parser.add_argument("--commits", type=int, default=20_000)
    parser.add_argument("--probe", action="store_true", help="give dev the probe of LoopBenchmark")
    options = parser.parse_args()
    if os.path.exists(options.folder):
        raise SystemExit(f"{options.folder} is there already")
    generate(options.folder, options.deployments, options.commits, options.probe)


if __name__ == "__main__":
    main()
