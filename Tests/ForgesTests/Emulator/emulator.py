# A forge on loopback with a real Git repository behind it. What it takes is what the forge's published description takes, and its
# answers are held to that description too; whatever breaks it is noted under /problems. LoopbackServer runs this.
import re, subprocess, urllib.parse, datetime

repository, kind, description = CONFIG["repository"], CONFIG["kind"], json.load(open(CONFIG["description"]))
prefix = {"github": "/api/v3", "gitlab": "/api/v4", "gitea": "/api/v1"}[kind]
me, token = "martlet-bot", "token-of-the-test"
requests, comments, statuses, reviews, runs, versions, pipelines = [], [], [], [], [], [], []
log, faults, problems = [], [], []
clock = [1_795_000_000]
lock = threading.RLock()


class Answer(Exception):
    def __init__(self, status, body=None, headers={}):
        self.status, self.body, self.headers = status, body, headers


def git(*arguments):
    identity = ["-c", "user.name=forge", "-c", "user.email=forge@localhost"]
    return subprocess.run(["git", "-C", repository, *identity, *arguments], check=True, capture_output=True, text=True).stdout.strip()

def tip(branch):
    try: return git("rev-parse", "--verify", "--quiet", "refs/heads/" + branch)
    except subprocess.CalledProcessError: return None

