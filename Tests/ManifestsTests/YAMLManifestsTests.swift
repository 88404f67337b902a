import Domain
import Manifests
import Testing

struct YAMLManifestsTests {
    @Test func `a deployment is read`() throws {
        let file = read(Samples.deployment, at: Samples.path)
        #expect(file.diagnostics == [])
        let document = try #require(file.documents.first)
        #expect(document.name == "lending/credit-risk")
        #expect(document.place == Place(line: 2, column: 1))
        let revision = try #require(ObjectID("9f3c0b1d2e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b"))
        let digest = try #require(Digest(String(repeating: "3f", count: 32)))
        let pin = Pin(revision: revision, version: "v1.4.0", digest: digest)
        #expect(document.manifest == .deployment(Deployment(model: "lending/credit-risk", pin: pin)))
    }

    @Test func `a manifest that Git LFS tracks is told as such, with how to stop that`() {
        let digits = String(repeating: "3f", count: 32)
        let file = read(
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(digits)\nsize 123\n", at: "models/a/model.yaml")
        #expect(file.documents.isEmpty && file.diagnostics.map(\.code) == ["lfs-pointer"])
        #expect(file.diagnostics.first?.message.hasPrefix("Git LFS tracks this file") == true)
        let hint = file.diagnostics.first?.hint ?? ""
        #expect(hint.contains("'/models/a/model.yaml !filter !diff !merge text'") && hint.contains("add --renormalize"))
    }

    @Test func `several documents are read, and empty ones between them are nothing`() {
        let file = read(
            """
            ---
            apiVersion: martlet.dev/v1
            kind: Model
            metadata: {name: a}
            spec: {task: regression, artifact: {path: model.onnx}}
            ---
            ---
            apiVersion: martlet.dev/v1
            kind: Schema
            metadata: {name: a}
            spec: {columns: [{name: x, type: float}]}
            ...
            """, at: "models/a/model.yaml")
        #expect(file.diagnostics == [])
        #expect(file.documents.map(\.manifest.kind) == ["Model", "Schema"])
        #expect(file.documents.map(\.place.line) == [2, 8])
    }

    @Test func `a rollout needs a kind, and nothing lists those`() {
        let text =
            "apiVersion: martlet.dev/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {model: a, rollout: {steps: [1]}}\n"
        let found = YAMLManifests().read(Array(text.utf8), path: "environments/dev/a.yaml").diagnostics
        #expect(found.map { "\($0.place.line):\($0.place.column)" } == ["4:27"])
        #expect(found.first?.message == "rollout: missing field 'kind'")
        #expect(found.first?.hint == "what the target's system calls it, such as canary")
    }

    @Test func `a broken document does not hide what is wrong with the others`() {
        let file = read(
            """
            apiVersion: martlet.dev/v1
            kind: Gate
            metadata: {name: a}
            spec: {soakFr: 10m}
            ---
            kind: [unclosed
            ---
            apiVersion: martlet.dev/v1
            kind: Gate
            metadata: {name: b}
            spec: {soakFor: 10 minutes}
            --- "unclosed
            ---
            apiVersion: martlet.dev/v1
            kind: Gate
            metadata: {name: c}
            """, at: "notes.yaml")
        #expect(file.documents.map(\.name) == ["c"])
        #expect(
            file.diagnostics.map { "\($0.place.line):\($0.place.column) \($0.code)" } == [
                "4:8 unknown-field", "7:1 unclosed-list", "11:17 wrong-type", "12:5 unclosed-quote",
            ])
        #expect(file.diagnostics.first?.hint == "did you mean 'soakFor'?")
    }

