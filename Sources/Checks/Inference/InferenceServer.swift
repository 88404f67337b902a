import Domain

/// A served model, asked by the Open Inference Protocol v2 over HTTP (KServe, `rest_predict_v2.yaml`).
struct InferenceServer: Sendable {
    /// The address of the model, such as `http://127.0.0.1:8080/v2/models/tumor`.
    let url: String
    let timeout: Duration
    private let send: @Sendable (Tools.Call) async throws -> Tools.Reply

    /// The server that the manifest names.
    ///
    /// Throws ``MissingEvidence`` where it names none, and ``ArtifactFailure`` where the version is not on the branch: what strangers propose must
    /// not make us call addresses of their choice.
    init(of subject: Subject, timeout: Duration = .seconds(30)) async throws {
        guard let endpoint = subject.manifest.evaluation?.endpoint else {
            throw MissingEvidence("no server is named; give spec.evaluation.endpoint")
        }
        guard try await subject.isOnBranch() else {
            // Looked at again: the same content may come to the branch.
            throw ArtifactFailure(
                .notYet,
                "\(subject.version.title) is not on the branch, and only reviewed versions may name a server to ask")
        }
        url = Self.address(endpoint, model: subject.version.model)
        self.timeout = timeout
        send = subject.tools.send
    }

    /// The server of an environment, whose address the branch's own manifests name.
    init(at address: String, of subject: Subject, timeout: Duration) {
        url = address
        self.timeout = timeout
        send = subject.tools.send
    }

    /// `endpoint` itself where it names a model, else the model of our name there.
    static func address(_ endpoint: String, model: String) -> String {
        let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        if base.contains("/v2/models/") { return base }
        let root = base.hasSuffix("/v2") ? base : base + "/v2"
        return root + "/models/" + (model.pathParts().last.map(String.init) ?? model)
    }

    /// What became of the model while it was waited for.
    enum Readiness {
        case ready(after: Duration)
        case stillLoading
        /// What it answered.
        case notThere(Int)
    }

    /// Whether the model is ready within `limit`.
    ///
    /// A server that lives and has the model in hand is asked again, ever less often. One that does not answer, or that does not
    /// know the model, is not waited for: who runs the check looks again. Throws where the server is in no state to say.
    func readiness(within limit: Duration) async throws -> Readiness {
        let start = ContinuousClock.now
        var pause = Duration.milliseconds(250)
        while true {
            let reply = try await send(Tools.Call("GET", url + "/ready", timeout: timeout))
            let waited = ContinuousClock.now - start
            guard reply.status != 200 else { return .ready(after: waited) }
            guard try await isLoading(reply) else {
                if reply.status >= 500 { _ = try accepted(reply) }
                return .notThere(reply.status)
            }
            guard waited + pause <= limit else { return .stillLoading }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(10))
        }
    }

    /// Whether the server lives, and knows the model that it said is not ready.
    private func isLoading(_ reply: Tools.Reply) async throws -> Bool {
        guard ![401, 403, 404, 405, 429].contains(reply.status), let root = url.firstRange(of: "/v2/models/") else {
            return false
        }
        let live = Tools.Call("GET", url[..<root.lowerBound] + "/v2/health/live", timeout: timeout)
        return try await send(live).status == 200
    }

    /// What the server says of the model. Many say nothing of inputs and outputs.
    func metadata() async throws -> Metadata {
        let reply = try await send(Tools.Call("GET", url, timeout: timeout))
        return Metadata(try accepted(reply))
    }

    struct Metadata {
        let name: String?
        /// What the server calls the versions of the model that it serves; many say nothing.
        let versions: [String]
        let inputs: [Signature]
        let outputs: [Signature]

        init(_ json: JSON) {
            name = json["name"]?.string
            versions = (json["versions"]?.array ?? []).map { $0.string ?? $0.text() }
            inputs = (json["inputs"]?.array ?? []).compactMap(Signature.init)
            outputs = (json["outputs"]?.array ?? []).compactMap(Signature.init)
        }
    }

    struct Signature {
        let name: String
        let datatype: String
        /// -1 for any length.
        let shape: [Int]

        init?(_ json: JSON) {
            guard let name = json["name"]?.string, let datatype = json["datatype"]?.string else { return nil }
            self.name = name
            self.datatype = datatype
            shape = (json["shape"]?.array ?? []).compactMap(\.int)
        }
    }

    /// The reply to a request for inference as it came, for those who want to see refusals.
    func post(_ body: [UInt8]) async throws -> Tools.Reply {
        try await send(
            Tools.Call(
                "POST", url + "/infer", headers: ["Content-Type": "application/json"], body: body, timeout: timeout))
    }

    /// The outputs for a request. Throws where the server refuses or what it says makes no sense.
    func infer(_ request: JSON) async throws -> [InferenceTensor] {
        let answer = try await answer(to: request)
        if let id = request["id"]?.string, let echo = answer.id, id != echo {
            throw MissingEvidence("\(url) answered request '\(Excerpt.line(echo))' where '\(id)' was asked")
        }
        return answer.outputs
    }

    /// The outputs for a request, and which request the server says that they are for.
    func answer(to request: JSON) async throws -> (id: String?, outputs: [InferenceTensor]) {
        try answer(in: try await post(Array(request.text().utf8)))
    }

    /// The same of a reply that has come.
    func answer(in reply: Tools.Reply) throws -> (id: String?, outputs: [InferenceTensor]) {
        let answer = try accepted(reply)
        let outputs = try (answer["outputs"]?.array ?? []).map { item throws(MissingEvidence) in
            do throws(Malformed) { return try InferenceTensor(item) } catch {
                throw MissingEvidence("\(url) answered with an output that cannot be used: \(error)")
            }
        }
        return (answer["id"]?.string, outputs)
    }

    /// The outputs in a reply; `nil` where it has none that can be used.
    static func outputs(in reply: Tools.Reply) -> [InferenceTensor]? {
        try? JSON(parsing: reply.body, python: true)["outputs"]?.array?.map { try InferenceTensor($0) }
    }

    private func accepted(_ reply: Tools.Reply) throws -> JSON {
        guard reply.status == 200 else {
            let words = "\(url) answered \(reply.status): \(Self.complaint(in: reply))"
            if reply.status >= 500 || reply.status == 429 { throw ArtifactFailure(.unreachable, words) }
            throw MissingEvidence(words)
        }
        guard let json = try? JSON(parsing: reply.body, python: true), json.members != nil else {
            throw MissingEvidence("\(url) answered with no JSON object; does it speak the Open Inference Protocol v2?")
        }
        return json
    }

    /// The protocol says `{"error"}`; FastAPI, and so MLServer, says `{"detail"}` of requests it cannot read.
    static func complaint(in reply: Tools.Reply) -> String {
        let json = try? JSON(parsing: reply.body, python: true)
        let text =
            json?["error"]?.string ?? json?["detail"]?.text() ?? String(decoding: reply.body.prefix(200), as: UTF8.self)
        return Excerpt.line(text)
    }
}
