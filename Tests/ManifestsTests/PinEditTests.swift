import Domain
import Foundation
import Manifests
import Testing

struct PinEditTests {
    private let language = YAMLManifests()
    private let revision = ObjectID("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")!
    private let digest = Digest(String(repeating: "ab", count: 32))!

    private var pin: Pin { Pin(revision: revision, version: "v1.5.0", digest: digest) }

    private func edit(_ text: String, to pin: Pin?) throws -> String {
        String(decoding: try language.setting(pin, in: Array(text.utf8), path: Samples.path), as: UTF8.self)
    }

    private func edit(spec: String, to pin: Pin?) throws -> String {
        let text = Samples.deployment(spec: spec)
        let edited = try edit(text, to: pin)
        let start = Samples.deployment(spec: "")
        #expect(edited.utf8.starts(with: start.utf8))
        return String(decoding: edited.utf8.dropFirst(start.utf8.count), as: UTF8.self)
    }

    @Test func `only the values change`() throws {
        let edited = try edit(Samples.deployment, to: pin)
        let expected = Samples.deployment
            .replacingOccurrences(of: "9f3c0b1d2e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b", with: revision.description)
            .replacingOccurrences(of: "v1.4.0", with: "v1.5.0")
            .replacingOccurrences(of: "sha256:" + String(repeating: "3f", count: 32), with: digest.description)
        #expect(edited == expected)
    }

    @Test func `setting what is there changes nothing`() throws {
        let file = read(Samples.deployment, at: Samples.path)
        guard case .deployment(let deployment) = file.documents.first?.manifest else {
            Issue.record("no deployment")
            return
        }
        #expect(try edit(Samples.deployment, to: deployment.pin) == Samples.deployment)
    }

    @Test func `a value that says the same in other words stays`() throws {
        let spec =
            "\n  model: lending/credit-risk\n  revision: \(revision.description.uppercased())\n  digest: \(digest.digits)\n"
        #expect(try edit(spec: spec, to: Pin(revision: revision, digest: digest)) == spec)
    }

