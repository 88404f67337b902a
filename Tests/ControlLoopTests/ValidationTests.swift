import ControlLoop
import Domain
import Foundation
import Manifests
import TestSupport
import Testing

/// What is wrong between files, and files that are none.
struct ValidationTests {
    private static let validation = Validation(
        language: YAMLManifests(), checks: CheckRegistry([]), targets: Registry([FolderTarget.self, FlatTarget.self]),
        probes: Registry([]),
        references: { snapshot, files in
            References.problems(
                in: snapshot,
                locate: { file, fields in
                    files.bytes(file).flatMap { YAMLManifests().place(of: fields, in: $0, path: file) }
                }, exists: files.exists, isThere: files.isThere, isZone: { $0 == "UTC" }, isPerson: { $0 == "ada" },
                hasSigners: !Signers(allowed: files.bytes(Signers.file) ?? []).isEmpty)
        })

    private func problems(_ files: [String: FileContent]) async throws -> [String] {
        try await Self.validation.diagnostics(
            of: { visit in
                for (path, content) in files { visit(path) { _ in content } }
            }, read: { path, _ in files[path] ?? .notPlain }, exists: { files[$0] != nil }
        ).map(\.description)
    }

    private func manifest(_ kind: String, _ name: String, _ spec: String) -> FileContent {
        .bytes(
            Array("apiVersion: martlet.dev/v1\nkind: \(kind)\nmetadata: {name: \(name)}\nspec:\n  \(spec)\n".utf8))
    }

    @Test func `what is no plain file, too large or unreadable is one diagnostic, and stops no other`() async throws {
        let found = try await problems([
            "gates/a.yaml": .notPlain, "gates/b.yaml": .tooLarge, "gates/c.yaml": .unreadable("Permission denied"),
            "gates/d.yaml": manifest("Gate", "d", "soakFr: 1h"), "README.md": .notPlain,
        ])
        #expect(found.count == 4)
        #expect(found[0].hasPrefix("gates/a.yaml:1:1: error: a manifest must be a plain file"))
        #expect(found[1].contains("too large") && found[1].contains("1048576 bytes"))
        #expect(found[2].contains("Permission denied"))
        #expect(found[3].contains("soakFr"))
    }

