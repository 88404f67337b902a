import Data
import Domain

/// What any server of the protocol owes its callers, asked one by one; each answer gives findings.
struct InferenceContract {
    let server: InferenceServer
    let rows: InferenceRows
    let count: Int
    let metadata: InferenceServer.Metadata
    let outputs: Model.Outputs

    private var asked: [String] { [outputs.prediction, outputs.score].compactMap(\.self).unique }

    /// Where the server names inputs, they are the features.
    func signature() -> [Finding] {
        let names = rows.features.map(\.name)
        if metadata.inputs.count == 1, let width = metadata.inputs[0].shape.last, metadata.inputs[0].shape.count == 2 {
            guard width > 0, width != names.count else { return [] }
            return [
                Finding(
                    .fail,
                    "the server's input '\(Excerpt.line(metadata.inputs[0].name))' takes \(width) values a row, "
                        + "the schema has \(names.count) features", value: Double(width), threshold: Double(names.count)
                )
            ]
        }
        let strange = metadata.inputs.map(\.name).filter { !names.contains($0) }
        let unused =
            metadata.inputs.count > 1 ? names.filter { name in !metadata.inputs.contains { $0.name == name } } : []
        return strange.map {
            Finding(.fail, "the server asks for the input '\(Excerpt.line($0))', no feature of the schema")
        }
            + unused.map { Finding(.warn, "the server has no input for the feature '\($0)'") }
    }

    /// A well-formed request has a well-formed answer: a value for each row, none of them infinite or NaN.
    func valid() async throws -> (answer: [InferenceTensor]?, findings: [Finding]) {
        let answer = try await server.infer(rows.request(0..<count, to: metadata, asking: asked))
        guard answer.contains(where: { $0.width(rows: count) != nil }) else {
            return (nil, [Finding(.fail, "\(count) rows were asked about, and no output has a value for each")])
        }
        return (answer, unsound(answer).map { Finding(.fail, "the output '\($0)' holds values that are no numbers") })
    }

    /// The outputs with fractions that are none.
    private func unsound(_ answer: [InferenceTensor]) -> [String] {
        answer.filter { $0.fractions.contains { !$0.isFinite } }.map { Excerpt.line($0.name) }
    }

    /// A row alone has the answer that it has among others.
    func single(_ together: [InferenceTensor], tolerance: Double) async throws -> [Finding] {
        for row in 0..<min(count, 3) {
            let alone = try await server.infer(rows.request(row..<row + 1, to: metadata, asking: asked))
            for tensor in together {
                guard let width = tensor.width(rows: count), let other = alone.first(where: { $0.name == tensor.name })
                else { continue }
                let expected = Array(tensor.data[row * width..<(row + 1) * width])
                guard expected.count == other.data.count,
                    zip(expected, other.data).allSatisfy({ Self.agree($0, $1, tolerance) })
                else {
                    return [
                        Finding(
                            .fail,
                            "row \(row + 1) alone gives \(Self.shown(other.data)) in '\(Excerpt.line(tensor.name))', "
                                + "among \(count) rows \(Self.shown(expected))", threshold: tolerance)
                    ]
                }
            }
        }
        return []
    }

    /// The least and the greatest values that the schema allows are answered with numbers, or refused; nothing breaks.
    func edges(of schema: Schema?) async throws -> [Finding] {
        let bounds = Dictionary((schema?.columns ?? []).map { ($0.name, ($0.min, $0.max)) }) { first, _ in first }
        var findings: [Finding] = []
        for (word, isLeast) in [("least", true), ("greatest", false)] {
            let request = try rows.request(0..<1, to: metadata, asking: asked) { feature, row in
                let bound = bounds[feature.name].flatMap { isLeast ? $0.0 : $0.1 }
                guard let bound, !feature.isText else { return rows.columns[feature.name]?[row] ?? "" }
                return feature.isWhole && bound.magnitude < 1e15 ? String(Int(bound)) : "\(bound)"
            }
            let reply: Tools.Reply
            switch try await ask(request.text()) {
            case .reply(let given): reply = given
            case .nothing(let problem):
                findings.append(
                    Finding(.fail, "the \(word) values that the schema allows are not answered: \(problem)"))
                continue
            case .late:
                findings.append(late("the \(word) values that the schema allows are"))
                continue
            }
            if reply.status >= 500 {
                findings.append(
                    Finding(
                        .fail,
                        "the \(word) values that the schema allows give \(reply.status): "
                            + InferenceServer.complaint(in: reply), value: Double(reply.status)))
            } else if reply.status == 200 {
                findings += unsound(InferenceServer.outputs(in: reply) ?? []).map {
                    Finding(.fail, "the \(word) values that the schema allows give no number in '\($0)'")
                }
            }
        }
        return findings
    }