    @Test func `missing fields come after their neighbour, with its indentation and line end`() throws {
        let model = "lending/credit-risk"
        let lines = "revision: \(revision)|version: v1.5.0|digest: \(digest)"
        func expected(_ indent: String, _ end: String) -> String { indent + lines.replacing("|", with: end + indent) }
        #expect(
            try edit(spec: "\n    model: \(model) # the model\n\n# end\n", to: pin)
                == "\n    model: \(model) # the model\n\(expected("    ", "\n"))\n\n# end\n")
        #expect(
            try edit(spec: "\r\n  model: \(model)\r\n# end\r\n", to: pin)
                == "\r\n  model: \(model)\r\n\(expected("  ", "\r\n"))\r\n# end\r\n")
        #expect(try edit(spec: "\n  model: \(model)", to: pin) == "\n  model: \(model)\n\(expected("  ", "\n"))")
        #expect(
            try edit(spec: "\n  model: |-\n    \(model)\n\n", to: pin)
                == "\n  model: |-\n    \(model)\n\(expected("  ", "\n"))\n\n")
        #expect(
            try edit(spec: "\n  digest: \(digest)\n  revision: \(revision)\n  model: \(model)\n", to: pin)
                == "\n  digest: \(digest)\n  revision: \(revision)\n  version: v1.5.0\n  model: \(model)\n")
    }

    @Test func `fields that are no longer wanted lose their whole line`() throws {
        let spec =
            "\n  model: lending/credit-risk\n  revision: \(revision) # r\n  # kept\n  version: 'v1'\n  digest: \(digest)"
        #expect(try edit(spec: spec, to: nil) == "\n  model: lending/credit-risk\n  # kept")
        #expect(try edit(spec: spec + "\n", to: nil) == "\n  model: lending/credit-risk\n  # kept\n")
        #expect(
            try edit(spec: spec, to: Pin(revision: revision))
                == "\n  model: lending/credit-risk\n  revision: \(revision) # r\n  # kept")
        #expect(try edit(spec: "\n  model: lending/credit-risk\n  revision:\n", to: nil).hasSuffix("\n  revision:\n"))
    }

    @Test func `flow mappings stay on their line`() throws {
        let model = "lending/credit-risk"
        let all = "revision: \(revision), version: v1.5.0, digest: \(digest)"
        #expect(try edit(spec: " {model: \(model)}\n", to: pin) == " {model: \(model), \(all)}\n")
        #expect(try edit(spec: " {model: \(model), \(all)}\n", to: nil) == " {model: \(model)}\n")
        #expect(try edit(spec: " { \(all), model: \(model) }", to: nil) == " { model: \(model) }")
        #expect(
            try edit(spec: " {model: \(model), revision: }", to: Pin(revision: revision))
                == " {model: \(model), revision: \(revision)}")
        #expect(
            try edit(spec: " {model: \(model), revision}", to: Pin(revision: revision))
                == " {model: \(model), revision: \(revision)}")
        #expect(
            try edit(spec: " {\n  model: \(model), # m\n  revision: \(revision), # r\n}\n", to: nil)
                == " {\n  model: \(model), # m\n}\n")
        #expect(
            try edit(spec: " {\"model\": \"\(model)\"}\n", to: Pin(revision: revision))
                == " {\"model\": \"\(model)\", \"revision\": \"\(revision)\"}\n")
    }

    @Test func `quotes are kept, and added where another reader would see a number or a truth value`() throws {
        let spec = "\n  model: lending/credit-risk\n  revision: '\(revision)'\n  version: \"v1\"\n"
        #expect(
            try edit(spec: spec, to: Pin(revision: revision, version: "v\"2"))
                == "\n  model: lending/credit-risk\n  revision: '\(revision)'\n  version: \"v\\\"2\"\n")
        for word in [
            "1.0", "1e5", "yes", "No", "null", "0x1F", "1:30", "2026-11-21", "true", "", "-", "a: b", "#x", "0o17",
        ] {
            let edited = try edit(spec: "\n  model: lending/credit-risk\n", to: Pin(revision: revision, version: word))
            #expect(edited.contains("version: \"\(word)\""), "\(word)")
        }
        let decimal = try #require(ObjectID("1234567890123456789012345678901234567890"))
        #expect(
            try edit(spec: "\n  model: lending/credit-risk\n", to: Pin(revision: decimal)).contains("\"\(decimal)\""))
    }

    @Test(arguments: ["0b7d2d9", "9e1d5c0", "0o8c1f2"])
    func `an id that only begins like a number stays bare`(_ start: String) throws {
        let word = start + "b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f"
        let edited = try edit(spec: "\n  model: lending/credit-risk\n", to: Pin(revision: revision, version: word))
        #expect(edited.contains("version: \(word)\n"))
    }

    @Test func `a byte order mark and characters of other scripts stay`() throws {
        let text = "\u{FEFF}# Größe 漢字 🚀\n" + Samples.deployment
        let edited = try edit(text, to: pin)
        #expect(edited.utf8.starts(with: "\u{FEFF}# Größe 漢字 🚀\n".utf8))
        #expect(edited.utf8.count == text.utf8.count)
    }

    @Test func `of several documents only the deployment changes`() throws {
        let gate = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a}\n"
        let other = "apiVersion: martlet.dev/v1\nkind: Deployment\nmetadata: {name: b}\nspec: {model: b}\n"
        let text = gate + "---\n" + Samples.deployment
        let bytes = try language.setting(pin, in: Array(text.utf8), path: "anywhere.yaml")
        #expect(String(decoding: bytes, as: UTF8.self) == gate + "---\n" + (try edit(Samples.deployment, to: pin)))
        #expect(throws: ManifestEditFailure.self) {
            try language.setting(pin, in: Array((text + "---\n" + other).utf8), path: "anywhere.yaml")
        }
        #expect(throws: ManifestEditFailure.self) {
            try language.setting(pin, in: Array(gate.utf8), path: "anywhere.yaml")
        }
    }

    @Test func `a file with errors is left alone, and the error says where`() throws {
        let failure = #expect(throws: ManifestEditFailure.self) {
            try language.setting(pin, in: Array((Samples.deployment + "x: 1\n").utf8), path: Samples.path)
        }
        #expect(failure?.reason == .broken)
        #expect(failure?.description.contains("\(Samples.path) cannot be edited: 13:1: unknown field 'x'") == true)
    }

    /// Every tricky document takes every nasty value, or refuses it without a change.
    @Test func `whatever the document and the value, the result reads as told or nothing happens`() throws {
        var edits = 0, refusals = 0
        for spec in Self.trickySpecs {
            for ending in ["\n", "\r\n"] {
                let text = Samples.deployment(spec: spec).replacingOccurrences(of: "\n", with: ending)
                #expect(read(text, at: Samples.path).diagnostics == [], "\(text)")
                for pin in pins {
                    guard let edited = try? edit(text, to: pin) else {
                        refusals += 1
                        continue
                    }
                    edits += 1
                    let file = read(edited, at: Samples.path)
                    #expect(file.diagnostics == [])
                    let expected = Deployment(model: "lending/credit-risk", pin: pin)
                    #expect(file.documents.map(\.manifest) == [.deployment(expected)], "\(edited)")
                    #expect(
                        comments(edited).isSuperset(of: comments(text).subtracting(["# r", "# v", "# d"])), "\(edited)")
                    #expect(!edited.replacingOccurrences(of: "\r\n", with: "").contains("\r"))
                    if ending == "\r\n" {
                        #expect(!edited.replacingOccurrences(of: "\r\n", with: "").contains("\n"), "\(edited)")
                    }
                    #expect(try edit(edited, to: pin) == edited)
                }
            }
        }
        #expect(edits > 1000 && refusals * 5 < edits, "\(edits) edits, \(refusals) refusals")
    }

    private func comments(_ text: String) -> Set<String> {
        Set(
            text.split(whereSeparator: \.isNewline).compactMap { line in
                line.range(of: "#").map { String(line[$0.lowerBound...]).trimmingCharacters(in: .whitespaces) }
            })
    }

    private var pins: [Pin?] {
        let nasty = [
            "v2.0.0", "1.0", "a b", " lead", "trail ", "a: b", "a #b", "# x", "- a", "[a]", "{a}", "'", "\"", "''",
            "\\",
            "\\n", "a\nb", "\n", "a\tb", "a,b", "&a", "*a", "!t", "%", "@", "`", "|", ">", "?", "---", "...", "~",
            "null", "é",
            "漢字🚀", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{A0}", "\u{7F}", "\u{1}", "", "yes", "0x1", ":", "a:",
        ]
        return [nil, Pin(revision: revision), Pin(revision: revision, digest: digest)]
            + nasty.map { Pin(revision: revision, version: $0, digest: digest) }
    }

    private static let trickySpecs: [String] = {
        let model = "lending/credit-risk"
        let old = String(repeating: "1a", count: 20), hash = String(repeating: "2b", count: 32)
        return [
            "\n  model: \(model)\n", "\n  model: \(model)", "\n  model:   \(model)   # keep\n",
            "\n  model: '\(model)'\n  revision: '\(old)' # r\n  version: 'v' # v\n  digest: '\(hash)' # d\n",
            "\n  model: \"\(model)\"\n  revision: \"\(old)\"\n  version: \"v\"\n  digest: \"sha256:\(hash)\"\n# end",
            "\n  # top\n  revision: \(old)\n\n  # middle\n  model: \(model)\n\n  # bottom\n",
            "\n        digest: \(hash)\n        revision: \(old)\n        model: \(model)\n",
            "\n  model: |-\n    \(model)\n  revision: >-\n    \(old)\n  version: |-\n    v1\n\n\n  # end\n",
            "\n  revision: |-\n    \(old)\n\n  # less\n # least\n  model: \(model)\n",
            "\n  version: |\n    v1\n  revision: \(old)\n  model: \(model)\n",
            "\n  model:\n    \(model)\n  revision:\n    \(old)\n",
            "\n  revision:\n  version: ~\n  digest: null\n  model: \(model)\n",
            "\n  revision: # r\n  version:   # v\n  model: \(model)\n", "\n  model: \(model)\n  revision:",
            "\n  \"model\": \(model)\n  'revision': \(old)\n", "\n  ? model\n  : \(model)\n",
            "\n  model : \(model)\n  revision : \(old)\n",
            " {model: \(model)}\n", " { model: \(model) , revision: \(old) , version: v1 }\n",
            " {\"model\":\"\(model)\",\"revision\":\"\(old)\"}\n",
            " {model: \(model), revision: , digest: }\n", " {revision: \(old), model: \(model), version: 'x,y'}",
            " {\n  model: \(model), # keep\n  revision: \(old), # r\n  version: v1 # v\n}\n",
            " {\n  model: \(model)\n  , revision: \(old) # r\n  , version: v1\n  }\n",
            " {model: \(model),\n  revision: \(old)}\n",
            "\n  model: \(model)\n  version: \"a\\\n    b\"\n  revision: \(old)\n",
            "\n  model: \(model)\n  version: a\n    b\n\n    c\n  revision: \(old)\n",
            " # after spec\n  model: \(model)\n\n\n\n",
            "\n  model: \(model)\n  rollout: {kind: canary, steps: [1, 2]}\n".replacing(
                "  rollout: {kind: canary, steps: [1, 2]}\n", with: ""),
        ]
    }()
}
