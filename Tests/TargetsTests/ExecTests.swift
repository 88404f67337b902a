import Domain
import TestSupport
import Testing

@testable import Targets

struct ExecTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func target(_ apply: String, _ observe: String = "exit 0", more: [(String, JSON)] = []) throws -> Exec {
        let settings: [(String, JSON)] = [
            ("apply", ["/bin/sh", "-c", .string(apply)]), ("observe", ["/bin/sh", "-c", .string(observe)]),
            ("folder", .string(scratch.path)),
        ]
        return try Exec(node: ManifestTree(.object(settings + more)))
    }

    @Test func `keeps a target's promises`() async throws {
        let releases = try Releases(in: scratch)
        let apply = """
            if [ "$MARTLET_ACTION" = remove ]; then rm -f served served.digest; exit; fi
            cp "$MARTLET_ARTIFACT" new && mv new served && echo "$MARTLET_DIGEST" > served.digest
            """
        let observe = """
            [ -f served ] || exit 2
            [ "$(cat served.digest)" = "$MARTLET_DIGEST" ] || { echo "runs $(cat served.digest)"; exit 1; }
            """
        try await expectConformance(of: try target(apply, observe), releases) { try? scratch.bytes(of: "served") }
    }

    @Test func `the command sees the release and nothing else`() async throws {
        let releases = try Releases(in: scratch)
        let target = try target("env | sort > seen", more: [("environment", ["A": "b"]), ("secrets", ["TOKEN"])])
        try await target.apply(releases.first, using: localTools)
        let seen = try scratch.text(of: "seen").split(separator: "\n").filter { !$0.hasPrefix("PWD=") }
        let artifact = try #require(releases.first.artifact)
        #expect(
            seen == [
                "A=b", "MARTLET_ACTION=apply", "MARTLET_ARTIFACT=\(artifact.path)",
                "MARTLET_DIGEST=\(artifact.digest)", "MARTLET_ENVIRONMENT=production",
                "MARTLET_MODEL=lending/credit-risk", "MARTLET_NUMBER=1795000000",
                "MARTLET_REVISION=\(releases.first.pin.revision)", "MARTLET_VERSION=v1795000000",
                "TOKEN=hidden",
            ])
    }

    @Test func `the command's words are in the error`() async throws {
        let release = try Releases(in: scratch).first
        for (script, words) in [
            ("echo no space on node 7 >&2; exit 4", "'/bin/sh' ended with 4: no space on node 7"),
            ("kill -9 $$", "'/bin/sh' was ended by signal 9"), ("sleep 9", "'/bin/sh' did not end within 300ms"),
        ] {
            let target = try target(script, script, more: [("timeout", "300ms")])
            let applied = await #expect(throws: TargetFailure.self) {
                try await target.apply(release, using: localTools)
            }
            #expect(applied?.description == "apply: \(words)")
            let observed = await #expect(throws: TargetFailure.self) {
                try await target.observe(release, using: localTools)
            }
            #expect(observed?.description.hasPrefix("observe: \(words)") == true, "\(observed?.description ?? "")")
        }
        let odd = try target("exit 9", "exit 9")
        let unknown = await #expect(throws: TargetFailure.self) { try await odd.observe(release, using: localTools) }
        #expect(unknown?.description.contains("ended with 9 (0 means that it runs, 1 that") == true)
        let missing = try Exec(node: ManifestTree(["apply": ["/no/such"], "observe": ["true"]]))
        let failure = await #expect(throws: TargetFailure.self) { try await missing.apply(release, using: localTools) }
        #expect(failure?.description.contains("could not be started") == true)
        let secretive = try target("true", more: [("secrets", ["OTHER"])])
        let refused = await #expect(throws: TargetFailure.self) {
            try await secretive.apply(release, using: localTools)
        }
        #expect(refused?.description.contains("no secret 'OTHER'") == true)
    }

    @Test func `what the commands say comes without their secrets`() async throws {
        let release = try Releases(in: scratch).first
        let target = try target(
            "echo \"denied: $TOKEN\" >&2; exit 1", "echo \"runs with $TOKEN\"; exit 1", more: [("secrets", ["TOKEN"])])
        let failure = await #expect(throws: TargetFailure.self) { try await target.apply(release, using: localTools) }
        #expect(failure?.description == "apply: '/bin/sh' ended with 1: denied: …")
        #expect(try await target.observe(release, using: localTools) == .other("runs with …"))
    }

    @Test func `settings are checked`() {
        for json in [
            ["apply": ["x"]], ["apply": [], "observe": ["x"]], ["apply": ["x"], "observe": ["y"], "folder": "z"],
        ]
            as [JSON]
        { #expect(throws: FieldErrors.self) { try Exec(node: ManifestTree(json)) } }
        #expect(Exec.schema["properties"] != nil)
    }
}