    /// So many requests about one real row each, one after another: what went wrong, and how long each answer took, in milliseconds.
    func load(_ requests: Int) async throws -> (findings: [Finding], times: [Double]) {
        var times: [Double] = [], faults: [String] = []
        let end = ServerTime(server)
        for number in 0..<requests {
            let row = requests <= rows.count ? number * rows.count / requests : number % rows.count
            let request = try rows.request(row..<row + 1, to: metadata, asking: asked).text()
            try end.require()
            let start = ContinuousClock.now
            let reply = try await server.post(Array(request.utf8))
            if [429, 502, 503, 504].contains(reply.status) {
                let words = "\(server.url) answered \(reply.status): \(InferenceServer.complaint(in: reply))"
                throw ArtifactFailure(.unreachable, words)
            }
            let time = (ContinuousClock.now - start) / .milliseconds(1)
            let outputs = reply.status == 200 ? InferenceServer.outputs(in: reply) ?? [] : []
            if outputs.contains(where: { $0.width(rows: 1) != nil }) {
                times.append(time)
            } else {
                faults.append("row \(row + 1): \(reply.status): \(InferenceServer.complaint(in: reply))")
            }
        }
        guard let first = faults.first else { return ([], times) }
        let words = "\(faults.count) of \(requests) requests about real rows were not answered (first: \(first))"
        return ([Finding(.fail, words, value: Double(faults.count), threshold: 0)], times)
    }

    /// What is no request is refused with 400 to 499: an answer would be made up, and 500 is a fault of the server's.
    func broken() async throws -> [Finding] {
        let short = InferenceTensor("input-0", "FP64", shape: [1, rows.features.count + 1], data: [0])
        let requests: [(String, String)] = [
            ("a body that is no JSON", "{\"inputs\": ["), ("a request without inputs", "{}"),
            ("a shape that the data does not fill", JSON.object([("inputs", .array([short.json]))]).text()),
        ]
        var findings: [Finding] = []
        for (words, body) in requests {
            let reply: Tools.Reply
            switch try await ask(body) {
            case .reply(let given): reply = given
            case .nothing(let problem):
                findings.append(Finding(.warn, "\(words) is not refused, but not answered: \(problem)"))
                continue
            case .late:
                findings.append(late("\(words) is"))
                continue
            }
            guard !(400...499).contains(reply.status) else { continue }
            findings.append(
                Finding(
                    reply.status == 200 ? .fail : .warn, "\(words) is answered with \(reply.status), not refused",
                    value: Double(reply.status)))
        }
        return findings
    }

    /// What comes of a request.
    private enum Answer {
        case reply(Tools.Reply)
        /// Nothing, though the server goes on answering plain requests.
        case nothing(problem: String)
        /// Nothing in time, though it answers plain requests: what it would have been nobody knows.
        case late
    }

    private func ask(_ body: String) async throws -> Answer {
        do { return .reply(try await server.post(Array(body.utf8))) } catch {
            try Task.checkCancellation()
            _ = try await server.infer(rows.request(0..<1, to: metadata, asking: asked))
            if let failure = error as? any Failure, failure.isTimeout { return .late }
            return .nothing(problem: Excerpt.line("\(error)"))
        }
    }

    private func late(_ what: String) -> Finding {
        Finding(
            .inconclusive,
            "\(what) not answered within \(server.timeout.text), though a plain row was: see why in the server's log, or "
                + "allow a longer timeout", mayChange: true)
    }

    /// Whether two values are equal; of numbers, up to `tolerance`.
    static func agree(_ one: JSON, _ other: JSON, _ tolerance: Double) -> Bool {
        guard let first = one.double, let second = other.double else { return one == other }
        return Bound.isAtMost(abs(first - second), tolerance, of: [first, second])
    }

    private static func shown(_ values: [JSON]) -> String { values.map(RunTable.text).listed(3) }
}
