import Domain
import Foundation
import TestSupport
import Testing

/// `martlet approve` as people use it, with keys that their own git configuration names.
struct ApproveTests {
    @Test func `an approval is signed, pushed, counted, and taken back`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace", "eve")
                try house.commit(
                    ["gates/g.yaml": House.gateOfOne, "allowed_signers": keys.line("grace", as: "grace@example.com")])
                let version = try house.push(right: 9)
                try house.reconcile()
                #expect(try house.pin("dev") == nil)

                let bare = try house.approve(as: "grace", nil)
                #expect(bare.code == 1, "\(bare)")
                #expect(bare.errors.contains("git config user.signingKey"), "\(bare)")
                let strange = try house.approve(as: "eve", keys.path("eve"))
                #expect(strange.code == 1, "\(strange)")
                #expect(strange.errors.contains("It does not count: its signature does not hold"), "\(strange)")

                let json = try house.approve(
                    as: "grace", keys.path("grace"), ["--output", "json", "-m", "looked at it"])
                #expect(json.code == 0, "\(json)")
                let answer = try #require(
                    JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
                #expect(answer["commit"] as? String == version)
                #expect(answer["counts"] as? Bool == true)
                #expect(answer["who"] as? String == "grace@example.com")
                let tag = "approve/dev/tumor/grace@example.com"
                #expect(try git("rev-parse", "\(tag)^{commit}", in: house.origin) == version)
                #expect(try git("tag", "-l", "--format=%(contents:subject)", tag, in: house.origin) == "looked at it")

                let back = try house.approve(as: "grace", keys.path("grace"), ["--revoke"])
                #expect(back.code == 0, "\(back)")
                #expect(try git("tag", "-l", tag, in: house.origin) == "")
                try house.reconcile()
                #expect(try house.pin("dev") == nil)

