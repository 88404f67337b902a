import Domain
import Synchronization
import Testing

@testable import Checks

@Suite struct EdgeProbesTests {
    private func outcome(
        _ fault: OpenInferenceServer.Fault, typed: Bool = false, probes: Int = 62
    ) async throws -> Outcome {
        let server = try OpenInferenceServer(fault, typed: typed)
        return try await Specimen.version("v1").served(by: server).run(
            NumericalStability.self, ["probes": .int(probes)])
    }

    @Test(arguments: [false, true]) func `a server whose answers stay finite passes`(typed: Bool) async throws {
        let outcome = try await outcome(.none, typed: typed)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(
            outcome.summary.hasSuffix(", predictions and answers to 62 of 180 edge probes are finite"),
            "\(outcome.words)")
        #expect(outcome.measurements["edges"]?.int == 180 && outcome.measurements["probes"]?.int == 62)
    }

    @Test(arguments: [
        (OpenInferenceServer.Fault.overflows, "60 of 62 edge probes returned NaN (first: mean_radius=1e308)"),
        (.exceeds, "60 of 62 edge probes returned a probability outside of 0 to 1 (first: mean_radius=1e308: -0.5)"),
        (.fallsSilent, "60 of 62 edge probes returned no value (first: mean_radius=1e308)"),
        (.breaksAtEdges, "1 of 62 edge probes made the server fail (first: mean_radius=56.2: 500: overflow)"),
    ])
    func `one that does not fails, with the first edge`(fault: OpenInferenceServer.Fault, words: String) async throws {
        let outcome = try await outcome(fault)
        #expect(outcome.verdict == .fail && outcome.words.contains(words), "\(outcome.words)")
        #expect(outcome.findings.count == 1)
    }

