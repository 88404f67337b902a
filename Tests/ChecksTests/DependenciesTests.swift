import Domain
import Testing

@testable import Checks

@Suite struct DependenciesTests {
    @Test func `pinned and owned passes`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["requirements.txt"] = Array("# exact\nnumpy==2.4.1\nmine @ file:///x\n".utf8)
        specimen.files["Dockerfile"] = Array("FROM python:3.12-slim\nRUN true\n".utf8)
        let outcome = try await specimen.run(Dependencies.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test(arguments: [
        ("requirements.txt", "numpy>=2\n"), ("Dockerfile", "FROM python:latest\n"), ("Dockerfile", "FROM python\n"),
        ("requirements.txt", #"numpy; python_version=="3.11""#), ("requirements.txt", "numpy>=1 # was ==1\n"),
        ("requirements.txt", "numpy==1.*\n"), ("requirements.txt", "pkg @ git+https://x/y@main\n"),
        ("requirements.txt", "git+ssh://git@x/y\n"), ("requirements.txt", "-e git+https://x/y@main#egg=y\n"),
        ("requirements.txt", "numpy\r\nscipy==1.17.0\r\n"), ("requirements.txt", "\u{FEFF}numpy\n"),
        ("Dockerfile", "FROM localhost:5000/python\n"), ("Dockerfile", "FROM python:latest\r\nRUN true\r\n"),
        ("Dockerfile", "FROM --platform=linux/amd64 python AS run\n"), ("Dockerfile", "FROM ${BASE}\n"),
    ])
    func `what floats fails with its line`(path: String, text: String) async throws {
        var specimen = try Specimen.version("v1")
        specimen.files[path] = Array(text.utf8)
        let outcome = try await specimen.run(Dependencies.self)
        #expect(outcome.verdict == .fail && outcome.findings.first?.line == 1)
    }

    @Test func `an environment that no file pins is a warning, unless no file is asked for`() async throws {
        let open = try await Specimen.version("v1").run(Dependencies.self, ["locks": ["mine.lock"]])
        #expect(open.verdict == .warn && open.summary.contains("add one of mine.lock"), "\(open.words)")
        #expect(try await Specimen.version("v1").run(Dependencies.self, ["locks": []]).verdict == .pass)
    }

    @Test func `nobody to tell fails`() async throws {
        let outcome = try await Specimen.version("v1").setting("owners", to: []).run(Dependencies.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("no owners"))
    }

    @Test func `changes that CHANGES md has to name pass when it does`() async throws {
        var specimen = try changed()
        #expect(try await specimen.run(Dependencies.self, ["acknowledged": true]).verdict == .fail)
        specimen.files["CHANGES.md"] = Array("requirements.txt: a newer numpy".utf8)
        #expect(try await specimen.run(Dependencies.self, ["acknowledged": true]).verdict == .pass)
    }

    private static let seen = Timestamp("2026-11-21T12:00:00Z")!

    /// A version on the branch whose requirements differ from those of the running one; `entry` is what is known of that.
    private func changed(
        onBranch: Bool = true, at now: Duration = .zero, watched: Bool = true,
        entry: ((ObjectID?) -> DependencyChange)? = nil
    ) throws -> Specimen {
        var specimen = try Specimen.version("v2"), old = try Specimen.version("v1")
        specimen.files["requirements.txt"] = Array("numpy==2.5.5\n".utf8)
        old.files["requirements.txt"] = Array("numpy==2.4.1\n".utf8)
        let store = MemoryStore()
        specimen.store = store
        specimen.deployed = try old.subject()
        if onBranch {
            let commit = try store.commit("v2", ["a": "b"], at: Self.seen.description)
            (specimen.revision, specimen.tip) = (commit, commit)
        }
        specimen.now = Self.seen + now
        // The ids of a specimen's files are known once it is one.
        guard watched else { return specimen }
        let subject = try specimen.subject()
        let blobs = try store.blobs(in: subject.version.tree)
        specimen.dependencies = DependencyRecord(
            watched: subject.version.revision, changes: entry.map { [$0(blobs["requirements.txt"])] } ?? [])
        return specimen
    }

    private func change(_ blob: ObjectID?, told: Duration? = nil) -> DependencyChange {
        DependencyChange(
            path: "requirements.txt", blob: blob, commit: .zero, seen: Self.seen,
            told: told.map { ["chat": Self.seen + $0] } ?? [:])
    }

    @Test func `a change that owners were told in time passes, and is named`() async throws {
        let outcome = try await changed { change($0, told: .seconds(899)) }.run(Dependencies.self)
        #expect(outcome.verdict == .pass && outcome.summary.contains("requirements.txt"), "\(outcome.words)")
        #expect(outcome.measurements["changes"] == ["requirements.txt"])
    }

    @Test func `a change that nobody was told fails after a quarter of an hour`() async throws {
        let soon = try await changed(at: .seconds(60)) { change($0) }.run(Dependencies.self)
        #expect(soon.verdict == .error && soon.summary.contains("are being told"), "\(soon.words)")
        let late = try await changed(at: .seconds(3 * 86_400)) { change($0) }.run(Dependencies.self)
        #expect(late.verdict == .fail && late.summary.contains("(seen 3d ago); no owner was notified"), "\(late.words)")
    }

    @Test func `a notice that came too late fails, unless the gate allows that`() async throws {
        let specimen = try changed(at: .seconds(4000)) { change($0, told: .seconds(3600)) }
        let outcome = try await specimen.run(Dependencies.self)
        #expect(
            outcome.verdict == .fail && outcome.summary.contains("notified after 1h, allowed 15m"), "\(outcome.words)")
        #expect(outcome.findings.first?.value == 3600 && outcome.findings.first?.threshold == 900)
        #expect(try await specimen.run(Dependencies.self, ["within": "1h"]).verdict == .pass)
    }

    @Test func `a notice of other content does not count`() async throws {
        let other = try await changed(at: .seconds(901)) { _ in change(.zero, told: .zero) }.run(Dependencies.self)
        #expect(other.verdict == .fail && other.summary.contains("no owner was notified"))
        let young = try await changed { _ in change(.zero, told: .zero) }.run(Dependencies.self)
        #expect(young.verdict == .error)
    }

    @Test func `where nobody is ever told, a change fails`() async throws {
        let outcome = try await changed(watched: false).run(Dependencies.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("martlet.yaml has no notifications"))
    }

    @Test func `what is not on the branch cannot have been told yet`() async throws {
        let outcome = try await changed(onBranch: false).run(Dependencies.self)
        #expect(outcome.verdict == .warn && outcome.summary.contains("changed since tumor v1: requirements.txt"))
    }

    @Test func `a dataset and the schema are dependencies too`() async throws {
        var specimen = try changed(onBranch: false)
        specimen.blobs = ["data/tumor-train.yaml": .zero]
        specimen.files["schema.yaml"] = Array("columns: []".utf8)
        specimen.manifest = specimen.setting("schema", to: "schema.yaml").manifest
        let outcome = try await specimen.run(Dependencies.self)
        #expect(outcome.measurements["changes"] == ["tumor-train", "requirements.txt", "schema.yaml"])
    }

    @Test func `a dataset without a manifest is inconclusive`() async throws {
        let specimen = try Specimen.version("v1").setting("training", "data", to: ["nowhere"])
        #expect(try await specimen.run(Dependencies.self).verdict == .inconclusive)
    }

    @Test(arguments: [
        (
            "requirements.txt",
            "numpy==2.4.1 ; python_version>=\"3.11\"\r\nscipy[all] == 1.17.0 # newest\r\n--index-url x\r\n"
        ),
        (
            "requirements.txt",
            "numpy==2.4.1 \\\n    --hash=sha256:00\npkg @ git+https://x/y@v1.2.0\nhttps://x/y-1.whl\n"
        ),
        ("requirements.txt", "pkg @ git+https://git@x/y@0123456789abcdef0123456789abcdef01234567#egg=y\n"),
        ("Dockerfile", "FROM python:3.12-slim AS base\nFROM base AS run\nFROM scratch\nCOPY --from=run / /\n"),
        ("Dockerfile", "FROM --platform=linux/amd64 python@sha256:00\n"),
        ("Dockerfile", "ARG V=3.12\nFROM python:${V}\n"),
        ("Dockerfile", "FROM localhost:5000/python:3.12\n"),
    ])
    func `what is pinned passes`(path: String, text: String) async throws {
        var specimen = try Specimen.version("v1")
        specimen.files[path] = Array(text.utf8)
        let outcome = try await specimen.run(Dependencies.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `where nothing says what it depends on, nothing is known to be pinned`() async throws {
        var specimen = try Specimen.version("v1").setting("training", "data", to: []).setting("evaluation", to: .null)
        let outcome = try await specimen.run(Dependencies.self)
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains("nothing says what"), "\(outcome.words)")
        specimen.files["requirements.txt"] = Array("numpy==2.4.1\n".utf8)
        #expect(try await specimen.run(Dependencies.self).verdict == .pass)
    }

    /// A version with a serving log whose requests came so many days ago, each from a client.
    private func called(_ requests: [(days: Int, client: String?)], version: String = "v0") throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl"])
        let lines = requests.map { request in
            let time = (specimen.now + .seconds(-request.days * 86_400)).description
            let client = request.client.map { #","client":"\#($0)""# } ?? ""
            return #"{"ts":"\#(time)","model":"tumor","version":"\#(version)"\#(client)}"#
        }
        specimen.files["log.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        specimen.files["requirements.txt"] = Array("numpy==2.4.1\n".utf8)
        return specimen
    }

    @Test func `callers of the last seven days are counted, of any version`() async throws {
        let outcome = try await called([(9, "old"), (3, "app"), (2, "app"), (1, "batch")]).run(Dependencies.self)
        #expect(outcome.verdict == .pass && outcome.measurements["callers"]?.int == 2, "\(outcome.words)")
        let nameless = try await called([(1, nil)]).run(Dependencies.self)
        #expect(nameless.verdict == .pass && nameless.measurements["callers"] == nil, "\(nameless.words)")
    }

    @Test func `a caller that nobody declared is worth a warning`() async throws {
        let specimen = try called([(9, "old"), (3, "app-1"), (2, "spy"), (2, "spy"), (1, "batch")])
        let outcome = try await specimen.run(Dependencies.self, ["consumers": ["app-*", "batch"]])
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(outcome.summary == "callers that consumers does not declare: spy (2 requests)", "\(outcome.words)")
        let known = try await specimen.run(Dependencies.self, ["consumers": ["*"]])
        #expect(known.verdict == .pass, "\(known.words)")
    }

    @Test func `declared consumers need a log that names who calls`() async throws {
        let consumers: JSON = ["consumers": ["app"]]
        let silent = try await Specimen.version("v1").run(Dependencies.self, consumers)
        #expect(silent.verdict == .inconclusive && silent.summary.contains("no spec.serving.log"), "\(silent.words)")
        let nameless = try await called([(1, nil), (1, "app")]).run(Dependencies.self, consumers)
        #expect(nameless.verdict == .inconclusive, "\(nameless.words)")
        #expect(nameless.summary.contains("1 of 2 requests name no client"), "\(nameless.words)")
        var missing = try called([(1, "app")])
        missing.files["log.jsonl"] = nil
        #expect(try await missing.run(Dependencies.self).verdict == .inconclusive)
    }

    @Test func `a model that nobody has called for thirty days is called abandoned`() async throws {
        let outcome = try await called([(41, "app"), (30, "app")]).run(Dependencies.self)
        #expect(outcome.verdict == .warn && outcome.summary.hasPrefix("abandoned model: "), "\(outcome.words)")
        #expect(outcome.summary.contains("no request of the last 30 days"), "\(outcome.words)")
        #expect(try await called([(29, "app")]).run(Dependencies.self).verdict == .pass)
        let longer = try await called([(30, "app")]).run(Dependencies.self, ["abandonedAfter": "90d"])
        #expect(longer.verdict == .pass, "\(longer.words)")
        #expect(throws: FieldErrors.self) { try Dependencies(node: ManifestTree(["abandonedAfter": "0s"])) }
    }

    @Test func `one clock that goes wrong hides no caller, and nothing without a time is dropped`() async throws {
        let settings: JSON = ["consumers": ["app"]]
        let wrong = try await called([(-9000, "app"), (1, "spy")]).run(Dependencies.self, settings)
        #expect(wrong.verdict == .warn && wrong.summary.contains("spy (1 requests)"), "\(wrong.words)")
        let old = try await called([(-9000, "app"), (40, "app")]).run(Dependencies.self, settings)
        #expect(old.summary.contains("abandoned model"), "\(old.words)")
        // What is found on the way is not lost to what cannot be told.
        let nameless = try await called([(40, nil)]).run(Dependencies.self, settings)
        #expect(
            nameless.words.contains("abandoned model") && nameless.words.contains("name no client"), "\(nameless.words)"
        )
    }
}
