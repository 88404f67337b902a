import Domain
import Testing

@testable import Checks

/// Files that were made to mislead a scan, and honest ones that once did (`make_joblib.py`).
@Suite struct CraftedPickleTests {
    private func outcome(_ file: String, as name: String? = nil, format: String? = nil) async throws -> Outcome {
        let name = name ?? file
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": .string(name)])
        if let format { specimen = specimen.setting("artifact", "format", to: .string(format)) }
        specimen.files[name] = try Fixture.bytes("pickles/\(file)")
        return try await specimen.run(SafePickle.self)
    }

    @Test(arguments: [
        "pipeline.joblib", "pipeline-gzip.joblib", "forest.joblib", "arrays.joblib", "arrays-protocol2.joblib",
    ])
    func `honest joblib files pass, whatever arrays they hold`(file: String) async throws {
        let outcome = try await outcome(file)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let declared = try await self.outcome(file, as: "model", format: "joblib")
        #expect(declared.verdict == .pass, "\(declared.words)")
    }

    @Test(arguments: [
        "boosting", "histogram", "neighbours", "kernel", "process", "network", "descent", "spline", "calibrated",
        "target",
        "grid", "words",
    ])
    func `estimators of scikit-learn pass with all that they hold`(name: String) async throws {
        let outcome = try await outcome("honest-\(name).joblib")
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("1 pickle imports nothing but "), "\(outcome.summary)")
    }

    @Test func `a distribution of SciPy fails, for its state holds a text that is run`() async throws {
        let outcome = try await outcome("distribution.joblib")
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains("imports scipy.stats._continuous_distns.uniform_gen"), "\(outcome.words)")
    }

    @Test func `what TorchScript names is its own code, where the archive holds that`() async throws {
        let script = try await outcome("script.pt", format: "torchscript")
        #expect(script.verdict == .pass, "\(script.words)")
        #expect(script.summary == "2 pickles import nothing", "\(script.summary)")
        let bare = try await outcome("suspicious-script.pt")
        #expect(bare.verdict == .fail && bare.words.contains("__torch__.layers.Net"), "\(bare.words)")
    }

    @Test func `the imports of a model that was fitted on a table are listed`() async throws {
        let imports = try await outcome("pipeline.joblib").measurements["imports"]?.array?.compactMap(\.string) ?? []
        #expect(imports.contains("sklearn.linear_model._logistic.LogisticRegression"), "\(imports)")
        #expect(imports.contains("sklearn.compose._column_transformer.ColumnTransformer"))
        #expect(imports.contains("numpy._core.multiarray._reconstruct"))
        #expect(!imports.contains { $0.contains("?") }, "\(imports)")
    }

    @Test(arguments: [
        "suspicious-inner-memo.joblib", "suspicious-binunicode.joblib", "suspicious-binunicode8.joblib",
        "suspicious-unicode.joblib", "suspicious-memo.joblib", "suspicious-inst.joblib", "suspicious-in-array.pkl",
        "suspicious-gzip.model", "suspicious-protocol0.model", "suspicious-second-member.model", "suspicious-entry.pt",
        "suspicious-nested.zip", "suspicious-quotes.npy", "suspicious-entry.npz",
    ])
    func `what would call the system fails with its name`(file: String) async throws {
        let outcome = try await outcome(file)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.words.contains("posix.system"), "\(outcome.words)")
    }

    @Test(arguments: [
        ("suspicious-read-replaced.joblib", "not described as joblib does"),
        ("suspicious-frame.joblib", "beyond the start of an array"),
        ("suspicious-two-directories.pt", "directory is not where its end says"),
    ])
    func `what loaders read in more than one way fails`(file: String, words: String) async throws {
        let outcome = try await outcome(file)
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains(words), "\(outcome.words)")
    }

    @Test(arguments: ["bz2", "lzma", "xz", "tar"])
    func `what is not unpacked never passes`(kind: String) async throws {
        let file = "suspicious-\(kind).model"
        let unknown = try await outcome(file)
        #expect(unknown.verdict == .inconclusive, "\(unknown.words)")
        #expect(unknown.words.contains("save it again"), "\(unknown.words)")
        #expect(try await outcome(file, format: "joblib").verdict == .fail)
        #expect(try await outcome(file, as: "model.pkl").verdict == .fail)
    }

    @Test func `what the manifest calls a pickle is one or fails, whatever its name`() async throws {
        #expect(try await outcome("suspicious-protocol0.model", format: "pickle").words.contains("posix.system"))
        #expect(try await outcome("plain-protocol0.pkl", as: "model", format: "pickle").verdict == .pass)
        #expect(try await outcome("pickles.json", as: "model", format: "pickle").verdict == .fail)
        #expect(try await outcome("plain.npz", format: "joblib").verdict == .fail)
        #expect(try await outcome("pickles.json", as: "model").verdict == .pass)
    }

    @Test func `bytes that only pickle would run are named with the remedy`() async throws {
        let outcome = try await outcome("suspicious-in-array.pkl")
        #expect(outcome.words.contains("unless joblib loads it"), "\(outcome.words)")
        #expect(try await self.outcome("suspicious-in-array.pkl", format: "joblib").verdict == .pass)
    }
}