def now():
    clock[0] += 1
    return datetime.datetime.fromtimestamp(clock[0], datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

def new_id(): return len(requests) + len(comments) + len(statuses) + len(reviews) + len(runs) + len(versions) + len(pipelines) + 1

def merge(request, title, message, squash=False):
    base, head = tip(request["base"]), tip(request["branch"])
    tree = git("merge-tree", "--write-tree", base, head).split("\n")[0]
    parents = ["-p", base] if squash else ["-p", base, "-p", head]
    commit = git("commit-tree", tree, *parents, "-m", title + "\n\n" + (message or ""))
    git("update-ref", "refs/heads/" + request["base"], commit, base)
    request.update(state="merged", commit=commit)
    return commit

def find(number, only_open=False):
    for request in requests:
        if request["number"] == int(number): return refresh(request)
    raise Answer(404, {"message": "Not Found"})

def refresh(request):
    if request["state"] == "open":
        head = tip(request["branch"])
        # GitHub, Gitea: who deletes the branch closes the request.
        if head is None and kind != "gitlab" and not request["fork"]: request["state"] = "closed"
        if head and head != request.get("head"):
            request["head"] = head
            git("update-ref", ("refs/merge-requests/%d/head" if kind == "gitlab" else "refs/pull/%d/head") % request["number"], head)
            versions.append({"id": new_id(), "request": request["number"], "head": head, "time": now()})
    return request

def make(branch, base, title, body, author=me, fork=False):
    if tip(branch) is None or tip(base) is None: raise Answer(422, {"message": "Validation Failed", "errors": [{"field": "head", "code": "invalid"}]})
    for request in requests:
        if (request["branch"], request["base"], request["state"], request["fork"]) == (branch, base, "open", fork):
            raise Answer(422 if kind == "github" else 409, {"message": ["Another open merge request already exists for this source branch: !1"] if kind == "gitlab" else "pull request already exists"})
    if kind == "github" and git("rev-list", "--count", base + ".." + branch) == "0":
        raise Answer(422, {"message": "Validation Failed", "errors": [{"message": f"No commits between {base} and {branch}"}]})
    request = {"number": len(requests) + 1, "branch": branch, "base": base, "title": title, "body": body, "author": author,
               "state": "open", "commit": None, "fork": fork, "undecided": CONFIG.get("undecided", 0), "labels": ["promotion"], "draft": False}
    requests.append(request)
    return refresh(request)

def mergeable(request):
    if request["undecided"] > 0:
        request["undecided"] -= 1
        return None
    return subprocess.run(["git", "-C", repository, "merge-tree", "--write-tree", request["base"], request["branch"]], capture_output=True).returncode == 0

def is_draft(request):
    marks = {"github": (), "gitea": ("wip:", "[wip]"), "gitlab": ("draft:", "[draft]", "(draft)")}[kind]
    return request["draft"] or request["title"].lower().startswith(marks)

def user(name): return {"login": name, "username": name, "id": 1 + sum(map(ord, name))}


# GitHub, and Gitea where it is alike.

def github_request(request, whole=False):
    hidden = CONFIG.get("lost", False) and kind == "gitea"
    repo = lambda number: {"id": number, "full_name": "acme/models"}
    result = {"number": request["number"], "html_url": f"http://forge/acme/models/pull/{request['number']}", "title": request["title"],
              "body": request["body"], "state": "open" if request["state"] == "open" else "closed", "user": user(request["author"]),
              "labels": [{"name": name} for name in request["labels"]],
              "draft": is_draft(request), "head": {"ref": request["branch"], "sha": "" if hidden else request["head"], "repo": repo(2 if request["fork"] else 1), "repo_id": 2 if request["fork"] else 1},
              "base": {"ref": request["base"], "sha": tip(request["base"]), "repo": repo(1), "repo_id": 1},
              "merged_at": "2026-11-21T09:30:00Z" if request["state"] == "merged" else None}
    if kind == "gitea":
        # Of what is over it tells where a branch of that name is now, and without one the reference that it keeps.
        if request["state"] != "open" and not request["fork"]:
            result["head"].update({"sha": tip(request["branch"])} if tip(request["branch"]) else {"ref": f"refs/pull/{request['number']}/head"})
        result.update(merged=request["state"] == "merged", merge_commit_sha=request["commit"], mergeable=bool(mergeable(request)))
    elif whole: result["mergeable"] = mergeable(request)
    return result

def is_shown(request, query):
    return (request["state"] if request["state"] == "open" else "closed") == query.get("state", "open") \
        and query.get("base", request["base"]) == request["base"] and query.get("base_branch", request["base"]) == request["base"] \
        and ("head" not in query or query["head"] == ("other:" if request["fork"] else "acme:") + request["branch"])

def hub_comment(comment): return {"id": comment["id"], "body": comment["body"], "user": user(comment["author"])}

def hub_review(review):
    result = {"user": user(review["person"]), "state": review["state"], "commit_id": review["commit"], "submitted_at": review["time"]}
    if kind == "gitea": result.update(stale=review.get("stale", False), dismissed=review.get("dismissed", False))
    return result

def add_status(sha, name, body):
    git("cat-file", "-e", sha + "^{commit}")
    status = {"id": new_id(), "sha": sha, "context": name, "state": body["state"], "description": body.get("description"), "target_url": body.get("target_url")}
    if len(body.get("description") or "") > 140: raise Answer(422, {"message": "Validation Failed", "errors": [{"message": "description is too long (maximum is 140 characters)"}]})
    statuses.append(status)
    return status

def newest(sha):
    found = {}
    for status in statuses:
        if status["sha"] == sha: found[status["context"], status.get("pipeline")] = status
    return list(found.values())

def edit(request, body):
    for name in ("title", "body"):
        if name in body: request[name] = body[name]
    if body.get("state") == "closed": request["state"] = "closed"
    return github_request(request, True)

def hub_merge(number, body):
    request = find(number)
    head = body.get("sha") or body.get("head_commit_id")
    if request["state"] != "open" or mergeable(request) is not True: raise Answer(405, {"message": "Pull Request is not mergeable"})
    if head and head != request["head"]: raise Answer(409, {"message": "Head branch was modified. Review and try the merge again."})
    method = body.get("merge_method") or body.get("Do")
    if kind == "github" and (method not in CONFIG.get("methods", [method]) or "merge_queue" in CONFIG.get("rules", [])):
        raise Answer(405, {"message": "It cannot be merged like that."})
    squash = method == "squash"
    commit = merge(request, body.get("commit_title") or body.get("MergeTitleField"), body.get("commit_message") or body.get("MergeMessageField"), squash)
    if kind == "gitea": raise Answer(200, b"")
    return {"sha": commit, "merged": True, "message": "Pull Request successfully merged"}

def comment_of(id):
    for comment in comments:
        if comment["id"] == int(id): return comment
    raise Answer(404, {"message": "Not Found"})

def add_comment(number, body):
    comment = {"id": new_id(), "request": int(number), "author": me, "body": body["body"]}
    if len(comment["body"]) > 65536: raise Answer(422, {"message": "Body is too long"})
    comments.append(comment)
    return comment

def change_comment(id, body):
    comment_of(id)["body"] = body["body"]
    return comment_of(id)

def run_json(run): return {name: run.get(name) for name in ("id", "name", "status", "conclusion", "output")} | {"app": {"id": 42}}

def change_run(id, body):
    run = next(run for run in runs if run["id"] == int(id))
    if run["status"] == "completed" and body.get("status", "completed") != "completed": raise Answer(422, {"message": "Invalid request: a completed check run cannot be started again"})
    run.update(body)
    return run_json(run)

def add_run(body):
    if body["status"] == "completed" and "conclusion" not in body: raise Answer(422, {"message": "conclusion is missing"})
    runs.append({"id": new_id(), "conclusion": None} | body)
    return run_json(runs[-1])

R = r"/repos/acme/models"
HUB = [
    ("GET", r"/user", lambda q, b: {"login": me}),
    ("GET", R + r"/pulls", lambda q, b: [github_request(refresh(r)) for r in reversed(requests) if is_shown(r, q)]),
    ("POST", R + r"/pulls", lambda q, b: (201, github_request(make(b["head"], b["base"], b["title"], b.get("body")), True))),
    ("GET", R + r"/pulls/(\d+)", lambda q, b, n: github_request(find(n), True)),
    ("PATCH", R + r"/pulls/(\d+)", lambda q, b, n: (201 if kind == "gitea" else 200, edit(find(n), b))),
    ("GET", R + r"/pulls/(\d+)/reviews", lambda q, b, n: [hub_review(r) for r in reviews if r["request"] == int(n)]),
    ("GET", R + r"/issues/(\d+)/comments", lambda q, b, n: [hub_comment(c) for c in comments if c["request"] == int(n)]),
    ("POST", R + r"/issues/(\d+)/comments", lambda q, b, n: (201, hub_comment(add_comment(n, b)))),
    ("PATCH", R + r"/issues/comments/(\d+)", lambda q, b, n: hub_comment(change_comment(n, b))),
    ("PUT" if kind == "github" else "POST", R + r"/pulls/(\d+)/merge", lambda q, b, n: hub_merge(n, b)),
    ("POST", R + r"/statuses/(\w+)", lambda q, b, sha: (201, add_status(sha, b["context"], b) | {"status": b["state"]})),
]
GITHUB = HUB + [
    ("GET", R, lambda q, b: {f"allow_{name}": word in CONFIG.get("methods", [word]) for name, word in (("merge_commit", "merge"), ("squash_merge", "squash"), ("rebase_merge", "rebase"))}),
    ("GET", R + r"/rules/branches/main", lambda q, b: [{"type": rule} for rule in CONFIG.get("rules", [])]),
    ("GET", R + r"/commits/(\w+)/status", lambda q, b, sha: {"state": "pending", "statuses": newest(sha)}),
    ("GET", r"/app", lambda q, b: {"slug": "martlet"}),
    ("GET", R + r"/installation", lambda q, b: {"id": 7}),
    ("POST", r"/app/installations/7/access_tokens", lambda q, b: (201, {"token": token, "expires_at": "2026-11-18T14:06:40Z"})),
    ("GET", R + r"/commits/(\w+)/check-runs", lambda q, b, sha: {"check_runs": [run_json(run) for run in runs if run["head_sha"] == sha]}),
    ("POST", R + r"/check-runs", lambda q, b: (201, add_run(b))),
    ("PATCH", R + r"/check-runs/(\d+)", lambda q, b, n: change_run(n, b)),
]
GITEA = HUB + [
    ("GET", R + r"/git/refs/pull/(\d+)/head", lambda q, b, n: [{"ref": f"refs/pull/{n}/head", "object": {"sha": find(n)["head"]}}]),
    ("GET", R + r"/statuses/(\w+)", lambda q, b, sha: [{"id": s["id"], "context": s["context"], "status": s["state"], "description": s["description"]} for s in statuses if s["sha"] == sha]),
]

# GitLab.

def lab_request(request):
    state = {"open": "opened"}.get(request["state"], request["state"])
    word = {None: "checking", True: "mergeable", False: "conflict"}[mergeable(request) if request["state"] == "open" else False]
    return {"iid": request["number"], "web_url": f"http://forge/acme/models/-/merge_requests/{request['number']}", "title": request["title"],
            "description": request["body"], "state": state, "author": user(request["author"]), "labels": request["labels"],
            "source_branch": request["branch"], "target_branch": request["base"], "sha": request["head"],
            "source_project_id": 2 if request["fork"] else 1, "target_project_id": 1, "detailed_merge_status": word,
            "merge_commit_sha": request["commit"], "squash_commit_sha": None, "draft": is_draft(request),
            "head_pipeline": head_pipeline(request)}

# Ci::PipelinesForMergeRequestFinder: those for the merge request itself before those of its branch, the newest first.
def head_pipeline(request):
    own = [p for p in pipelines if p["source_sha"] == request["head"] and (p["request"] == request["number"] or p["ref"] == request["branch"])]
    return max(own, key=lambda p: (p["source"] == "merge_request_event", p["id"]), default=None)

def pipelines_shown():
    if CONFIG.get("no_ci"): raise Answer(403, {"message": "403 Forbidden"})
    return sorted(pipelines, key=lambda p: -p["id"])

def begin_pipeline(order):
    """One for a merge request's head, for what merging it would give (`merge`), for a merge train, or of its branch."""
    request, kind = find(order.get("request", 1)), order["kind"]
    sha = request["head"]
    if kind in ("merge", "train"):
        base = tip(request["base"])
        tree = git("merge-tree", "--write-tree", base, sha).split("\n")[0]
        sha = git("commit-tree", tree, "-p", base, "-p", sha, "-m", "Merge into " + request["base"])
    reference = request["branch"] if kind == "branch" else f"refs/merge-requests/{request['number']}/{kind}"
    if kind != "branch": git("update-ref", reference, sha)
    pipelines.append({"id": order["id"], "sha": sha, "source_sha": request["head"], "ref": reference, "request": None if kind == "branch" else request["number"],
                      "source": "push" if kind == "branch" else "merge_request_event", "status": "running"})
    return {"sha": sha}

def commit(sha):
    try: return {"id": sha, "parent_ids": git("show", "-s", "--format=%P", sha + "^{commit}").split()}
    except subprocess.CalledProcessError: raise Answer(404, {"message": "404 Commit Not Found"})

def lab_edit(request, body):
    if "title" in body: request["title"] = body["title"]
    if "description" in body: request["body"] = body["description"]
    if body.get("state_event") == "close": request["state"] = "closed"
    return lab_request(request)

def lab_merge(number, body):
    request = find(number)
    if body.get("sha") != request["head"]: raise Answer(409, {"message": "SHA does not match HEAD of source branch: " + request["head"]})
    if request["state"] != "open" or mergeable(request) is not True: raise Answer(405, {"message": "405 Method Not Allowed"})
    title, _, message = body["squash_commit_message" if body.get("squash") else "merge_commit_message"].partition("\n\n")
    merge(request, title, message, body.get("squash", False))
    return lab_request(request)

def lab_status(sha, body):
    """Ci::CreateCommitStatusService: into a pipeline that is there, or into one of its own."""
    commit(sha)
    fitting = [p for p in pipelines_of(sha) if body.get("ref", p["ref"]) == p["ref"] and body.get("pipeline_id", p["id"]) == p["id"]]
    if "pipeline_id" in body and not fitting: raise Answer(404, {"message": "404 Pipeline for pipeline_id, sha and ref Not Found"})
    # A fork's commit is on no branch; what GitLab keeps of it must be named.
    branches = git("for-each-ref", "--format=%(refname:short)", "--contains", sha, "refs/heads").split()
    reference = body.get("ref") or (fitting[0]["ref"] if fitting else branches[0] if branches else None)
    if reference is None: raise Answer(404, {"message": "404 References for commit Not Found"})
    if not fitting:
        pipelines.append({"id": new_id(), "sha": sha, "source_sha": sha, "ref": reference, "request": None, "source": "external", "status": "pending"})
        fitting = [pipelines[-1]]
    pipeline = fitting[0]["id"]
    if pipeline in CONFIG.get("locked", []): raise Answer(403, {"message": "403 Forbidden"})
    if body["state"] == "pending" and any(s["context"] == body["name"] and s["state"] == "pending" and s["pipeline"] == pipeline for s in newest(sha)):
        raise Answer(400, {"message": {"state": ["Cannot transition status via :enqueue"]}})
    status = add_status(sha, body["name"], body)
    status["pipeline"] = pipeline
    return {"id": status["id"], "name": body["name"], "status": body["state"]}

def pipelines_of(sha): return sorted((p for p in pipelines if p["sha"] == sha), key=lambda p: -p["id"])

def note(comment): return {"id": comment["id"], "body": comment["body"], "author": user(comment["author"]), "system": False}

def approval(review): return {"user": user(review["person"])} | ({"approved_at": review["time"]} if CONFIG.get("times", True) else {})

def settings():
    if CONFIG.get("secretive"): raise Answer(403, {"message": "403 Forbidden"})
    return {"reset_approvals_on_push": CONFIG.get("resets", False)}

P = r"/projects/acme%2Fmodels"
M = P + r"/merge_requests"
def lab_shown(request, q):
    return q.get("state") in ("all", {"open": "opened"}.get(request["state"], request["state"])) and q.get("target_branch", request["base"]) == request["base"] and q.get("source_branch", request["branch"]) == request["branch"]
GITLAB = [
    ("GET", r"/user", lambda q, b: {"username": me}),
    ("GET", M, lambda q, b: [lab_request(refresh(r)) for r in reversed(requests) if lab_shown(r, q)]),
    ("POST", M, lambda q, b: (201, lab_request(make(b["source_branch"], b["target_branch"], b["title"], b.get("description"))))),
    ("GET", M + r"/(\d+)", lambda q, b, n: lab_request(find(n))),
    ("PUT", M + r"/(\d+)", lambda q, b, n: lab_edit(find(n), b)),
    ("PUT", M + r"/(\d+)/merge", lambda q, b, n: lab_merge(n, b)),
    ("GET", M + r"/(\d+)/approvals", lambda q, b, n: {"approved_by": [approval(r) for r in reviews if r["request"] == int(n) and r["state"] == "approved"]}),
    ("GET", M + r"/(\d+)/reviewers", lambda q, b, n: [{"user": user(r["person"]), "state": r["state"]} for r in reviews if r["request"] == int(n)]),
    ("GET", M + r"/(\d+)/versions", lambda q, b, n: [{"id": v["id"], "head_commit_sha": v["head"], "created_at": v["time"]} for v in reversed(versions) if v["request"] == int(n)]),
    ("GET", M + r"/(\d+)/notes", lambda q, b, n: [note(c) for c in comments if c["request"] == int(n)]),
    ("POST", M + r"/(\d+)/notes", lambda q, b, n: (201, note(add_comment(n, b)))),
    ("PUT", M + r"/\d+/notes/(\d+)", lambda q, b, n: note(change_comment(n, b))),
    ("GET", P + r"/repository/commits/(\w+)/statuses", lambda q, b, sha: [{"id": s["id"], "name": s["context"], "status": s["state"], "description": s["description"]} for s in newest(sha) if "pipeline_id" not in q or s["pipeline"] == int(q["pipeline_id"])]),
    ("POST", P + r"/statuses/(\w+)", lambda q, b, sha: (201, lab_status(sha, b))),
    ("GET", P + r"/approvals", lambda q, b: settings()),
    ("GET", P + r"/pipelines", lambda q, b: pipelines_shown()),
    ("GET", P + r"/repository/commits/(\w+)", lambda q, b, sha: commit(sha)),
]
ROUTES = {"github": GITHUB, "gitea": GITEA, "gitlab": GITLAB}[kind]

# The contract.

def operation(method, path):
    best = None
    for candidate in description["operations"]:
        pattern = re.sub(r"\{\w+\}", "[^/]+", candidate["path"].replace("{ref}", ".+") if "/git/refs/" in candidate["path"] else candidate["path"])
        if candidate["method"] == method and re.fullmatch(pattern, path):
            if best is None or candidate["path"].count("{") < best["path"].count("{"): best = candidate
    return best

def complaints(schema, value, where):
    """Where `value` is not what the schema says; a field that it does not name is a complaint."""
    if "anyOf" in schema:
        found = [complaints(part, value, where) for part in schema["anyOf"]]
        return min(found, key=len)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    is_kind = {"object": isinstance(value, dict), "array": isinstance(value, list), "string": isinstance(value, str), "null": value is None,
               "boolean": isinstance(value, bool), "integer": isinstance(value, int) and not isinstance(value, bool),
               "number": isinstance(value, (int, float)) and not isinstance(value, bool)}
    if kinds and not any(is_kind[name] for name in kinds): return [f"{where}: expected {kinds}, found {value!r}"]
    if "enum" in schema and value not in schema["enum"]: return [f"{where}: {value!r} is none of {schema['enum']}"]
    if "const" in schema and value != schema["const"]: return [f"{where}: {value!r} is not {schema['const']!r}"]
    found = []
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            if name in schema["properties"]: found += complaints(schema["properties"][name], item, f"{where}.{name}")
            elif where.startswith("body"): found.append(f"{where}.{name} is no field")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value): found += complaints(schema["items"], item, f"{where}[{index}]")
    return found