    @Test(arguments: [
        ("apiVersion: martlet.dev/v2\nkind: Gate\nmetadata: {name: a}", 1, 13, "unknown-version"),
        ("kind: Gate\nmetadata: {name: a}", 1, 1, "missing-field"),
        ("apiVersion: martlet.dev/v1\nmetadata: {name: a}", 1, 1, "missing-field"),
        ("apiVersion: martlet.dev/v1\nkind: Gat\nmetadata: {name: a}", 2, 7, "unknown-kind"),
        ("apiVersion: martlet.dev/v1\nkind: [Gate]\nmetadata: {name: a}", 2, 7, "unknown-kind"),
        ("apiVersion: martlet.dev/v1\nkind: Gate", 1, 1, "missing-field"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: x", 3, 11, "wrong-type"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {labels: {}}", 3, 11, "missing-field"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: ../a}", 3, 18, "invalid-name"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a, nam: b}", 3, 21, "unknown-field"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a, labels: [b]}", 3, 29, "wrong-type"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a, labels: {b: [c]}}", 3, 33, "wrong-type"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a}\nspce: {}", 4, 1, "unknown-field"),
        ("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a}\nspec: 1", 4, 7, "wrong-type"),
        ("apiVersion: martlet.dev/v1\nkind: Environment\nmetadata: {name: a/b}", 3, 18, "invalid-name"),
        ("apiVersion: martlet.dev/v1\nkind: Deployment\nmetadata: {name: a}", 1, 1, "missing-field"),
        ("- a", 1, 1, "wrong-type"),
        ("words", 1, 1, "wrong-type"),
        ("", 1, 1, "empty-file"),
        ("# a comment\n", 1, 1, "empty-file"),
        ("~", 1, 1, "empty-file"),
    ])
    func `what is wrong has its place and code`(text: String, line: Int, column: Int, code: String) throws {
        let file = read(text, at: "anywhere.yaml")
        #expect(file.documents == [])
        let diagnostic = try #require(file.diagnostics.first)
        #expect(file.diagnostics.count == 1)
        #expect(diagnostic.place == Place(line: line, column: column), "\(diagnostic)")
        #expect(diagnostic.code == code, "\(diagnostic)")
    }

    @Test func `a deployment without a name is told of its name alone`() {
        let text = """
            apiVersion: martlet.dev/v1
            kind: Deployment
            metadata: {NAME}
            spec: {model: a}
            """
        for name in ["", "name: ", "name: ../a"] {
            let file = read(text.replacing("NAME", with: name), at: "environments/dev/a.yaml")
            #expect(file.diagnostics.count == 1, "\(file.diagnostics)")
            #expect(file.diagnostics.first?.message.hasPrefix("metadata") == true, "\(file.diagnostics)")
        }
    }

    @Test func `one look names all that is wrong with a document`() {
        let file = read(
            """
            apiVersion: martlet.dev/v1
            kind: Model
            metadata: {name: a, x: y}
            spec:
              task: binary
              artifact: {format: onx}
              training: {rerun: {predictons: p.csv}}
            spek: 1
            """, at: "anywhere.yaml")
        #expect(file.documents == [])
        #expect(
            file.diagnostics.map { "\($0.place.line):\($0.place.column) \($0.code)" } == [
                "3:21 unknown-field", "5:9 unknown-value", "6:13 invalid-value", "6:22 unknown-value",
                "7:22 unknown-field",
                "8:1 unknown-field",
            ])
        #expect(file.diagnostics.contains { $0.hint == "did you mean 'predictions'?" })
    }

    @Test func `columns count characters, not bytes`() throws {
        let file = read(
            "# ä€🚀\napiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a, labels: {grün🚀: ü, x: [1]}}\n",
            at: "anywhere.yaml")
        #expect(file.diagnostics.map(\.place) == [Place(line: 4, column: 43)])
    }

    @Test(arguments: [
        ("gates/b.yaml", "name-mismatch"), ("gates/team/a.yaml", "name-mismatch"), ("data/a.yaml", "misplaced-kind"),
        ("environments/dev/a.yaml", "misplaced-kind"),
    ])
    func `kind and name agree with the path`(path: String, code: String) {
        let text = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a}\n"
        #expect(read(text, at: "gates/a.yaml").diagnostics == [])
        let file = read(text, at: path)
        #expect(file.documents == [])
        #expect(file.diagnostics.map(\.code) == [code])
        #expect(file.diagnostics.allSatisfy { $0.file == path && $0.hint != nil })
    }

    @Test func `a deployment is called like its model`() {
        let text = "apiVersion: martlet.dev/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {model: b}\n"
        let file = read(text, at: "environments/dev/a.yaml")
        #expect(file.diagnostics.map { "\($0.place.line):\($0.place.column) \($0.code)" } == ["4:15 name-mismatch"])
    }

    @Test(arguments: ["environment", "params", "team/dvc"])
    func `a model whose deployment would be taken for another file is refused`(name: String) {
        let model =
            "apiVersion: martlet.dev/v1\nkind: Model\nmetadata: {name: \(name)}\nspec: {task: regression, artifact: {path: a}}\n"
        #expect(read(model, at: "models/\(name)/model.yaml").diagnostics.map(\.code) == ["reserved-name"])
    }

    @Test func `a document given twice is refused`() {
        let one = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a}\n"
        let file = read(one + "---\n" + one, at: "gates/a.yaml")
        #expect(file.diagnostics.map { "\($0.place.line) \($0.code)" } == ["5 duplicate-document"])
    }

    @Test func `no more diagnostics are given than anyone reads`() {
        let fields = (0..<500).map { "  field-\($0): 1\n" }.joined()
        let file = read("apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a}\nspec:\n" + fields, at: "x.yaml")
        #expect(file.diagnostics.count == YAMLManifests.diagnosticLimit + 1)
        #expect(file.diagnostics.last?.message == "400 more problems from here on")
    }
}

/// Reads `text` as the file at `path`.
func read(_ text: String, at path: String) -> ManifestFile { YAMLManifests().read(Array(text.utf8), path: path) }
