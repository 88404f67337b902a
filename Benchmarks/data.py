#!/usr/bin/env python3
"""Measure Martlet's table commands beside other programs on the same files, and print the table of the README.

    python3 Benchmarks/data.py MARTLET FOLDER [ROWS ...]

Peers are installed with pip below FOLDER; one that cannot be installed or fails is skipped with a message. Times are CPU
seconds (user + system) and wall seconds of whole processes, the best of some runs in turn; memory is the largest resident
set. Tables that FOLDER lacks are made by tables.py.
"""
import hashlib
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {
    "tables": ["numpy", "polars", "pyarrow"],
    "duckdb": ["duckdb"],
    "polars": ["polars"],
    "whylogs": ["whylogs", "numpy<2", "pandas<3"],
    "evidently": ["evidently", "pandas<3"],
    "great-expectations": ["great-expectations", "pandas<3", "pyarrow"],
    "scikit-learn": ["scikit-learn", "pandas"],
}
TASKS = {"binary-classification": ["--score", "score"], "multiclass-classification": ["--scores", "score_*"], "regression": []}


def python(folder, peer):
    """The Python that has a peer, or None."""
    home = os.path.join(folder, "peers", peer)
    program = os.path.join(home, "bin", "python")
    if os.path.exists(os.path.join(home, "installed")):
        return program
    commands = [[sys.executable, "-m", "venv", home], [program, "-m", "pip", "install", "--quiet", *PEERS[peer]]]
    for command in commands:
        if subprocess.run(command, capture_output=True).returncode:
            print(f"{peer} is skipped: it cannot be installed", file=sys.stderr)
            return None
    open(os.path.join(home, "installed"), "w").close()
    return program


# The twenty expectations that DuckDB and Great Expectations are asked for in peers.py.
SCHEMA = r"""apiVersion: martlet.dev/v1
kind: Schema
metadata: {name: table}
spec:
  strict: true
  rows: {min: 1000}
  columns:
    - {name: n0, type: float, nullable: true, maxNullShare: 0.02, min: 18, max: 90}
    - {name: n1, type: float, nullable: true}
    - {name: n2, type: float, nullable: true, mean: {min: 49, max: 52}, standardDeviation: {min: 9, max: 11}}
    - {name: n3, type: float, nullable: true, quantiles: [{at: 0.25, min: 5, max: 15}, {at: 0.5, min: 19, max: 21}, {at: 0.75, min: 30, max: 50}]}
    - {name: n4, type: float, nullable: true, min: 0, max: 1}
    - {name: n5, type: float, nullable: true}
    - {name: n6, type: float, nullable: true}
    - {name: n7, type: float, nullable: true}
    - {name: n8, type: float, nullable: true, max: 1000000}
    - {name: n9, type: float, nullable: true}
    - {name: c0, nullable: true, maxNullShare: 0.02, allowed: ["yes", "no"]}
    - {name: c1, nullable: true, allowed: [basic, plus, pro, team, enterprise]}
    - {name: c2, nullable: true, allowed: [m00, m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11]}
    - {name: c3, nullable: true, pattern: 'S\d\d'}
    - {name: c4, nullable: true, distinct: {min: 900, max: 1000}}
    - {name: s0, distinctShare: {min: 0.99}, pattern: 'u[0-9a-f]{10}'}
    - {name: s1, nullable: true, minLength: 10, maxLength: 80}
    - {name: ts, type: timestamp}
"""
CHECKED = {
    "models/table/model.yaml": "kind: Model\nmetadata: {name: table}\nspec: {task: regression, artifact: {path: model.bin}, "
    "schema: schema.yaml, training: {data: [table]}}\n",
    "data/table.yaml": "kind: Dataset\nmetadata: {name: table}\nspec: {uri: 'file://%s', format: %s, sha256: %s}\n",
    "environments/dev/environment.yaml": "kind: Environment\nmetadata: {name: dev}\nspec: {target: {kind: directory, path: /tmp}}\n",
    "martlet.yaml": "kind: Repository\nmetadata: {name: tables}\nspec: {}\n",
}


