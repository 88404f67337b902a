import Domain
import Engines
import TestSupport

/// A model of the fixtures behind the Open Inference Protocol v2, with the answers that MLServer 1.7 gives.
///
/// Inputs and outputs are not in its metadata, a request that cannot be read is 422 `{"detail"}`, another fault 400 `{"error"}`.
struct OpenInferenceServer: Sendable {
    enum Fault: String {
        case none, unready, dependsOnOthers, acceptsAnything, breaksAtEdges, givesNothing, isAnother, isDown
        /// Ready only when asked a third time, or never.
        case loadsSlowly, loadsForEver
        /// Gives 500 for each fourth row.
        case breaksNowAndThen
        /// Far beyond the data: NaN, a probability of 1.5, no answer, or a refusal, which the last also gives to 0.
        case overflows, exceeds, fallsSilent, isBounded, refusesNothing
        /// With `trace`: gives its steps; with another final output; with none of its steps but another id.
        case traces, tracesOtherwise, tracesNothing
        /// Hangs up where breaksAtEdges breaks, and on what is no JSON.
        case hangsUp
        /// Answers late where these do.
        case stalls
        /// As MLServer 1.7.1 itself where shape and data do not agree.
        case breaksOnShapes
    }

    let server: LoopbackServer
    var url: String { server.url }

