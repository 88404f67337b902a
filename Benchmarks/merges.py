#!/usr/bin/env python3
"""Measure how long Martlet takes to judge and merge many ready requests, and check what came of it.

    python3 Benchmarks/merges.py MARTLET FOLDER [REQUESTS]

Makes a repository of so many models (1,000), lets Martlet bring a second version of each into dev, and pushes a branch
promote/production/MODEL for each of these as a person does, with git. Then it times `martlet reconcile` from its start to its
end, children included: in the origin itself, through a clone whose mirror Martlet has fetched before, and through one
that it has not; then with Martlet signing each merge, and with one request among them that the server's hook refuses.
Each run starts from the same origin. CPU is user + system, the least of the runs.
"""
import os
import shutil
import subprocess
import sys
import time

import generate

MOST_SECONDS = 30
RUNS = 3

ENVIRONMENT = """\
apiVersion: martlet.dev/v1
kind: Environment
metadata:
  name: {name}
spec:
  from: [{upstream}]
  gate: open
  promotion: {{mode: {mode}}}
  verify: {{for: 0s, interval: 1h, failureThreshold: 1}}
"""

GATE = """\
apiVersion: martlet.dev/v1
kind: Gate
metadata:
  name: open
spec:
  checks:
    - check: infra.quality-gate
      metrics: {accuracy: {min: 0.6, by: value}}
"""

SETTINGS = "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata:\n  name: benchmark\nspec:\n  branch: main\n"

# Refuses whatever would merge this one; a server that lets the rest in.
BAD = "team-000/model-000123"
HOOK = f"""\
#!/bin/sh
while read old new name; do
	test "$name" = refs/heads/main || continue
	git diff --quiet "$old" "$new" -- environments/production/{BAD}.yaml || {{ echo "not this one"; exit 1; }}
done
"""


def git(*arguments, cwd=None, text=None):
    done = subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *arguments], check=True, cwd=cwd, input=text,
        capture_output=True, text=True)
    return done.stdout.strip()


def predictions(right):
    rows = "".join(f"r{row},{row % 2},{row % 2 if row < right else 1 - row % 2},0.5,north\n" for row in range(10))
    return "row,label,prediction,score,region\n" + rows


def model(index, version):
    name = generate.model_name(index)
    return generate.MODEL.format(name=name, team=name.split("/")[0], tier=index % 4, digest=generate.digest(10 * index + version))


def write_models(stream, count, version):
    for index in range(count):
        folder = f"models/{generate.model_name(index)}"
        stream.file(f"{folder}/model.yaml", model(index, version))
        stream.file(f"{folder}/predictions.csv", predictions(7 + version))


def make_origin(origin, count):
    """A bare repository in which the first version of each model is deployed and the second is there."""
    git("init", "--quiet", "--bare", "--initial-branch=main", origin)
    # It would go on in the background while the repository is copied.
    git("config", "receive.autoGC", "false", cwd=origin)
    stream = generate.Stream(origin)
    stream.commit("Bring the models", 1)
    stream.file("martlet.yaml", SETTINGS)
    stream.file("gates/open.yaml", GATE)
    stream.file("environments/dev/environment.yaml", ENVIRONMENT.format(name="dev", upstream="", mode="automatic"))
    stream.file(
        "environments/production/environment.yaml", ENVIRONMENT.format(name="production", upstream="dev", mode="manual"))
    write_models(stream, count, 1)
    stream.close()
    first = git("rev-parse", "main", cwd=origin)
    stream = generate.Stream(origin)
    stream.minute = 1
    stream.commit("Deploy the models", 2, first)
    for name in ("dev", "production"):
        for index in range(count):
            text = generate.deployment(index, first, 0).replace(generate.digest(index), generate.digest(10 * index + 1))
            stream.file(f"environments/{name}/{generate.model_name(index)}.yaml", text.replace("  version: v1.0.0\n", ""))
    stream.commit("Train them again", 3)
    write_models(stream, count, 2)
    stream.close()
    git("repack", "-a", "-d", "-q", cwd=origin)