def run(command):
    """CPU seconds, wall seconds and MiB of a command; None where it fails."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        return None
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def compare(title, rows, martlet, peers, runs):
    """Prints one line for Martlet and one for each peer; `peers` has names, programs and how often each is run at most."""
    found = {"martlet": []}
    for turn in range(runs):
        found["martlet"].append(run(martlet))
        for name, command, most in peers:
            if command[0] and turn < most:
                found.setdefault(name, []).append(run(command))
    ours = None
    for name, results in found.items():
        if None in results:
            print(f"{name} is skipped: `{title}` failed", file=sys.stderr)
            continue
        cpu, wall, size = min(r[0] for r in results), min(r[1] for r in results), max(r[2] for r in results)
        ours = ours or cpu
        ratio = "" if name == "martlet" else f"{cpu / ours:.1f} ×"
        print(f"| {title} | {name} | {rows / cpu:,.0f} | {ratio} | {cpu:.2f} s | {wall:.2f} s | {size:.0f} MiB |", flush=True)


def made(path, maker, *arguments):
    if not os.path.exists(path):
        subprocess.run([maker, os.path.join(HERE, "tables.py"), arguments[0], path + ".part" + os.path.splitext(path)[1], *arguments[1:]], check=True)
        os.rename(path + ".part" + os.path.splitext(path)[1], path)
    return path


def profiles(martlet, folder, maker, programs, rows, isFirst):
    for ending in ("csv", "parquet"):
        path = made(os.path.join(folder, f"reference{rows}.{ending}"), maker, "table", str(rows), "42")
        program = lambda peer, name: [programs[peer], os.path.join(HERE, "peers.py"), name, path]
        peers = [
            ("DuckDB `SUMMARIZE`", program("duckdb", "duckdb-summarize"), 5),
            ("DuckDB, 111 aggregates", program("duckdb", "duckdb-aggregates"), 5),
            ("polars, 115 aggregates", program("polars", "polars"), 5),
        ]
        if ending == "csv":
            peers += [("whylogs", program("whylogs", "whylogs"), 1), ("Evidently", program("evidently", "evidently"), 1)]
        compare(f"profile, {rows:,} rows, {ending}", rows, [martlet, "profile", path, "--output", "json"], peers, 5 if isFirst else 2)


def drifts(martlet, folder, maker, programs, rows):
    for ending in ("csv", "parquet"):
        pair = [
            made(os.path.join(folder, f"reference{rows}.{ending}"), maker, "table", str(rows), "42"),
            made(os.path.join(folder, f"current{rows}.{ending}"), maker, "table", str(rows), "43", "--drift"),
        ]
        presets = {"Evidently": "evidently-drift", "Evidently, summary and drift": "evidently-presets"} if ending == "csv" else {}
        peers = [(name, [programs["evidently"], os.path.join(HERE, "peers.py"), preset, *pair], 1) for name, preset in presets.items()]
        compare(f"drift, 2 × {rows:,} rows, {ending}", 2 * rows, [martlet, "drift", *pair, "--output", "json"], peers, 3)


def evaluations(martlet, folder, maker, programs, rows):
    for task, options in TASKS.items():
        path = made(os.path.join(folder, f"{task}{rows}.csv"), maker, "predictions", task, str(rows))
        slices = [argument for k in range(5) for argument in ("--slice", f"slice{k}")]
        command = [martlet, "evaluate", path, "--task", task, "--label", "label", "--prediction", "prediction", *options, *slices, "--output", "json"]
        peer = [programs["scikit-learn"], os.path.join(HERE, "peers.py"), "scikit-learn", path, task]
        compare(f"evaluate, {task}, 5 slices, {rows:,} rows", rows, command, [("scikit-learn", peer, 2)], 5)


def checked(path, folder):
    """A repository whose model is trained on the table at `path`, and whose schema asks for the twenty checks."""
    home = os.path.join(folder, "checked" + os.path.splitext(path)[1])
    with open(path, "rb") as table:
        digest = hashlib.file_digest(table, "sha256").hexdigest()
    files = {name: "apiVersion: martlet.dev/v1\n" + text for name, text in CHECKED.items()}
    files["data/table.yaml"] %= (path, os.path.splitext(path)[1][1:], digest)
    for name, text in {**files, "models/table/schema.yaml": SCHEMA, "models/table/model.bin": "1"}.items():
        os.makedirs(os.path.dirname(os.path.join(home, name)), exist_ok=True)
        with open(os.path.join(home, name), "w") as file:
            file.write(text)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--allow-empty", "--message", "a table"]):
        subprocess.run(["git", "-C", home, "-c", "user.name=b", "-c", "user.email=b@example.com", *command], check=True)
    return home


def checks(martlet, folder, maker, programs, rows):
    """Martlet's includes the digest of the table, and estimates how many different values s0 has (a warning), which DuckDB counts."""
    os.environ["MARTLET_FILES"] = folder
    for ending in ("csv", "parquet"):
        path = made(os.path.join(folder, f"reference{rows}.{ending}"), maker, "table", str(rows), "42")
        command = [martlet, "check", "table", "--only", "data.schema", "-C", checked(path, folder)]
        program = lambda peer, name: [programs[peer], os.path.join(HERE, "peers.py"), name, path]
        peers = [("DuckDB", program("duckdb", "duckdb-checks"), 5), ("Great Expectations", program("great-expectations", "great-expectations"), 1)]
        compare(f"20 checks, {rows:,} rows, {ending}", rows, command, peers, 5)


def main():
    martlet, folder = (os.path.abspath(argument) for argument in sys.argv[1:3])
    sizes = [int(argument) for argument in sys.argv[3:]] or [1_000_000, 10_000_000]
    os.makedirs(folder, exist_ok=True)
    programs = {peer: python(folder, peer) for peer in PEERS}
    maker = programs["tables"]
    if not maker:
        sys.exit("the tables cannot be made without numpy, polars and pyarrow")
    print("| what | program | rows per CPU second | Martlet is faster by | CPU | wall | memory |")
    print("|---|---|---|---|---|---|---|", flush=True)
    evaluations(martlet, folder, maker, programs, sizes[0])
    drifts(martlet, folder, maker, programs, sizes[0])
    checks(martlet, folder, maker, programs, sizes[0])
    for rows in sizes:
        profiles(martlet, folder, maker, programs, rows, rows == sizes[0])


if __name__ == "__main__":
    main()
