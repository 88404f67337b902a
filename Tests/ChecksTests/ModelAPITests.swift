import Domain
import Testing

@testable import Checks

@Suite struct ModelAPITests {
    private func outcome(
        _ fault: OpenInferenceServer.Fault, typed: Bool = false, _ settings: JSON = ["requests": 3]
    ) async throws -> Outcome {
        let server = try OpenInferenceServer(fault, typed: typed)
        return try await Specimen.version("v1").served(by: server).run(ModelAPI.self, settings)
    }

    @Test(arguments: [false, true]) func `a server that keeps the protocol passes`(typed: Bool) async throws {
        let outcome = try await outcome(.none, typed: typed, .empty)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["rows"]?.int == 8)
        #expect(outcome.measurements["requests"]?.int == 20 && outcome.measurements["answered"]?.int == 20)
        let (middle, slow) = (outcome.measurements["p50_ms"]?.double, outcome.measurements["p95_ms"]?.double)
        #expect(try #require(middle) > 0 && #require(middle) <= #require(slow))
    }

    @Test func `a server that is still loading is waited for`() async throws {
        let outcome = try await outcome(.loadsSlowly, ["requests": 1])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        // Two pauses, of 250 and 500 ms.
        #expect(try #require(outcome.measurements["loading_seconds"]?.double) >= 0.75)
    }

    @Test func `one that does not become ready in time fails`() async throws {
        let outcome = try await outcome(.loadsForEver, ["maxLoadingTime": "1s"])
        #expect(outcome.verdict == .fail && outcome.words.contains("was not ready within 1s"), "\(outcome.words)")
    }

    @Test func `real requests that are not answered fail the load test, and are counted`() async throws {
        let outcome = try await outcome(.breaksNowAndThen, ["rows": 2, "requests": 12])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.words.contains("3 of 12 requests about real rows were not answered (first: row "),
            "\(outcome.words)")
        #expect(outcome.words.contains("500: worker lost") && outcome.measurements["answered"]?.int == 9)
    }

    @Test(arguments: [
        (OpenInferenceServer.Fault.unready, "is not ready"), (.dependsOnOthers, "among 8 rows"),
        (.acceptsAnything, "is answered with 200, not refused"), (.breaksAtEdges, "give 500: overflow"),
        (.givesNothing, "values that are no numbers"),
    ])
    func `a server that breaks it fails`(fault: OpenInferenceServer.Fault, words: String) async throws {
        let outcome = try await outcome(fault)
        #expect(outcome.verdict == .fail && outcome.words.contains(words), "\(outcome.words)")
    }

    @Test func `a server that falls over a broken request is worth a warning`() async throws {
        let outcome = try await outcome(.breaksOnShapes)
        #expect(
            outcome.verdict == .warn && outcome.words.contains("answered with 500, not refused"), "\(outcome.words)")
    }

    @Test func `a server that hangs up and goes on fails, with all that was found`() async throws {
        let outcome = try await outcome(.hangsUp)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        for words in [
            "the least values that the schema allows are not answered", "a body that is no JSON is not refused",
        ] {
            #expect(outcome.words.contains(words), "\(outcome.words)")
        }
    }

    @Test func `what a server does not answer in time is no verdict on it`() async throws {
        let outcome = try await outcome(.stalls, ["requests": 1, "timeout": "700ms"])
        #expect(outcome.verdict == .inconclusive && outcome.mayChange, "\(outcome.words)")
        for words in [
            "the least values that the schema allows are not answered within 700ms, though a plain row was",
            "a body that is no JSON is not answered within 700ms", "allow a longer timeout",
        ] {
            #expect(outcome.words.contains(words), "\(outcome.words)")
        }
    }

    @Test func `a server that is down is an error, and none at all is skipped`() async throws {
        #expect(try await outcome(.isDown).verdict == .error)
        #expect(try await Specimen.version("v1").run(ModelAPI.self).verdict == .skipped)
    }

    @Test func `a server whose inputs are not the features fails`() async throws {
        let server = try OpenInferenceServer(typed: true)
        var specimen = try Specimen.version("v1").served(by: server)
        let columns = specimen.schema?["columns"]?.array ?? []
        specimen.schema = ["columns": .array(columns.filter { $0["name"]?.string != "mean_area" })]
        let outcome = try await specimen.run(ModelAPI.self)
        #expect(outcome.verdict == .inconclusive && outcome.words.contains("'mean_area'"), "\(outcome.words)")
    }

    @Test func `a version that is only proposed asks nobody`() async throws {
        var specimen = try Specimen.version("v1").served(by: OpenInferenceServer())
        let store = MemoryStore()
        let base = try store.commit("base", ["a": "1"])
        specimen.store = store
        specimen.tip = base
        specimen.revision = try store.commit("proposed", ["a": "2"], on: [base])
        specimen.send = { call in
            Issue.record("\(call.url) was asked")
            throw ArtifactFailure(.unreachable, "")
        }
        let outcome = try await specimen.run(ModelAPI.self)
        #expect(outcome.verdict == .inconclusive && outcome.words.contains("not on the branch"), "\(outcome.words)")
        specimen.tip = specimen.revision ?? base
        specimen.revision = base
        specimen.send = { _ in Tools.Reply(status: 404) }
        #expect(try await specimen.run(ModelAPI.self).summary.contains("is not ready"))
    }

    @Test(arguments: [401, 403, 404, 405, 429])
    func `a server that will not say whether it is ready is not waited for, and is looked at again`(status: Int)
        async throws
    {
        var specimen = try Specimen.version("v1").served(by: OpenInferenceServer())
        specimen.send = { Tools.Reply(status: $0.url.hasSuffix("/live") ? 200 : status) }
        let outcome = try await specimen.run(ModelAPI.self)
        #expect(outcome.verdict == .fail && outcome.mayChange, "\(outcome.words)")
        #expect(outcome.summary.contains("is not ready to serve the model (\(status))"), "\(outcome.words)")
    }

    @Test(arguments: ["0s", "61s"]) func `an answer may take a minute at most`(timeout: String) async throws {
        await #expect(throws: (any Error).self) {
            try await Specimen.version("v1").run(ModelAPI.self, ["timeout": .string(timeout)])
        }
    }
}
