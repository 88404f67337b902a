import Domain
import Foundation
import TestSupport
import Testing

@testable import Engines

/// What ``SandboxTests`` says of the default engine holds for this one; here is what its settings change.
struct LocalEngineTests {
    @Test func `a command gets its folder where the settings say`() async throws {
        let scratch = try ScratchFolder()
        let engine = try LocalEngine(node: ManifestTree(["folder": .string(scratch.path)]))
        let place = try await Sandbox(engine).withFolder { folder in
            let result = await folder.run(["/bin/pwd"], within: .init(time: .seconds(10)))
            return String(decoding: result.output, as: UTF8.self)
        }
        #expect(place.hasPrefix(scratch.path + "/martlet-sandbox-"), "\(place)")
        let nowhere = try LocalEngine(node: ManifestTree(["folder": .string(scratch.path + "/none")]))
        await #expect(throws: SandboxFailure.self) { try await Sandbox(nowhere).withFolder { _ in } }
    }

    @Test func `a command sees what it is given, and nothing of what launchers see but where programs are`()
        async throws
    {
        let seen = ["PATH": "/usr/bin:/bin", "HOME": "/nowhere", "KUBECONFIG": "/secret"]
        let result = try await Sandbox(surroundings: seen).withFolder { folder in
            await folder.run(
                ["env"], within: .init(time: .seconds(10)), environment: ["MARTLET_MODEL": "a"],
                secrets: ["RETRAIN_TOKEN": "hush hush"])
        }
        let lines = Set(String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init))
        #expect(lines.isSuperset(of: ["MARTLET_MODEL=a", "PATH=/usr/bin:/bin", "RETRAIN_TOKEN=hush hush"]))
        #expect(!lines.contains { $0.contains("nowhere") || $0.hasPrefix("KUBECONFIG") }, "\(lines)")
    }

    @Test func `what is placed as a program can be started`() async throws {
        try await Sandbox().withFolder { folder in
            try folder.place(.bytes(Array("#!/bin/sh\necho \"$@\"\n".utf8)), at: "say.sh", isExecutable: true)
            let result = await folder.run(["./say.sh", "a  b"], within: .init(time: .seconds(10)))
            #expect(result.succeeded && result.output == Array("a  b\n".utf8), "\(result.lastWords)")
        }
    }

    @Test func `a folder that is no absolute path is refused`() throws {
        let error = #expect(throws: FieldErrors.self) { try LocalEngine(node: ManifestTree(["folder": "tmp"])) }
        #expect(error?.problems.first?.message == "folder: must be an absolute path")
    }
}
