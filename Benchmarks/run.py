#!/usr/bin/env python3
"""Measure Martlet on generated repositories, beside git in the same run, and print the table of the README.

    python3 Benchmarks/run.py MARTLET LOOPBENCHMARK FOLDER [DEPLOYMENTS ...]

Times are CPU seconds (user + system) of a command and its children, the median of five runs after one warm-up;
memory is the largest resident set. Repositories that FOLDER lacks are made by generate.py.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def measure(arguments, runs=5, cwd=None, environment=None):
    """Median CPU milliseconds and largest MiB of a command."""
    times, memory = [], 0
    for run in range(runs + 1):
        with open(os.devnull, "w") as nowhere:
            child = subprocess.Popen(
                arguments, stdout=nowhere, stderr=nowhere, cwd=cwd, env={**os.environ, **(environment or {})})
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if run:
            times.append(1000 * (usage.ru_utime + usage.ru_stime))
            memory = max(memory, usage.ru_maxrss / 1024)
    return statistics.median(times), memory


def git(*arguments, cwd=None):
    subprocess.run(["git", *arguments], check=True, cwd=cwd, capture_output=True)


def repository(folder, deployments):
    path = os.path.join(folder, f"r{deployments}")
    if not os.path.exists(path):
        subprocess.run(
            [sys.executable, os.path.join(HERE, "generate.py"), path, "--deployments", str(deployments), "--probe"], check=True)
    return path


def loop(binary, path):
    """LoopBenchmark's figures, on a copy: it writes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "r")
        shutil.copytree(path, copy)
        return json.loads(subprocess.run([binary, copy], check=True, capture_output=True, text=True).stdout)


def staged(martlet, folder):
    """A clone with one staged manifest."""
    work = os.path.join(folder, "work")
    shutil.rmtree(work, ignore_errors=True)
    subprocess.run([martlet, "init", work], check=True, capture_output=True)
    git("init", "-q", cwd=work)
    git("add", ".", cwd=work)
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "start", cwd=work)
    with open(os.path.join(work, "gates", "staging.yaml"), "a") as file:
        file.write("# one more line\n")
    git("add", ".", cwd=work)
    return work


def manifests(path, folder):
    """The repository's manifests as files, and their size in MB."""
    work = os.path.join(folder, "files")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    archive = subprocess.Popen(["git", "-C", path, "archive", "main"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "x", "-C", work], stdin=archive.stdout, check=True)
    size = sum(os.path.getsize(os.path.join(top, name)) for top, _, names in os.walk(work) for name in names)
    return work, size / 1e6


def main():
    martlet, benchmark, folder = (os.path.abspath(argument) for argument in sys.argv[1:4])
    sizes = [int(argument) for argument in sys.argv[4:]] or [10_000, 100_000]
    os.makedirs(folder, exist_ok=True)

    def row(name, *values):
        print("| " + " | ".join((name, *values)) + " |", flush=True)

    print("| CPU | " + " | ".join(f"{size:,} deployments" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes), flush=True)
    start, _ = measure([martlet, "--version"], 15)
    row("`martlet --version`", f"{start:.1f} ms", *[""] * (len(sizes) - 1))
    hook, _ = measure([martlet, "hook", "pre-commit"], 15, cwd=staged(martlet, folder))
    row("`martlet hook pre-commit`, one staged manifest", f"{hook:.1f} ms", *[""] * (len(sizes) - 1))
    paths = [repository(folder, size) for size in sizes]
    cold, warm, lists = [], [], []
    for path in paths:
        cache = os.path.join(folder, "cache")
        shutil.rmtree(cache, ignore_errors=True)
        environment = {"MARTLET_CACHE": cache}
        times = []
        for _ in range(5):
            shutil.rmtree(cache, ignore_errors=True)
            child = subprocess.Popen(
                [martlet, "status", "-C", path], stdout=subprocess.DEVNULL, env={**os.environ, **environment})
            _, _, usage = os.wait4(child.pid, 0)
            child.returncode = 0
            times.append((1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024))
        cold.append((statistics.median(time for time, _ in times), max(size for _, size in times)))
        warm.append(measure([martlet, "status", "-C", path], environment=environment))
        lists.append(measure(["git", "-C", path, "ls-tree", "-r", "main"]))
    row("`martlet status`, cold (memory)", *(f"{time:.0f} ms ({size:.0f} MiB)" for time, size in cold))
    row("`martlet status`, pins remembered", *(f"{time:.0f} ms ({size:.0f} MiB)" for time, size in warm))
    row("`git ls-tree -r`, for comparison", *(f"{time:.0f} ms" for time, _ in lists))
    cells = []
    for path in paths:
        work, size = manifests(path, folder)
        time, _ = measure([martlet, "validate", "-C", work], 3)
        cells.append(f"{time:.0f} ms ({size / time * 1000:.0f} MB/s)")
        shutil.rmtree(work)
    row("`martlet validate`, all files", *cells)
    loops = [loop(benchmark, path) for path in paths]
    row("running loop, nothing moved", *(f"{figures['idle_pass_cpu_ms']:.3f} ms" for figures in loops))
    row("commit to promotion commit, 10,000 predictions", *(f"{figures['commit_to_promotion_cpu_ms']:.1f} ms" for figures in loops))
    row("verdict to revert commit", *(f"{figures['verdict_to_revert_cpu_ms']:.1f} ms" for figures in loops))
    remote, _ = measure(["git", "ls-remote", paths[0], "refs/heads/main"], 9)
    row("`git ls-remote` of one reference, for comparison", f"{remote:.1f} ms", *[""] * (len(sizes) - 1))


if __name__ == "__main__":
    main()