    /// `typed` says names and types of inputs and outputs in the metadata, as Triton does.
    /// `versions` are those that it says it serves.
    init(
        _ fault: Fault = .none, model: String = "tumor/versions/v1/model.json", typed: Bool = false,
        versions: [String] = []
    ) throws {
        server = try LoopbackServer(
            """
            import math, time
            FAULT, TYPED = "\(fault.rawValue)", \(typed ? "True" : "False")
            LOOKS, ASKED = [], []
            MODEL = json.load(open("\(Fixture.path(model))"))
            NAMES = [f["name"] for f in MODEL["features"] if f["kind"] == "numeric"]
            def margin(row):
                z = MODEL["intercept"][0]
                for f in MODEL["features"]:
                    x = row[f["name"]]
                    z += f["coef"][0] * ((f["impute"] if x is None else x) - f["mean"]) / f["scale"]
                return z
            def probability(z): return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))
            def rows_of(request):
                inputs = request["inputs"]
                for tensor in inputs:
                    if math.prod(tensor["shape"]) != len(tensor["data"]): raise ValueError("shape and data do not agree")
                if len(inputs) == 1 and inputs[0]["name"] not in NAMES:
                    count, width = inputs[0]["shape"]
                    if width != len(NAMES): raise ValueError("X has %d features, but %d are expected" % (width, len(NAMES)))
                    data = inputs[0]["data"]
                    return [dict(zip(NAMES, data[i * width:(i + 1) * width])) for i in range(count)]
                return [dict((t["name"], t["data"][i]) for t in inputs) for i in range(inputs[0]["shape"][0])]
            def reply(value, status=200): return status, {"content-type": "application/json"}, json.dumps(value).encode()
            def infer(body):
                try:
                    request = json.loads(body)
                    [(t["name"], t["shape"], t["datatype"], t["data"]) for t in request["inputs"]]
                except Exception as error:
                    if FAULT == "hangsUp": sys.exit()
                    if FAULT == "stalls": time.sleep(3)
                    if FAULT != "acceptsAnything":
                        return reply({"detail": [{"type": "missing", "loc": ["body", "inputs"], "msg": str(error)}]}, 422)
                    request = {"inputs": []}
                try:
                    rows = rows_of(request)
                    isEdge = any(abs(r["mean_radius"]) in (0, 56.2) for r in rows)
                    if FAULT == "breaksAtEdges" and isEdge: raise RuntimeError("overflow")
                    if FAULT == "hangsUp" and isEdge: sys.exit()
                    if FAULT == "stalls" and isEdge: time.sleep(3)
                    ASKED.append(1)
                    if FAULT == "breaksNowAndThen" and len(rows) == 1 and len(ASKED) % 4 == 0: raise RuntimeError("worker lost")
                    values = [v for r in rows for v in r.values() if v is not None]
                    isFar = any(abs(v) > 1e100 for v in values)
                    if FAULT == "isBounded" and any(not 0 <= v <= 1e5 for v in values): raise ValueError("out of range")
                    if FAULT == "refusesNothing" and 0 in values: raise ValueError("nothing there")
                    scores = [probability(margin(r)) for r in rows]
                except RuntimeError as error: return reply({"error": str(error)}, 500)
                except Exception as error:
                    if FAULT == "breaksOnShapes": return 500, {}, b"Traceback (most recent call last):"
                    if FAULT != "acceptsAnything": return reply({"error": str(error)}, 400)
                    scores, isFar = [0.5], False
                if FAULT == "dependsOnOthers": scores = [s + 0.001 * len(scores) for s in scores]
                if FAULT == "isAnother": scores = [1 - s for s in scores]
                if isFar and FAULT == "overflows": scores = [math.nan for s in scores]
                if isFar and FAULT == "exceeds": scores = [1.5 for s in scores]
                if isFar and FAULT == "fallsSilent": return reply({"outputs": []})
                if FAULT == "givesNothing": scores = [math.nan for s in scores]
                outputs = {
                    "predict": {"name": "predict", "shape": [len(scores), 1], "datatype": "INT64", "data": [int(s >= 0.5) for s in scores]},
                    "predict_proba": {"name": "predict_proba", "shape": [len(scores), 2], "datatype": "FP64",
                                      "data": [v for s in scores for v in (1 - s, s)]}}
                asked = [o["name"] for o in request.get("outputs", [])] or ["predict"]
                if set(asked) - set(outputs): return reply({"error": "SKLearnModel only supports 'predict', 'predict_proba'"}, 400)
                id = request.get("id", "made-up")
                if request.get("parameters", {}).get("trace"):
                    if FAULT == "tracesNothing": id = "made-up"
                    if FAULT in ("traces", "tracesOtherwise"):
                        asked = ["scaled", "margin"] + asked
                        outputs["scaled"] = {"name": "scaled", "shape": [len(rows), 1], "datatype": "FP64", "data": [0.5 for r in rows]}
                        outputs["margin"] = {"name": "margin", "shape": [len(rows), 1], "datatype": "FP64", "data": [margin(r) for r in rows]}
                    if FAULT == "tracesOtherwise": outputs["predict_proba"]["data"][1] += 0.001
                return reply({"model_name": "tumor", "model_version": "v1", "id": id, "parameters": {},
                              "outputs": [outputs[name] for name in asked]})
            def answer(self, body):
                if FAULT == "isDown": return reply({"error": "no worker"}, 503)
                if self.path == "/v2": return reply({"name": "mlserver", "version": "1.7.1", "extensions": []})
                if not self.path.startswith(("/v2/models/tumor", "/v2/health")): return reply({"error": "Model nope not found"}, 404)
                if self.path == "/v2/health/live": return 200, {}, b""
                if self.path.endswith("/ready") and FAULT.startswith("loads"):
                    LOOKS.append(1)
                    return (200 if FAULT == "loadsSlowly" and len(LOOKS) > 2 else 503), {}, b""
                if self.path.endswith("/ready"):
                    return (404, {}, b'{"error": "Model tumor not found"}') if FAULT == "unready" else (200, {}, b"")
                if self.path.endswith("/infer"): return infer(body)
                tensors = lambda names, type, width: [{"name": n, "datatype": type, "shape": [-1, width]} for n in names]
                return reply({"name": "tumor", "versions": \(JSON.array(versions.map(JSON.string)).text()), "platform": "", "parameters": {},
                              "inputs": tensors(NAMES, "FP64", 1) if TYPED else [],
                              "outputs": tensors(["predict"], "INT64", 1) if TYPED else []})
            """)
    }
}

extension Specimen {
    /// The same with a server to ask, and without predictions of its own where `predictions` is `nil`.
    func served(by server: OpenInferenceServer, predictions: String? = "predictions.csv") throws -> Specimen {
        var copy = setting("evaluation", "endpoint", to: .string(server.url))
            .setting("evaluation", "outputs", to: ["prediction": "predict", "score": "predict_proba"])
            .setting("evaluation", "predictions", to: predictions.map(JSON.string) ?? .null)
        let columns = try JSON(parsing: Fixture.bytes("tumor/columns.json"))["columns"]?.array ?? []
        let label = columns.first { $0["role"]?.string == "label" }?["name"]?.string ?? ""
        // The dataset's own names for what the predictions call `row_id` and `label`.
        copy = copy.setting(
            "evaluation", "columns", to: ["id": "sample_id", "label": .string(label), "score": "score"])
        copy.revision = copy.tip
        let curl = Curl()
        // The closure keeps the server running.
        copy.send = { [server] call in
            defer { withExtendedLifetime(server) {} }
            return try await curl.send(call)
        }
        return copy
    }
}
