#!/usr/bin/env python3
"""Measure Martlet on generated repositories, beside git in the same run, and print the table of the README.

    python3 Benchmarks/run.py MARTLET LOOPBENCHMARK FOLDER [DEPLOYMENTS ...]

Times are CPU milliseconds (user + system) of a command and its children, the least of several runs after one warm-up: other
work on the machine only ever adds to them. Memory is the largest resident set. Repositories that FOLDER lacks are made by
generate.py, peers are installed into FOLDER; one that cannot be had is left out with a message.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def measure(arguments, runs=5, cwd=None, environment=None, before=None):
    """Least CPU and wall-clock milliseconds, largest MiB and user milliseconds; `before` runs before each run.

    User time is the least CPU time's share by all runs: the kernel counts it in ticks, which one run has too few of.
    """
    cpu, user, wall, memory = [], [], [], 0
    for run in range(runs + 1):
        if before:
            before()
        with open(os.devnull, "w") as nowhere:
            start = time.perf_counter()
            child = subprocess.Popen(
                arguments, stdout=nowhere, stderr=nowhere, cwd=cwd, env={**os.environ, **(environment or {})})
            _, status, usage = os.wait4(child.pid, 0)
            end = time.perf_counter()
            child.returncode = os.waitstatus_to_exitcode(status)
        if run or runs == 1:
            cpu.append(1000 * (usage.ru_utime + usage.ru_stime))
            user.append(1000 * usage.ru_utime)
            wall.append(1000 * (end - start))
            memory = max(memory, usage.ru_maxrss / 1024)
        if runs == 1:
            break
    return min(cpu), min(wall), memory, min(cpu) * sum(user) / sum(cpu)


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
    # What the models name is there, too; LoopBenchmark commits it as it goes.
    for top, _, names in os.walk(os.path.join(work, "models")):
        if "model.yaml" in names:
            open(os.path.join(top, "predictions.csv"), "a").close()
    # A repository of its own, because FOLDER may lie in a clone, with the commits that the pins name.
    git("init", "-q", cwd=work)
    with open(os.path.join(work, ".git", "objects", "info", "alternates"), "w") as file:
        file.write(os.path.abspath(os.path.join(path, "objects")) + "\n")
    return work, size / 1e6


def peer(what, commands, binary):
    """The binary of a program to compare with, made by `commands` where it is not there; `None` where that fails."""
    if not os.path.exists(binary):
        for command in commands:
            if subprocess.run(command, capture_output=True).returncode != 0:
                print(f"{what} cannot be installed here and is left out: {' '.join(command)} failed", file=sys.stderr)
                return None
    return binary


def yams(folder):
    build = os.path.join(folder, "yams")
    package = os.path.join(HERE, "YamsBenchmark")
    return peer(
        "Yams", [["swift", "build", "-c", "release", "--static-swift-stdlib", "--package-path", package, "--scratch-path", build]],
        os.path.join(build, "release", "YamsBenchmark"))


def gto(folder):
    place = os.path.join(folder, "gto")
    return peer(
        "gto", [[sys.executable, "-m", "venv", place], [os.path.join(place, "bin", "pip"), "install", "-q", "gto"]],
        os.path.join(place, "bin", "gto"))


def tagged(folder, count=10_000):
    """A clone with as many versions as tags of GTO's grammar."""
    path = os.path.join(folder, f"tags{count}")
    if not os.path.exists(path):
        git("init", "-q", "--initial-branch=main", path)
        when = "Ada <ada@example.com> 1700000000 +0000"
        stream = f"commit refs/heads/main\nmark :1\ncommitter {when}\ndata 5\nstart\n"
        for index in range(count):
            stream += f"tag model-{index:06d}@v1.0.0\nfrom :1\ntagger {when}\ndata 0\n"
        subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input=stream.encode(), check=True)
        git("pack-refs", "--all", cwd=path)
    return path


