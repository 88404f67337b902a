"""Records what a Forgejo or Gitea answers, on a server of one's own:
    python3 record_forgejo.py http://127.0.0.1:3000 TOKEN-OF-ALICE TOKEN-OF-BOB > new.json
Both tokens need all scopes; Alice gets a new repository. Answers are cut to the fields that ../Descriptions/forgejo.json names.
"""
import base64, json, pathlib, re, sys, time, urllib.error, urllib.request

server, tokens = sys.argv[1] + "/api/v1", {"alice": sys.argv[2], "bob": sys.argv[3]}
operations = json.loads((pathlib.Path(__file__).parent.parent / "Descriptions/forgejo.json").read_text())["operations"]
found = []


def cut(value, schema):
    for part in schema.get("anyOf", []):
        if part.get("type") not in ("null", None): schema = part
    if isinstance(value, list): return [cut(item, schema.get("items", {})) for item in value[:3]]
    if isinstance(value, dict) and "properties" in schema:
        return {name: cut(value[name], below) for name, below in schema["properties"].items() if name in value}
    return value[:160] if isinstance(value, str) else value


def call(person, method, path, body=None, keep=True):
    request = urllib.request.Request(server + path, None if body is None else json.dumps(body).encode(), method=method, headers={
        "Authorization": "token " + tokens[person], "Content-Type": "application/json"})
    try: answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error: answer = error
    text = answer.read()
    value = json.loads(text) if text else None
    plain = path.split("?")[0]
    if keep:
        known = [o for o in operations if o["method"] == method and re.fullmatch(re.sub(r"\{ref\}", ".+", re.sub(r"\{(?!ref)\w+\}", "[^/]+", o["path"])), plain)]
        good = answer.status < 300
        shown = cut(value, known[0]["answer"] or {}) if good and known else value
        if isinstance(shown, dict) and "url" in shown and not good: shown = {k: v for k, v in shown.items() if k == "message"}
        headers = {k.lower(): v for k, v in answer.headers.items() if k.lower() in ("link", "x-total-count")}
        found.append({"from": version, "method": method, "path": plain, "status": answer.status, "answer": shown, "headers": headers})
    return value


version = "Forgejo " + call("alice", "GET", "/version", keep=False)["version"]
owner, other = (call(person, "GET", "/user", keep=False)["login"] for person in ("alice", "bob"))
name = "recorded-" + str(int(time.time()))
call("alice", "POST", "/user/repos", {"name": name, "auto_init": True, "default_branch": "main"}, keep=False)
place = f"/repos/{owner}/{name}"
call("alice", "PUT", f"{place}/collaborators/{other}", {"permission": "write"}, keep=False)


def write(text, branch, new=None):
    known = call("alice", "GET", f"{place}/contents/pin.yaml?ref={branch}", keep=False)
    body = {"content": base64.b64encode(text.encode()).decode(), "message": text, "branch": branch}
    if new: body["new_branch"] = new
    if known and "sha" in known: return call("alice", "PUT", f"{place}/contents/pin.yaml", body | {"sha": known["sha"]}, keep=False)
    return call("alice", "POST", f"{place}/contents/pin.yaml", body, keep=False)


def settled(number):
    for _ in range(20):
        if call("alice", "GET", f"{place}/pulls/{number}", keep=False)["mergeable"]: return
        time.sleep(0.5)


branch = "promote/production/credit-risk"
write("1", "main", branch)
first = call("alice", "POST", f"{place}/pulls", {"title": "Promote", "head": branch, "base": "main", "body": "why"})
call("alice", "POST", f"{place}/pulls", {"title": "Promote", "head": branch, "base": "main"})
review = lambda event, person="bob": call(person, "POST", f"{place}/pulls/1/reviews", {"event": event, "body": "so"}, keep=False)
review("REQUEST_CHANGES")
call("alice", "GET", f"{place}/pulls/1/reviews?page=1&limit=50")
review("APPROVED")
call("alice", "GET", f"{place}/pulls/1/reviews?page=1&limit=50")
write("2", branch)
time.sleep(2)
approval = review("APPROVED")
call("alice", "GET", f"{place}/pulls/1/reviews?page=1&limit=50")
call("alice", "POST", f"{place}/pulls/1/reviews/{approval['id']}/dismissals", {"message": "no"}, keep=False)
call("alice", "GET", f"{place}/pulls/1/reviews?page=1&limit=50")
head = call("alice", "GET", f"{place}/pulls/1")["head"]["sha"]
for state in ("pending", "success"):
    call("alice", "POST", f"{place}/statuses/{head}", {"context": "martlet", "state": state, "description": "the gate"})
call("alice", "GET", f"{place}/statuses/{head}?page=1&limit=50")
call("alice", "PATCH", f"{place}/pulls/1", {"title": "WIP: Promote"})
call("alice", "POST", f"{place}/pulls/1/merge", {"Do": "merge", "head_commit_id": head})
call("alice", "PATCH", f"{place}/pulls/1", {"title": "Promote"}, keep=False)
settled(1)
call("alice", "POST", f"{place}/pulls/1/merge", {"Do": "merge", "head_commit_id": first["head"]["sha"]})
call("alice", "POST", f"{place}/pulls/1/merge", {"Do": "merge", "head_commit_id": head, "MergeTitleField": "T", "MergeMessageField": "M"})
call("alice", "GET", f"{place}/pulls/1")
call("alice", "POST", f"{place}/pulls/1/merge", {"Do": "merge", "head_commit_id": head})
call("alice", "GET", f"{place}/git/refs/pull/1/head")
call("alice", "GET", f"{place}/git/refs/pull/77/head")
# Of one that is over, the forge tells where a branch of its name is now.
write("3", branch)
call("alice", "GET", f"{place}/pulls/1")
call("alice", "POST", f"{place}/pulls", {"title": "Again", "head": branch, "base": "main"})
# One that conflicts.
write("4", "main")
time.sleep(2)
call("alice", "GET", f"{place}/pulls/2")
call("alice", "POST", f"{place}/pulls/2/merge", {"Do": "merge"})
call("alice", "PATCH", f"{place}/pulls/2", {"state": "closed"})
call("alice", "DELETE", f"{place}/branches/{branch}", keep=False)
call("alice", "GET", f"{place}/pulls?state=closed&sort=recentupdate&page=1&limit=50")
tokens["alice"] = "wrong"
call("alice", "POST", f"{place}/pulls/2/merge", {"Do": "merge"})
print("[\n" + ",\n".join(" " + json.dumps(one) for one in found) + "\n]")