def check_request(method, path, query, body):
    known = operation(method, path)
    if known is None: return [f"{method} {path}: no such operation"]
    found = []
    for name, value in query.items():
        schema = known["query"].get(name)
        if schema is None: found.append(f"{method} {path}: query {name} is unknown")
        elif schema.get("type") == "integer" and not value.isdigit(): found.append(f"{method} {path}: query {name}={value}")
        elif "enum" in schema and value not in schema["enum"]: found.append(f"{method} {path}: query {name}={value} is none of {schema['enum']}")
    if body is not None:
        if known["body"] is None: found.append(f"{method} {path}: takes no body")
        else: found += [f"{method} {path}: {text}" for text in complaints(known["body"], body, "body")]
    elif known["body"] and known["body"].get("required"): found.append(f"{method} {path}: needs a body")
    return found

def check_answer(method, path, status, value):
    known = operation(method, path)
    if known and known["answer"] and 200 <= status < 300:
        problems.extend(f"answer to {method} {path}: {text}" for text in complaints(known["answer"], value, "answer"))


def check_recorded(order):
    """Where an answer that a real forge gave is not what its description says."""
    known = operation(order["method"], order["path"])
    if known is None: return [f"{order['method']} {order['path']}: no such operation"]
    return complaints(known["answer"], order["answer"], "answer") if known["answer"] else []