    @Test func `a link in the place of a folder of manifests is an error, not silence`() async throws {
        let found = try await problems(["environments": .notPlain, "gates": .bytes([]), "notes": .notPlain])
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("environments:1:1: error: links are not followed"))
    }

    @Test func `a commit says the same of such a link`() async throws {
        try await withStage([.dev]) { stage in
            try FileManager.default.createSymbolicLink(
                atPath: stage.repository.work + "/environments/far", withDestinationPath: "/")
            let commit = try stage.commit([:])
            let found = try await Self.validation.diagnostics(at: commit, in: stage.store)
            #expect(found.map(\.file).contains("environments/far"))
        }
    }

    @Test func `a probe that does not exist is told where it is named, and once`() async throws {
        let found = try await problems([
            "martlet.yaml": manifest("Repository", "m", "defaults: {verify: {probe: {kind: htp}}}"),
            "environments/dev/environment.yaml": manifest("Environment", "dev", "from: []"),
            "environments/lab/environment.yaml": manifest("Environment", "lab", "verify: {probe: {kind: htp}}"),
        ])
        #expect(found.count == 2, "\(found)")
        #expect(found[0].hasPrefix("environments/lab/environment.yaml:5:") && found[0].contains("htp"), "\(found)")
        #expect(found[1].hasPrefix("martlet.yaml:5:") && found[1].contains("htp"), "\(found)")
    }

    /// Each with a mistake of the manifest's own, and the plug-ins that nobody knows which it must not hide.
    static let broken: [(path: String, kind: String, spec: String, own: String, unknown: [String])] = [
        (
            "gates/g.yaml", "Gate", "checks: [{check: no.one, timeLimit: 0s}, no.two, {check: no.three, x: 1}]",
            "timeLimit: must be above 0s", ["no.one", "no.two", "no.three"]
        ),
        ("gates/g.yaml", "Gate", "{soakFor: soon, checks: [{check: no.one}]}", "soakFor: expected", ["no.one"]),
        (
            "environments/dev/environment.yaml", "Environment",
            "{verify: {interval: 1ms, probe: {kind: no1}}, target: {kind: no2}, monitors: [{name: m, every: x, probe: {kind: no3}}]}",
            "interval: must be at least 10ms", ["no1", "no2", "no3"]
        ),
        (
            "martlet.yaml", "Repository",
            "{brunch: main, defaults: {verify: {probe: {kind: no1}}}, notifications: [{kind: no2, on: [x]}, {kind: no3}]}",
            "unknown field 'brunch'", ["no1", "no2", "no3"]
        ),
    ]

    @Test(arguments: broken.indices)
    func `a mistake in a manifest hides none in the settings of what it names`(_ index: Int) async throws {
        let file = Self.broken[index]
        let name = file.path.hasPrefix("environments") ? "dev" : "g"
        let content = manifest(file.kind, name, file.spec)
        func expect(_ found: [String]) {
            #expect(found.contains { $0.contains(file.own) }, "\(found)")
            for plugin in file.unknown {
                #expect(
                    found.filter { $0.hasPrefix(file.path + ":5:") && $0.contains("'\(plugin)'") }.count == 1,
                    "\(found)")
            }
        }
        expect(try await problems([file.path: content]))
        let bytes = try #require(content.bytes)
        expect(Self.validation.diagnostics(of: bytes, path: file.path).map(\.description))
    }

    @Test func `a mistake in a manifest hides no name in it that leads nowhere`() async throws {
        let found = try await problems([
            "environments/dev/environment.yaml": manifest(
                "Environment", "dev", "{from: [stagin], gate: g, windows: 1}"),
            "gates/g.yaml": manifest("Gate", "g", "{soakFor: soon, approvals: {from: [bob]}}"),
            "models/m/model.yaml": manifest(
                "Model", "m", "{task: regression, artifact: {path: a}, training: {data: [dta]}, owners: {}}"),
            "waivers/w.yaml": manifest(
                "Waiver", "w",
                "{check: model.slices, by: ada, expires: soon, reason: r, tree: \(String(repeating: "a", count: 40))}"),
        ])
        func expect(_ path: String, _ parts: [String]) {
            let own = found.filter { $0.hasPrefix(path) }
            #expect(own.count == parts.count, "\(own)")
            for part in parts { #expect(own.contains { $0.contains(part) }, "\(part): \(own)") }
        }
        expect("environments/dev", ["windows: expected a list", "there is no environment 'stagin'"])
        expect("gates/g", ["soakFor: expected", "approvals: 'bob' is no team"])
        expect("models/m", ["owners: expected a list", "there is no dataset 'dta'"])
        // What is missing is told once, and not looked up.
        expect("waivers/w", ["missing field 'model'", "expires: expected", "no check is called 'model.slices'"])
    }

    @Test func `in a commit, too, and what a broken file said before is not told as what it says`() async throws {
        try await withStage([.dev]) { stage in
            func gate(_ soak: String, _ check: String) -> String {
                "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: h}\nspec: {soakFor: \(soak), checks: [\(check)]}\n"
            }
            try stage.commit(["gates/h.yaml": gate("1h", "no.old")])
            let commit = try stage.commit(["gates/h.yaml": gate("soon", "no.new")])
            let found = try await Self.validation.diagnostics(at: commit, in: stage.store).filter {
                $0.file == "gates/h.yaml"
            }
            #expect(found.map(\.code).sorted() == ["unknown-check", "wrong-type"], "\(found)")
            #expect(found.contains { $0.message.contains("no.new") && $0.place.line == 4 }, "\(found)")
        }
    }

    @Test func `two environments that deploy one model to one place are an error in both`() async throws {
        func environment(_ name: String, _ path: String) -> FileContent {
            manifest("Environment", name, "target: {kind: folder, path: \(path)}")
        }
        var files: [String: FileContent] = [
            "models/m/model.yaml": manifest("Model", "m", "{task: regression, artifact: {path: a}}"),
            "models/m/a": .bytes([]),
        ]
        for (name, path) in [("dev", "/x"), ("staging", "/y"), ("production", "/y"), ("spare", "/y")] {
            files["environments/\(name)/environment.yaml"] = environment(name, path)
            guard name != "spare" else { continue }
            files["environments/\(name)/m.yaml"] = manifest("Deployment", "m", "model: m")
        }
        let found = try await problems(files)
        #expect(found.count == 2)
        #expect(
            found.first?.hasPrefix(
                "environments/production/environment.yaml:5:11: error: target: 'production' and 'staging' both deploy m to /y"
            ) == true)
        #expect(found.last?.hasPrefix("environments/staging/environment.yaml:5:11: error: ") == true)
    }

    @Test func `models that the target would write as one are an error in both`() async throws {
        var files: [String: FileContent] = [:]
        for model in ["x/y", "x__y", "x/z"] {
            files["models/\(model)/model.yaml"] = manifest("Model", model, "{task: regression, artifact: {path: a}}")
            files["models/\(model)/a"] = .bytes([])
            files["environments/dev/\(model).yaml"] = manifest("Deployment", model, "model: \(model)")
        }
        files["environments/dev/environment.yaml"] = manifest("Environment", "dev", "target: {kind: folder, path: /p}")
        #expect(try await problems(files).isEmpty)
        files["environments/dev/environment.yaml"] = manifest("Environment", "dev", "target: {kind: flat, path: /p}")
        let hint = "(give one of the two models another name)"
        #expect(
            try await problems(files) == [
                "environments/dev/x/y.yaml:1:1: error: 'x/y' and 'x__y' would both be x__y in /p \(hint)",
                "environments/dev/x__y.yaml:1:1: error: 'x__y' and 'x/y' would both be x__y in /p \(hint)",
            ])
        files["environments/live/x__y.yaml"] = files.removeValue(forKey: "environments/dev/x__y.yaml")
        files["environments/live/environment.yaml"] = manifest(
            "Environment", "live", "target: {kind: folder, path: /p}")
        let found = try await problems(files)
        #expect(found.count == 2)
        #expect(found.first?.contains("'dev' and 'live' deploy x/y and x__y, which would be one, to /p") == true)
    }

    /// A target that writes `x/y` as `x__y`.
    private struct FlatTarget: Target {
        static let kind = "flat"
        static let summary = "has no folders in folders"
        let path: String

        init(_ fields: Fields) throws(FieldErrors) { path = try fields.required("path", "the folder") }

        var place: String? { path }
        func name(of model: String) -> String { model.replacing("/", with: "__") }
        func apply(_ release: Release, using tools: Tools) async throws {}
        func observe(_ release: Release, using tools: Tools) async throws -> Running { .nothing }
    }

    @Test(arguments: [nil, "\n# ada ssh-ed25519 AAAA\n", "ada ssh-ed25519 AAAA\n"])
    func `approvals that nobody can give are pointed out where they are asked for`(signers: String?) async throws {
        var files = ["gates/g.yaml": manifest("Gate", "g", "score: {least: 1}\n  approvals: {count: 1}")]
        if let signers { files["allowed_signers"] = .bytes(Array(signers.utf8)) }
        let found = try await problems(files)
        guard signers?.hasPrefix("ada") != true else { return #expect(found.isEmpty, "\(found)") }
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("gates/g.yaml:6:14: warning: approvals: nobody can approve") == true, "\(found)")
        // Where reviews on a forge count, people need no key.
        files["martlet.yaml"] = manifest(
            "Repository", "r", "forge: {kind: github, repository: a/b, reviews: true, people: {ada-l: ada}}")
        #expect(try await problems(files).allSatisfy { !$0.contains("nobody can approve") })
    }

    @Test func `zones, people and files that are not there are found, with their place`() async throws {
        let found = try await problems([
            "allowed_signers": .bytes(Array("ada ssh-ed25519 AAAA\n".utf8)),
            "martlet.yaml": manifest("Repository", "r", "teams: {risk: [ben]}"),
            "environments/dev/environment.yaml": manifest(
                "Environment", "dev", "windows: [{allow: Mon, zone: UTC}, {allow: Tue, zone: Europe/Berln}]"),
            "gates/g.yaml": manifest("Gate", "g", "approvals: {from: [risk, Ben, ada, rsk]}\n  score: {least: 1}"),
            "models/m/model.yaml": manifest(
                "Model", "m",
                "{task: regression, artifact: {path: a}, schema: s.yaml, training: {log: deep/l.csv, params: ../p}}"),
            "models/m/deep.dvc": .bytes([]),
        ])
        #expect(found.count == 5, "\(found)")
        #expect(
            found[0].hasPrefix(
                "environments/dev/environment.yaml:5:57: error: zone: there is no time zone 'Europe/Berln'"))
        #expect(found[1].hasPrefix("gates/g.yaml:5:38: warning: approvals: 'rsk' is no team"))
        #expect(found[1].contains("did you mean 'risk'?"))
        #expect(
            found[2]
                == "martlet.yaml:5:18: warning: teams: 'ben' of team 'risk', which gate 'g' asks for approvals, is not in "
                + "allowed_signers (commit a line 'ben KEY' there, or allowed_signers.d/NAME.asc with an OpenPGP key)")
        #expect(found[3].hasPrefix("models/m/model.yaml:5:39: warning: artifact.path: there is no file 'a'"))
        #expect(found[4].contains("schema: there is no file 's.yaml' in models/m"))
    }

    @Test func `a signer of records whom nobody knows is an error, with its place`() async throws {
        let files: [String: FileContent] = [
            "allowed_signers": .bytes(Array("ada ssh-ed25519 AAAA\n".utf8)),
            "martlet.yaml": manifest("Repository", "r", "recordSigners: [ada, bto@example.com]"),
        ]
        let found = try await problems(files)
        #expect(found.count == 1, "\(found)")
        #expect(
            found.first?.hasPrefix(
                "martlet.yaml:5:24: error: recordSigners: 'bto@example.com' is not in allowed_signers, so no record")
                == true, "\(found)")
        let empty = try await problems([
            "martlet.yaml": manifest("Repository", "r", "recordSigners: [\"\"]"), "allowed_signers": .bytes([]),
        ])
        #expect(empty.contains { $0.contains("recordSigners: an empty name is nobody's") }, "\(empty)")
    }

    @Test func `evidence and waivers of people who cannot sign are pointed out, with their place`() async throws {
        func evidence(_ author: String) -> FileContent {
            manifest(
                "Evidence", "e",
                "{check: data.privacy, model: m, author: \(author), date: 2026-01-05, text: t, distributedTo: [b]}")
        }
        func waiver(_ person: String) -> FileContent {
            manifest(
                "Waiver", "w",
                "{model: m, check: data.privacy, tree: \(String(repeating: "a", count: 40)), reason: r, "
                    + "expires: 2999-01-01T00:00:00Z, by: \(person)}")
        }
        func people(_ name: String, signers: String = "ada ssh-ed25519 AAAA\n") async throws -> [String] {
            var files = ["allowed_signers": FileContent.bytes(Array(signers.utf8))]
            files["evidence/e.yaml"] = evidence(name)
            files["waivers/w.yaml"] = waiver(name)
            return try await problems(files).filter { $0.contains("is not in allowed_signers") }
        }
        #expect(try await people("ada") == [])
        let found = try await people("ben")
        let words = "'ben' is not in allowed_signers, so this counts for nothing (commit a line 'ben KEY' there"
        #expect(found.count == 2)
        #expect(found.first?.hasPrefix("evidence/e.yaml:5:43: warning: author: \(words)") == true, "\(found)")
        #expect(found.last?.hasPrefix("waivers/w.yaml:5:129: warning: by: \(words)") == true, "\(found)")
        // Where nobody signs yet, as in what 'martlet init' writes, it is not begun.
        #expect(try await people("ben", signers: "# nobody\n") == [])
        // One who cannot be read at all is told of once.
        #expect(try await people("[ben]") == [])
    }

    @Test(arguments: [("approvals", true), ("approvals", false), ("waivers", true)])
    func `a member of a team needs no key only where reviews count`(_ field: String, _ hasReviews: Bool) async throws {
        let forge = "forge: {kind: github, repository: a/b, reviews: \(hasReviews), people: {ben-l: ben}}"
        let found = try await problems([
            "allowed_signers": .bytes(Array("ada ssh-ed25519 AAAA\n".utf8)),
            "martlet.yaml": manifest("Repository", "r", "{teams: {risk: [ada, ben], idle: [eve]}, \(forge)}"),
            "gates/g.yaml": manifest("Gate", "g", "\(field): {from: [risk]}\n  score: {least: 1}"),
        ]).filter { $0.contains("is not in allowed_signers") }
        #expect(found.count == (field == "approvals" && hasReviews ? 0 : 1), "\(found)")
        #expect(
            found.allSatisfy { $0.hasPrefix("martlet.yaml:5:24: warning: teams: 'ben' of team 'risk'") }, "\(found)")
    }
}