                let nothing = try house.approve(as: "grace", keys.path("grace"), ["--output", "json"])
                #expect(nothing.code == 0, "\(nothing)")
                let taken = try house.approve(as: "grace", keys.path("grace"), ["--revoke", "--output", "json"])
                #expect(
                    try JSON(parsing: Array(taken.output.utf8)) == [
                        "environment": "dev", "model": "tumor", "who": "grace@example.com", "revoked": true,
                        "tags": ["approve/dev/tumor/grace@example.com"],
                    ])

                let again = try house.approve(as: "grace", keys.path("grace"))
                #expect(again.code == 0 && again.output.contains("Signed for tumor"), "\(again)")
                try house.reconcile()
                #expect(try house.pin("dev") == version)
            }
        }
    }

    @Test func `somebody whom the gate does not ask is told so`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace")
                let gate = House.gateOfOne.replacing("count: 1", with: "count: 1, from: [lin@example.com]")
                #expect(gate != House.gateOfOne)
                try house.commit(["gates/g.yaml": gate, "allowed_signers": keys.line("grace", as: "grace@example.com")])
                try house.push(right: 9)
                try house.reconcile()
                let run = try house.approve(as: "grace", keys.path("grace"))
                #expect(run.code == 1, "\(run)")
                #expect(
                    run.errors.contains("the gate asks lin@example.com, and grace@example.com is none of them"),
                    "\(run)")
            }
        }
    }

    @Test func `whatever name an approval has, it is taken back, and nobody else's is`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace", "lin")
                // Two people whose addresses begin alike.
                let signers =
                    try keys.line("grace", as: "grace@example.com") + keys.line("lin", as: "grace@example.org")
                try house.commit(["gates/g.yaml": House.gateOfOne, "allowed_signers": signers])
                let version = try house.push(right: 9)
                try house.reconcile()
                let none = try house.approve(as: "grace", keys.path("grace"), ["--revoke"])
                #expect(
                    none.code == 1 && none.errors.contains("There is no approval of grace@example.com's"), "\(none)")

                // As the README has it: git tag -s approve/ENV/MODEL/WHO.
                func tag(_ who: String, _ key: String) throws {
                    try git(
                        "-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.path(key))", "tag", "-f", "-s", "-m",
                        "ok",
                        "approve/dev/tumor/\(who)", version, in: house.work)
                    try git("push", "--quiet", "-f", "origin", "approve/dev/tumor/\(who)", in: house.work)
                }
                func tags() throws -> [Substring] {
                    try git("tag", "-l", "approve/*", in: house.origin).split(separator: "\n")
                }
                try tag("grace", "lin")
                let other = try house.approve(as: "grace", keys.path("grace"), ["--revoke"])
                #expect(other.code == 1, "\(other)")
                #expect(try tags() == ["approve/dev/tumor/grace"])

                try tag("GRACE", "grace")
                try tag("grace@example.com", "grace")
                let back = try house.approve(as: "grace", keys.path("grace"), ["--revoke"])
                #expect(back.code == 0, "\(back)")
                #expect(try tags() == ["approve/dev/tumor/grace"])

                try git("push", "--quiet", "--delete", "origin", "approve/dev/tumor/grace", in: house.work)
                try tag("grace", "grace")
                let short = try house.approve(
                    as: "grace", keys.path("grace"), ["--revoke", "--as", "grace", "--output", "json"])
                #expect(
                    try JSON(parsing: Array(short.output.utf8))["tags"]?.array == ["approve/dev/tumor/grace"],
                    "\(short)")
                try house.reconcile()
                #expect(try house.pin("dev") == nil)
            }
        }
    }

    @Test func `an approval that the origin keeps is not said to be taken back`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace")
                try house.commit(
                    ["gates/g.yaml": House.gateOfOne, "allowed_signers": keys.line("grace", as: "grace@example.com")])
                _ = try house.push(right: 9)
                try house.reconcile()
                #expect(try house.approve(as: "grace", keys.path("grace")).code == 0)
                // A server that protects its tags.
                let hook = house.origin + "/hooks/update"
                try FileManager.default.createDirectory(
                    atPath: house.origin + "/hooks", withIntermediateDirectories: true)
                try Data("#!/bin/sh\ncase $3 in *[!0]*) ;; *) exit 1 ;; esac\n".utf8).write(to: URL(filePath: hook))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
                let back = try house.approve(as: "grace", keys.path("grace"), ["--revoke"])
                #expect(back.code == 1 && back.errors.contains("the approval counts as before"), "\(back)")
            }
        }
    }

    @Test func `a request is approved at its head, and whoever wrote it is told no`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace", "ada")
                let signers = try ["grace", "ada"].map { try keys.line($0, as: "\($0)@example.com") }.joined()
                try house.commit(["gates/g.yaml": House.gateOfOne, "allowed_signers": signers])
                let version = try house.push(right: 9)
                let head = try house.propose(version)
                let own = try house.approve(as: "ada", keys.path("ada"), what: ["promote/dev/tumor"])
                #expect(own.code == 1 && own.errors.contains("has a part in what is approved"), "\(own)")
                let run = try house.approve(as: "grace", keys.path("grace"), what: ["promote/dev/tumor"])
                #expect(run.code == 0 && run.output.contains("Signed for the request promote/dev/tumor"), "\(run)")
                #expect(
                    try git("rev-parse", "approve/dev/tumor/grace@example.com^{commit}", in: house.origin) == head)
            }
        }
    }

    @Test func `of a request that was judged before, what is said holds after the signature`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace", "lin")
                let signers = try ["grace", "lin"].map { try keys.line($0, as: "\($0)@example.com") }.joined()
                let gate = House.gateOfOne.replacing("count: 1", with: "count: 2")
                try house.commit(["gates/g.yaml": gate, "allowed_signers": signers])
                _ = try house.propose(try house.push(right: 9))
                try house.reconcile()
                let first = try house.approve(as: "grace", keys.path("grace"), what: ["promote/dev/tumor"])
                #expect(first.code == 0, "\(first)")
                #expect(first.output.contains("2 must agree, grace@example.com has signed"), "\(first)")
                let second = try house.approve(
                    as: "lin", keys.path("lin"), ["--output", "json"], what: ["promote/dev/tumor"])
                let answer = try JSON(parsing: Array(second.output.utf8))
                #expect(answer["counts"]?.bool == true)
                let blockers = try #require(answer["blockers"]?.array)
                #expect(!blockers.contains { $0["approval"] != nil }, "\(second)")
                #expect(!second.output.contains("waits for approval"), "\(second)")
            }
        }
    }

    @Test func `in a clone what has been agreed to is not asked for again`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace")
                let gate = House.gateOfOne + "  checks: [{check: model.card}]\n"
                try house.commit(["gates/g.yaml": gate, "allowed_signers": keys.line("grace", as: "grace@example.com")])
                _ = try house.propose(try house.push(right: 9))
                try house.reconcile()
                #expect(try house.approve(as: "grace", keys.path("grace"), what: ["promote/dev/tumor"]).code == 0)
                try house.reconcile()
                let clone = house.folder + "/another"
                try git("clone", "--quiet", house.origin, clone, in: house.folder)
                try git("fetch", "--quiet", "origin", "refs/martlet/*:refs/martlet/*", in: clone)
                let why = try house.martlet(["why", "tumor", "dev", "-C", clone])
                #expect(why.output.contains("blocked by check model.card"), "\(why)")
                #expect(!why.output.contains("approval"), "\(why)")
            }
        }
    }

    @Test(arguments: [["tumor"], ["promote/dev/tumor", "--to", "staging"], ["../x", "--to", "dev"]])
    func `arguments that make no sense are said to be wrong`(arguments: [String]) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let run = try house.martlet(["approve"] + arguments)
            #expect(run.code == 2, "\(run)")
        }
    }
}

extension House {
    /// A gate that asks one person, and nothing else.
    static let gateOfOne = """
        apiVersion: martlet.dev/v1
        kind: Gate
        metadata: {name: g}
        spec:
          approvals: {count: 1}

        """

    /// Pushes a request for a version into dev, by Ada as all commits of the house; returns its head.
    func propose(_ version: String) throws -> String {
        try git("checkout", "--quiet", "-b", "promote/dev/tumor", in: work)
        let files = ["environments/dev/tumor.yaml": Self.deployment("tumor", "  revision: \(version)\n")]
        let head = try commit(files, "promote", push: false)
        try git("push", "--quiet", "origin", "promote/dev/tumor", in: work)
        try git("checkout", "--quiet", "main", in: work)
        return head
    }

    func approve(
        as who: String, _ key: String?, _ more: [String] = [], what: [String] = ["tumor", "--to", "dev"]
    ) throws -> Run {
        var settings = ["gpg.format": "ssh"]
        settings["user.signingKey"] = key
        var environment = [
            "GIT_COMMITTER_NAME": who, "GIT_COMMITTER_EMAIL": "\(who)@example.com",
            "GIT_CONFIG_COUNT": "\(settings.count)",
        ]
        for (index, setting) in settings.sorted(by: { $0.key < $1.key }).enumerated() {
            environment["GIT_CONFIG_KEY_\(index)"] = setting.key
            environment["GIT_CONFIG_VALUE_\(index)"] = setting.value
        }
        return try martlet(["approve"] + what + more, environment: environment)
    }
}
