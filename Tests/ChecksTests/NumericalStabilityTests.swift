import Domain
import Testing

@testable import Checks

@Suite struct NumericalStabilityTests {
    private static let formats = ["model.onnx", "model.safetensors", "model.json"]

    @Test(arguments: formats) func `finite weights pass`(file: String) async throws {
        let specimen = try Specimen.version("v1").setting("artifact", to: ["path": .string(file)])
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect((outcome.measurements["values"]?.int ?? 0) >= 31)
    }

    @Test(arguments: [("v2", "penguins", "model.safetensors"), ("v3", "penguins", "model.onnx")])
    func `weights of networks and forests pass`(version: String, family: String, file: String) async throws {
        let specimen = try Specimen.version(version, of: family).setting("artifact", to: ["path": .string(file)])
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `GGUF files are walked: finite passes, NaN fails with the tensor's name, a cut one fails`() async throws
    {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "m.gguf"])
        specimen.files["m.gguf"] = try Fixture.bytes("models/tiny.gguf")
        let sound = try await specimen.run(NumericalStability.self)
        #expect(sound.verdict == .pass && sound.measurements["values"]?.int == 48, "\(sound.words)")
        specimen.files["m.gguf"] = try Fixture.bytes("models/nan.gguf")
        let broken = try await specimen.run(NumericalStability.self)
        #expect(broken.verdict == .fail && broken.summary.contains("1 NaN in 'blk.0.weight'"), "\(broken.words)")
        specimen.files["m.gguf"]?.removeLast(100)
        let cut = try await specimen.run(NumericalStability.self)
        #expect(cut.verdict == .fail && cut.summary.contains("beyond the end"), "\(cut.words)")
    }

    @Test func `NaN in safetensors fails and names the tensor`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.safetensors"])
        var bytes = specimen.files["model.safetensors"]!
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
        specimen.files["model.safetensors"] = bytes
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("1 NaN in '"))
        #expect(outcome.measurements["nan"]?.int == 1)
    }

    @Test func `infinity in ONNX fails, wherever a weight is patched`() async throws {
        let original = try Fixture.bytes("tumor/versions/v1/model.onnx")
        // The coefficients of the linear classifier: 31 floats among the attributes.
        let weights = try JSON(parsing: Fixture.bytes("tumor/versions/v1/model.json"), python: true)
        let coefficient = Float(weights["features"]?.array?.first?["coef"]?.array?.first?.double ?? 0)
        let place = try #require(Self.place(of: coefficient, in: original))
        var specimen = try Specimen.version("v1")
        var patched = original
        patched.replaceSubrange(place..<place + 4, with: [0, 0, 0x80, 0x7F])
        specimen.files["model.onnx"] = patched
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("1 infinite in 'LinearClassifier/coefficients'"), "\(outcome.words)")
    }

    private static func place(of value: Float, in bytes: [UInt8]) -> Int? {
        let pattern = withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        return (0..<bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual(pattern) }
    }

    @Test(arguments: ["NaN", "-Infinity", "1e999"]) func `weights in JSON that are not finite fail`(word: String)
        async throws
    {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.json"])
        specimen.files["model.json"] = Array(#"{"coef": [0.5, -1e-3, \#(word)], "name": "NaN"}"#.utf8)
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("in 'coef'"))
        #expect(outcome.measurements["values"]?.int == 3)
    }

    @Test func `a loss that diverges fails with its row`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["training_log.csv"] = Array("epoch,train_loss\n1,5.0\n2,4642.5\n3,inf\n4,nan\n".utf8)
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.findings.first?.line == 4)
        #expect(outcome.summary.contains("train_loss is inf in row 3 of 4"))
    }

    @Test(arguments: ["nan", "", "inf"]) func `a prediction that is no number fails`(score: String) async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["predictions.csv"] = Array("row_id,label,prediction,score\na,1,1,0.5\nb,0,0,\(score)\n".utf8)
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.findings.first?.line == 3)
    }

    @Test func `a pickle says that it cannot be looked at`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.pkl"])
            .setting("evaluation", to: .null)
        specimen.files["model.pkl"] = [0x80, 4, 0x4E, 0x2E]
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .inconclusive)
    }

    @Test func `a file that the gate names stands in for an artifact that cannot be looked at`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.joblib"])
        specimen.files["model.joblib"] = [0x80, 4, 0x4E, 0x2E]
        let named = try await specimen.run(NumericalStability.self, ["files": ["model.onnx"]])
        #expect(named.verdict == .pass, "\(named.words)")
        let blind = try await specimen.run(NumericalStability.self, ["files": ["model.joblib"]])
        #expect(!blind.verdict.admits, "\(blind.words)")
        specimen.files["model.onnx"] = nil
        let gone = try await specimen.run(NumericalStability.self, ["files": ["model.onnx"]])
        #expect(!gone.verdict.admits && gone.words.contains("model.onnx is named in the gate"), "\(gone.words)")
    }

    @Test(arguments: [(0, 1), (nil, 8)] as [(Int?, Int)])
    func `a score of JSON Lines that is no number is found with its line, whatever the first object lacks`(
        lacking: Int?, line: Int
    ) async throws {
        var specimen = try Specimen.version("v1", of: "penguins")
            .setting("evaluation", "predictions", to: "predictions.jsonl")
        let rows = (0..<8).map { row in
            let other = row == lacking ? "" : #","score_b":\#(row == 7 ? "NaN" : "0.5")"#
            return #"{"row_id":\#(row),"label":"a","prediction":"a","score_a":0.5\#(other)}"# + "\n"
        }
        specimen.files["predictions.jsonl"] = Array(rows.joined().utf8)
        let outcome = try await specimen.run(NumericalStability.self)
        let finding = try #require(outcome.findings.first { $0.message.contains("score_b") }, "\(outcome.words)")
        #expect(finding.verdict == .fail && finding.line == line, "\(outcome.words)")
    }

    @Test func `predictions that are finite are a warning where weights cannot be looked at, classes alone are not`()
        async throws
    {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.joblib"])
        specimen.files["model.joblib"] = [0x80, 4, 0x4E, 0x2E]
        let scored = try await specimen.run(NumericalStability.self)
        #expect(scored.verdict == .warn && scored.summary.contains("its predictions are finite"), "\(scored.words)")
        let classes = try await specimen.setting("evaluation", "columns", "score", to: .null).run(
            NumericalStability.self)
        #expect(classes.verdict == .inconclusive, "\(classes.words)")
        specimen.files["predictions.csv"] = Array("row_id,label,prediction,score\na,1,1,0.5\nb,0,0,nan\n".utf8)
        #expect(try await specimen.run(NumericalStability.self).verdict == .fail)
    }

    @Test func `losses are also what XGBoost and LightGBM write of each dataset`() async throws {
        var specimen = try Specimen.version("v1").setting("training", "log", to: "evals.json")
        specimen.files["evals.json"] = Array(#"{"validation_0": {"rmse": [3, 2, NaN]}}"#.utf8)
        let broken = try await specimen.run(NumericalStability.self)
        #expect(broken.verdict == .fail && broken.summary.contains("validation_0/rmse is"), "\(broken.words)")
        specimen.files["evals.json"] = Array(#"{"validation_0": {"auc": [0.5, 0.6]}}"#.utf8)
        #expect(try await specimen.run(NumericalStability.self).verdict == .inconclusive)
    }

    @Test func `a missing log is inconclusive`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["training_log.csv"] = nil
        #expect(try await specimen.run(NumericalStability.self).verdict == .inconclusive)
    }

    @Test(arguments: formats) func `no cut and no flipped byte crashes it`(file: String) async throws {
        let bytes = try Fixture.bytes("tumor/versions/v1/\(file)")
        var random = SystemRandomNumberGenerator()
        for step in 0..<400 {
            var damaged = Array(
                bytes.prefix(step % 2 == 0 ? Int.random(in: 0...bytes.count, using: &random) : bytes.count))
            if !damaged.isEmpty {
                for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count)] = .random(in: 0...255) }
            }
            let weights = try #require(WeightFile(RandomAccessBytes(damaged), name: file))
            _ = try? weights.report()
        }
    }

    @Test(arguments: [
        (#"{"coef": [0.5, null, 1]}"#, "1 NaN in 'coef'"),
        (#"{"coef": [[0.5, "NaN"], [1, "-inf"]]}"#, "1 NaN and 1 infinite in 'coef'"),
        (#"{"trees": [{"base_weights": [null], "categories": [], "id": 0}]}"#, "1 NaN in 'base_weights'"),
        (#"{"bias": ["nan", "nan"]}"#, "2 NaN in 'bias'"),
        (#"{"W": [[1, 2], null, [3, 4]]}"#, "1 NaN in 'W', whose row 2 has no numbers"),
        (#"{"W": [[1, 2], [3, 4], [null, null]]}"#, "2 NaN in 'W', whose row 3 has no numbers"),
        (#"{"W": [null, [[1], [2]]], "seed": 1}"#, "1 NaN in 'W', whose row 1 has no numbers"),
        (#"{"weights": [null, null]}"#, "2 NaN in 'weights'"),
    ])
    func `numbers that JSON hides as null or text are found`(text: String, words: String) async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.json"])
        specimen.files["model.json"] = Array(text.utf8)
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains(words), "\(outcome.words)")
    }

    @Test func `nulls and texts that stand for no number are let be`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.json"])
        specimen.files["model.json"] = Array(
            #"{"coef": [1], "classes": ["nan", "a"], "names": [null], "seed": null, "missing": "nan", "mix": [1, "a", null], "parts": [[], null], "trees": [{"left": null}, null], "pairs": [["a", 1], null]}"#
                .utf8)
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a score column that is not there was not looked at`() async throws {
        let specimen = try Specimen.version("v1").setting("evaluation", "columns", "score", to: "scor")
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains("no column 'scor'"), "\(outcome.words)")
        let pattern = try Specimen.version("v2", of: "penguins").setting(
            "evaluation", "columns", "scores", to: "prob_*"
        )
        .setting("artifact", to: ["path": "model.safetensors"])
        let none = try await pattern.run(NumericalStability.self)
        #expect(none.verdict == .inconclusive && none.summary.contains("no column 'prob_*'"), "\(none.words)")
    }

    @Test func `only what was read is said to be finite`() async throws {
        let whole = try await Specimen.version("v1").run(NumericalStability.self)
        #expect(whole.summary.hasSuffix(", losses and predictions are finite"), "\(whole.words)")
        let weights = try await Specimen.version("v1").setting("training", "log", to: .null).setting(
            "evaluation", to: .null
        ).run(NumericalStability.self)
        #expect(weights.verdict == .pass && weights.summary.hasSuffix("tensors are finite"), "\(weights.words)")
    }
}