def control(path, body):
    """What the tests do behind the clients' backs."""
    if path == "/problems": return problems
    if path == "/log": return log
    if path == "/state": return {"requests": requests, "comments": comments, "statuses": statuses, "runs": runs, "pipelines": pipelines}
    order = json.loads(body)
    if path == "/faults": faults.extend(order)
    if path == "/reviews": reviews.append({"request": 1, "time": now()} | order)
    if path == "/comments": comments.append({"id": new_id(), "request": 1} | order)
    if path == "/requests": make(order["branch"], order["base"], order["title"], order.get("body"), order.get("author", "somebody"), order.get("fork", False))
    if path == "/check": return check_recorded(order)
    if path == "/pipelines": return begin_pipeline(order)
    if path == "/close": find(order["number"])["state"] = "closed"
    if path == "/change": find(order["number"]).update(order)
    if path == "/squash": merge(find(order["number"]), "Squashed", "", True)
    if path == "/config": CONFIG.update(order)
    return []


def answer(self, body):
    with lock:
        parts = urllib.parse.urlsplit(self.path)
        if parts.path.startswith("/control"): return 200, {}, json.dumps(control(parts.path[8:], body)).encode()
        path = parts.path.removeprefix(prefix)
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        text = body.decode() if body else None
        log.append({"method": self.command, "path": path, "query": query, "body": text, "headers": {k.lower(): v for k, v in self.headers.items()}})
        for index, fault in enumerate(faults):
            if re.search(fault.get("path", ""), path) and fault.get("method", self.command) == self.command:
                del faults[index]
                if "sleep" in fault: time.sleep(fault["sleep"])
                if "after" in fault: plain_answer(self, path, query, text)
                return fault["status"], fault.get("headers", {}), fault.get("body", "").encode()
        return plain_answer(self, path, query, text)