def main():
    martlet, benchmark, folder = (os.path.abspath(argument) for argument in sys.argv[1:4])
    sizes = [int(argument) for argument in sys.argv[4:]] or [10_000, 100_000]
    os.makedirs(folder, exist_ok=True)

    def row(name, *values):
        print("| " + " | ".join((name, *values, *[""] * (len(sizes) - len(values)))) + " |", flush=True)

    print("| CPU | " + " | ".join(f"{size:,} deployments" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes), flush=True)
    start, wall, *_ = measure([martlet, "--version"], 50)
    row("`martlet --version` (wall)", f"{start:.1f} ms ({wall:.1f} ms)")
    hook, wall, *_ = measure([martlet, "hook", "pre-commit"], 50, cwd=staged(martlet, folder))
    row("`martlet hook pre-commit`, one staged manifest (wall)", f"{hook:.1f} ms ({wall:.1f} ms)")
    paths = [repository(folder, size) for size in sizes]
    cache = os.path.join(folder, "cache")
    cold, warm, lists = [], [], []
    for path in paths:
        def status(**more):
            return measure([martlet, "status", "-C", path], environment={"MARTLET_CACHE": cache}, **more)

        cold.append(status(before=lambda: shutil.rmtree(cache, ignore_errors=True)))
        warm.append(status())
        lists.append(measure(["git", "-C", path, "ls-tree", "-r", "main"]))
    row("`martlet status`, cold (memory)", *(f"{time:.0f} ms ({size:.0f} MiB)" for time, _, size, _ in cold))
    row("`martlet status`, pins remembered", *(f"{time:.0f} ms ({size:.0f} MiB)" for time, _, size, _ in warm))
    row("`git ls-tree -r`, for comparison", *(f"{time:.0f} ms" for time, *_ in lists))
    show = gto(folder)
    if show:
        time, *_ = measure([show, "show", "-r", tagged(folder)], 1)
        row("`gto show` of 10,000 tags, for comparison", f"{time:.0f} ms ({time / cold[0][0]:.0f} × `status`, cold)")
    cells, clones, peers = [], [], {"compose": [], "load": []}
    library = yams(folder)
    for path in paths:
        work, size = manifests(path, folder)
        time, _, _, user = measure([martlet, "validate", "-C", work])
        cells.append(f"{time:.0f} ms, of it {user:.0f} in user space ({size / user * 1000:.0f} MB/s)")
        # Of a clone each pin must lie in the branch's history, too.
        tip = subprocess.run(["git", "-C", path, "rev-parse", "main"], check=True, capture_output=True, text=True).stdout
        git("update-ref", "refs/heads/main", tip.strip(), cwd=work)
        git("symbolic-ref", "HEAD", "refs/heads/main", cwd=work)
        inside, _, _, own = measure([martlet, "validate", "-C", work])
        clones.append(f"{inside:.0f} ms, of it {own:.0f} in user space ({size / own * 1000:.0f} MB/s)")
        for depth in peers if library else []:
            other, _, _, own = measure([library, work, depth], 1)
            peers[depth].append(
                f"{other:.0f} ms ({other / time:.1f} × `validate`), of it {own:.0f} in user space ({own / user:.1f} ×)")
        shutil.rmtree(work)
    row("`martlet validate`, all files, without history", *cells)
    row("`martlet validate` in a clone, where each pin must lie in 20,000 commits", *clones)
    for depth, times in peers.items():
        if times:
            row(f"Yams, `{depth}` of the same files, for comparison", *times)
    loops = [loop(benchmark, path) for path in paths]
    row("first start of a controller, 20,000 commits", *(f"{figures['cold_start_cpu_s']:.1f} s" for figures in loops))
    row("running loop, nothing moved", *(f"{figures['idle_pass_cpu_ms']:.3f} ms" for figures in loops))
    row("commit to promotion commit, 10,000 predictions", *(f"{figures['commit_to_promotion_cpu_ms']:.1f} ms" for figures in loops))
    row("verdict to revert commit", *(f"{figures['verdict_to_revert_cpu_ms']:.1f} ms" for figures in loops))
    remote, *_ = measure(["git", "ls-remote", paths[0], "refs/heads/main"], 9)
    row("`git ls-remote` of one reference, for comparison", f"{remote:.1f} ms")


if __name__ == "__main__":
    main()
