import Domain
import TestSupport
import Testing

@testable import martlet

/// `martlet kinds NAME`.
struct KindTests {
    private struct Group: FieldGroup {
        struct Inner: FieldGroup {
            init(_ fields: Fields) throws(FieldErrors) { _ = try fields.required("name", "its name", as: String.self) }
        }
        enum Word: String, FieldChoice { case one, two }

        init(_ fields: Fields) throws(FieldErrors) {
            _ = try fields.required("path", "where", as: String.self)
            _ = fields.value("word", default: Word.one, "which")
            _ = fields.value("wait", default: Duration.zero, "how long")
            _ = fields.value("names", default: [String](), "some names")
            _ = fields.value("limits", default: [String: Double](), "by name")
            _ = fields.optional("inner", "more", as: Inner.self)
            _ = fields.value("parts", default: [Inner](), "parts")
            _ = fields.value("sure", default: true, "whether")
        }
    }

    @Test func `settings have names, what can be written, and a meaning`() {
        let settings = Setting.all(in: Group.schema)
        let lines = settings.map { "\($0.name): \($0.type)\($0.isRequired ? " required" : ""): \($0.about)" }
        #expect(
            lines == [
                "path: text required: where", "word: one | two: which; one by default",
                "wait: duration: how long; 0s by default",
                "names: list of text: some names", "limits: mapping of number: by name", "inner: mapping: more",
                "inner.name: text required: its name", "parts: list of mapping: parts",
                "parts[].name: text required: its name", "sure: true or false: whether; true by default",
            ])
    }

    @Test func `every kind can be described, and says what each setting means`() {
        for kind in Kind.plugins {
            #expect(kind.text.contains(kind.summary))
            #expect(kind.text.contains("timeLimit: 2h") == (kind.sort == "check"))
            for setting in Setting.all(in: kind.schema) {
                #expect(!setting.type.isEmpty && !setting.about.isEmpty, "\(kind.name) \(setting.name)")
            }
        }
    }

    @Test func `a check says what is in the files that it reads, with their first lines`() throws {
        let trials = try #require(Kind.plugins.first { $0.name == "model.hyperparameters-tuned" })
        #expect(
            trials.text.contains("spec.training.trials: a table (CSV, JSON Lines, JSON, Parquet), a row for each trial")
        )
        #expect(trials.text.contains("cv_mean, value, objective"), "\(trials.text)")
        #expect(trials.text.contains("(may be left out) its standard deviation over the folds"), "\(trials.text)")
        #expect(trials.text.contains("\n    1,0.1,6,7,0.913,0.004,COMPLETE"), "\(trials.text)")
        #expect(
            trials.json["files"]?.array?.first?["parts"]?.array?.first?["names"] == ["cv_mean", "value", "objective"])
    }

    @Test func `on the command line`() async throws {
        try await withHouse(rooms: []) { house in
            let text = try house.martlet(["kinds", "directory"])
            #expect(text.code == 0 && text.output.contains("layout"), "\(text)")
            #expect(
                text.output.contains("PATH/MODEL/current/FILE") && text.output.contains("stay on disk; 3 by default"))
            let exec = try house.martlet(["kinds", "exec"]).output
            for name in ["ACTION", "ENVIRONMENT", "MODEL", "REVISION", "VERSION", "DIGEST", "NUMBER", "ARTIFACT"] {
                #expect(exec.contains("MARTLET_\(name)"), "\(exec)")
            }
            let both = try house.martlet(["kinds", "exec", "--output", "json"])
            let kinds = try JSON(parsing: Array(both.output.utf8)).array ?? []
            #expect(
                kinds.count > 1 && kinds.allSatisfy { $0["name"] == "exec" && $0["settings"]?["properties"] != nil })
            let slip = try house.martlet(["kinds", "model.slice"])
            #expect(slip.code == 2 && slip.errors.contains("did you mean 'model.slices'?"), "\(slip)")
            let manifest = try house.martlet(["kinds", "Gate"])
            #expect(manifest.code == 2 && manifest.errors.contains("martlet schema Gate"), "\(manifest)")
        }
    }
}