def plain_answer(self, path, query, text):
    headers = {"content-type": "application/json"}
    authorization = self.headers.get("authorization", "")
    is_app = path.startswith("/app") or path.endswith("/installation")
    if not (is_app and authorization.startswith("Bearer ey")) and authorization not in ("Bearer " + token, "token " + token):
        return 401, headers, b'{"message": "Bad credentials"}'
    if kind == "github" and (self.headers.get("x-github-api-version") != "2022-11-28" or not self.headers.get("user-agent")):
        problems.append("a request lacks its version or user agent")
    try:
        body = json.loads(text) if text else None
        found = check_request(self.command, path, query, body)
        if found:
            problems.extend(found)
            raise Answer(422, {"message": "; ".join(found)})
        for method, pattern, function in ROUTES:
            match = re.fullmatch(pattern, path)
            if method == self.command and match:
                result = function(query, body, *match.groups())
                status, value = result if isinstance(result, tuple) else (200, result)
                check_answer(self.command, path, status, value)
                if isinstance(value, (list, dict)): status, value = paged(self, query, status, value, headers)
                break
        else: raise Answer(404, {"message": "Not Found"})
    except Answer as answer:
        status, value = answer.status, answer.body
        headers.update(answer.headers)
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    tag = '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
    if self.command == "GET" and status == 200 and kind != "gitea":
        if self.headers.get("if-none-match") == tag: return 304, {"etag": tag}, b""
        headers["etag"] = tag
    return status, headers, data


def paged(self, query, status, value, headers):
    """Pages of three, whatever was asked for: the tests' lists are short."""
    items = value if isinstance(value, list) else value.get("statuses", value.get("check_runs")) if self.command == "GET" else None
    if not isinstance(items, list) or not CONFIG.get("page"): return status, value
    size, page = min(CONFIG["page"], int(query.get("per_page", query.get("limit", 100)))), int(query.get("page", 1))
    more = len(items) > size * page
    cut = items[size * (page - 1):size * page]
    if more:
        rest = urllib.parse.urlencode({**query, "page": page + 1})
        if kind == "gitea" and self.path.split("?")[0].endswith("/reviews"): headers["x-total-count"] = str(len(items))
        elif kind == "gitlab" and CONFIG.get("no_link"): headers["x-next-page"] = str(page + 1)
        else: headers["link"] = f'<http://elsewhere.example/other/path?{rest}>; rel="next", <http://elsewhere.example/?page=9>; rel="last"'
    if isinstance(value, list): return status, cut
    return status, {name: cut if item is items else item for name, item in value.items()}