def propose(work, count):
    """Branches that move production to what runs in dev, one each, all in one push."""
    git("pull", "--quiet", cwd=work)
    stream = generate.Stream(work)
    for index in range(count):
        name = generate.model_name(index)
        with open(os.path.join(work, f"environments/dev/{name}.yaml")) as file:
            text = file.read()
        when, subject = f"Ada <ada@example.com> {int(time.time())} +0000", f"{name} for production"
        stream.write(f"commit refs/heads/promote/production/{name}\ncommitter {when}\ndata {len(subject)}\n{subject}\n")
        stream.write("from refs/heads/main\n")
        stream.file(f"environments/production/{name}.yaml", text)
    stream.close()
    git("push", "--quiet", "origin", "refs/heads/promote/*", cwd=work)


def reconcile(martlet, place, environment):
    """Wall and CPU seconds of a command and its children."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [martlet, "reconcile", "-C", place, "--log", "none"], stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"martlet reconcile ended with {child.returncode}")
    return wall, usage.ru_utime + usage.ru_stime


def expect_merged(origin, count, left=()):
    """Each is merged by a commit of its own, its branch is gone, and nothing is broken."""
    merges = git("rev-list", "--count", "--merges", "--first-parent", "main", cwd=origin)
    branches = git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/promote", cwd=origin).split()
    if int(merges) != count - len(left) or branches != list(left):
        raise SystemExit(f"{merges} merges, left: {branches}")
    git("fsck", "--strict", cwd=origin)
    for index in range(count):
        name = generate.model_name(index)
        if f"promote/production/{name}" in left:
            continue
        pins = {git("show", f"main:environments/{room}/{name}.yaml", cwd=origin) for room in ("dev", "production")}
        if len(pins) != 1:
            raise SystemExit(f"{name} is not in production as it is in dev")


def main():
    martlet, folder = (os.path.abspath(argument) for argument in sys.argv[1:3])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    origin, work, key = (os.path.join(folder, name) for name in ("origin.git", "work", "key"))
    caches = {name: os.path.join(folder, f"cache.{name}") for name in ("own", "fetched", "new")}
    make_origin(origin, count)
    git("clone", "--quiet", origin, work)
    for place, cache in ((origin, "own"), (work, "fetched")):
        reconcile(martlet, place, {"MARTLET_CACHE": caches[cache]})
    propose(work, count)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "martlet", "-f", key], check=True)
    for path in (origin, caches["own"], caches["fetched"]):
        shutil.copytree(path, path + ".saved")

    rows = [
        ("in the origin itself", origin, "own", {}, None),
        ("through a clone, mirror fetched before", work, "fetched", {}, None),
        ("through a clone, no mirror yet", work, "new", {}, None),
        ("through a clone, each merge signed", work, "fetched", {"MARTLET_SIGNING_KEY": key}, None),
        ("through a clone, one refused by the server's hook", work, "fetched", {}, HOOK),
    ]
    print(f"| {count:,} ready requests judged and merged | wall | CPU |\n|---|---|---|", flush=True)
    slow = False
    for title, place, cache, variables, hook in rows:
        times = []
        for _ in range(RUNS):
            for path in (origin, caches["own"], caches["fetched"], caches["new"]):
                shutil.rmtree(path, ignore_errors=True)
                if os.path.exists(path + ".saved"):
                    shutil.copytree(path + ".saved", path)
            if hook:
                with open(os.path.join(origin, "hooks", "pre-receive"), "w") as file:
                    file.write(hook)
                os.chmod(file.name, 0o755)
            times.append(reconcile(martlet, place, {"MARTLET_CACHE": caches[cache], **variables}))
        expect_merged(origin, count, (f"promote/production/{BAD}",) if hook else ())
        wall, cpu = min(time[0] for time in times), min(time[1] for time in times)
        slow = slow or wall > MOST_SECONDS
        print(f"| {title} | {wall:.1f} s | {cpu:.1f} s |", flush=True)
    if slow:
        raise SystemExit(f"more than {MOST_SECONDS} s")


if __name__ == "__main__":
    main()