    @Test func `a refusal of what the schema does not allow is a right answer`() async throws {
        let outcome = try await outcome(.isBounded)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary.contains("62 of 180 edge probes (60 refused)"), "\(outcome.words)")
    }

    @Test func `a refusal of what it allows is worth a warning`() async throws {
        let outcome = try await outcome(.refusesNothing, probes: 120)
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(
            outcome.words.contains("edge probes were refused, though the schema allows the value"), "\(outcome.words)")
        #expect(outcome.words.contains("=0: 400: nothing there)"), "\(outcome.words)")
    }

    @Test func `where only the domain is asked about, what lies beyond breaks nothing`() async throws {
        let specimen = try Specimen.version("v1").served(by: OpenInferenceServer(.overflows))
        let outcome = try await specimen.run(NumericalStability.self, ["beyondDomain": false, "probes": 40])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary.contains("40 of 120 edge probes"), "\(outcome.words)")
    }

    @Test func `a row that has no number as it is fails before any edge`() async throws {
        let outcome = try await outcome(.givesNothing)
        #expect(
            outcome.verdict == .fail && outcome.words.contains("row 1 of the dataset gives no number"),
            "\(outcome.words)")
        #expect(outcome.measurements["probes"]?.int == 0)
    }

    @Test func `a server that is down is an error, and none is asked where no probes are wanted`() async throws {
        #expect(try await outcome(.isDown).verdict == .error)
        let silent = try await outcome(.isDown, probes: 0)
        #expect(
            silent.verdict == .pass && silent.summary.hasSuffix("losses and predictions are finite"), "\(silent.words)")
        #expect(silent.measurements["probes"] == nil)
    }

    @Test func `a version that is only proposed was not looked at`() async throws {
        var specimen = try Specimen.version("v1").served(by: OpenInferenceServer())
        let store = MemoryStore()
        specimen.store = store
        specimen.tip = try store.commit("base", ["a": "1"])
        specimen.revision = try store.commit("proposed", ["a": "2"], on: [specimen.tip])
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .inconclusive && outcome.words.contains("not on the branch"), "\(outcome.words)")
    }

    private func edges(_ column: JSON, sentAs datatype: String) throws -> [Edge] {
        let column = try Schema.Column(node: ManifestTree(column))
        let isText = column.type == .string
        let feature = InferenceRows.Feature(name: column.name, isText: isText, isWhole: column.type == .int)
        return Edge.all(of: feature, sentAs: datatype, column)
    }

    @Test(
        arguments: [
            (
                ["name": "x", "type": "float", "min": -0.5, "max": 2], "FP64",
                ["x=1e308", "x=-1e308", "x=2+", "x=-0.5+", "x=0+", "x=5e-324+", "x=-0.0+"]
            ),
            (["name": "x", "type": "float"], "FP32", ["x=3e38", "x=-3e38", "x=0", "x=1e-45", "x=-0.0"]),
            (["name": "n", "type": "int", "min": 1, "max": 300], "UINT8", ["n=255+", "n=0", "n=1+"]),
            (
                ["name": "n", "type": "int", "min": 0, "max": 9], "FP64",
                ["n=1e308", "n=-1e308", "n=9+", "n=0+", "n=5e-324", "n=-0.0+"]
            ),
            (["name": "b", "type": "bool"], "BOOL", ["b=1+", "b=0+"]),
            (["name": "t", "maxLength": 3], "BYTES", ["t=aaa+", "t=(empty)"]),
            (["name": "t", "allowed": ["no", "yes"]], "BYTES", ["t=yes+", "t=(empty)"]),
            (["name": "t", "maxLength": 3, "pattern": "[0-9]*"], "BYTES", ["t=aaa", "t=(empty)"]),
        ] as [(JSON, String, [String])])
    func `edges are those of the domain and of the datatype; + is what the schema allows`(
        column: JSON, datatype: String, expected: [String]
    ) throws {
        let found = try edges(column, sentAs: datatype).map { $0.text + ($0.isAllowed ? "+" : "") }
        #expect(found == expected)
    }

    /// A regression that answers its only feature, as servers that write NaN as null do.
    private func regression(_ answer: @escaping @Sendable (Double) -> String) throws -> Specimen {
        var specimen = try Specimen.version("v1")
            .setting("evaluation", to: ["endpoint": "http://127.0.0.1:1", "data": "eval"])
            .setting("task", to: "regression").setting("training", "log", to: .null)
        specimen.schema = [
            "columns": [
                ["name": "x", "type": "float", "min": 0, "max": 2],
                ["name": "label", "type": "float", "role": "label", "min": -1, "max": 5],
            ]
        ]
        specimen.data["eval"] = Array("x,label\n,1\n1.5,1\n".utf8)
        specimen.files["predictions.csv"] = Array("label,prediction\n1,1\n".utf8)
        specimen.revision = specimen.tip
        specimen.send = { call in
            guard call.method == "POST" else { return Tools.Reply(status: 200, body: Array("{}".utf8)) }
            let x = try JSON(parsing: call.body)["inputs"]?.array?.first?["data"]?.array?.first?.double ?? .nan
            let output = #"{"name": "y", "shape": [1, 1], "datatype": "FP64", "data": [\#(answer(x))]}"#
            return Tools.Reply(status: 200, body: Array(#"{"outputs": [\#(output)]}"#.utf8))
        }
        return specimen
    }

    @Test func `null is NaN, infinity is told apart, and the row asked about lacks nothing`() async throws {
        let outcome = try await regression { $0.magnitude < 3 ? "1" : $0 > 0 ? "null" : "-Infinity" }
            .run(NumericalStability.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.words.contains("1 of 6 edge probes returned NaN (first: x=1e308)"), "\(outcome.words)")
        #expect(outcome.words.contains("1 of 6 edge probes returned infinity (first: x=-1e308)"), "\(outcome.words)")
    }

    @Test func `a number that no label can be is worth a warning`() async throws {
        let outcome = try await regression { "\($0.magnitude < 3 ? $0 : 7)" }.run(NumericalStability.self)
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        let words = "2 of 6 edge probes returned what the schema does not allow as a label (first: x=1e308: 7)"
        #expect(outcome.words.contains(words), "\(outcome.words)")
    }

    /// It must not be asked again at once, as after an error, and break once more.
    @Test func `a server that an edge kills is inconclusive, one that only drops that request fails`() async throws {
        for (isGone, verdict) in [(true, Verdict.inconclusive), (false, .fail)] {
            let sound = try regression { _ in "1" }
            let answer = sound.send, dead = Switch()
            var specimen = sound
            specimen.send = { call in
                let body = String(decoding: call.body, as: UTF8.self)
                let isEdge = body.contains("1e308") || body.contains("1e+308")
                if isEdge, isGone { dead.turnOn() }
                if isEdge || dead.isOn { throw ArtifactFailure(.unreachable, "connection reset") }
                return try await answer(call)
            }
            let outcome = try await specimen.run(NumericalStability.self)
            #expect(outcome.verdict == verdict, "\(outcome.words)")
            #expect(outcome.words.contains(isGone ? "nothing any more since the edge probe" : "made the server fail"))
        }
    }
}

/// Whether something has happened.
private final class Switch: Sendable {
    private let state = Mutex(false)
    var isOn: Bool { state.withLock { $0 } }
    func turnOn() { state.withLock { $0 = true } }
}
