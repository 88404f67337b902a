#!/usr/bin/env python3
"""Measure Martlet's table commands beside other programs on the same files, and print the table of the README.

    python3 Benchmarks/data.py MARTLET FOLDER [ROWS ...]

Peers are installed with pip below FOLDER; one that cannot be installed or fails is skipped with a message. Times are CPU
seconds (user + system) and wall seconds of whole processes, the best of some runs in turn; memory is the largest resident
set. Tables that FOLDER lacks are made by tables.py.
"""
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
        if isFirst and ending == "csv":
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
    for rows in sizes:
        profiles(martlet, folder, maker, programs, rows, rows == sizes[0])


if __name__ == "__main__":
    main()
