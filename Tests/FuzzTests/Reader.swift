import Glibc

@testable import Artifacts
@testable import Checks
@testable import Data
@testable import Domain
@testable import Gates
@testable import Git
@testable import Manifests

/// Everything that reads bytes of strangers. Each may say no; none may crash, hang or take all memory.
enum Reader: String, CaseIterable {
    case csv, jsonLines, compressed, parquet, storedProfile, predictions, runTable, servingLog, json
    case manifest, values, pin, flatYAML, evidence
    case pickle, joblib, archive, keras, hdf5, onnx, onnxInputs, savedModel, safetensors, npy, npz, gguf, weightsJSON
    case xml, tests, coverage, pattern, personalData
    case commit, tag, tree, index, codeOwners, lfsPointer, dvcPointer, dvcFolder, dvcConfig, zone, zoneFooter

    func read(_ bytes: [UInt8]) {
        switch self {
        case .csv, .jsonLines, .compressed, .parquet, .storedProfile, .predictions, .runTable, .servingLog, .json:
            readTable(bytes)
        case .manifest, .values, .pin, .flatYAML, .evidence: readManifest(bytes)
        case .pickle, .joblib, .archive, .keras, .hdf5, .onnx, .onnxInputs, .savedModel, .safetensors, .npy, .npz,
            .gguf, .weightsJSON:
            readModel(bytes)
        case .xml, .tests, .coverage, .pattern, .personalData: readReport(bytes)
        default: readRepository(bytes)
        }
    }

    private func readTable(_ bytes: [UInt8]) {
        switch self {
        case .csv: table(bytes, .csv)
        case .jsonLines: table(bytes, .jsonLines)
        case .compressed: _ = try? TableProfile(bytes).json
        case .parquet:
            Self.withFile(bytes) { path in
                _ = try? TableProfile(file: path).json
                _ = try? ParquetFile(path: path).table()
            }
        case .storedProfile:
            guard let profile = try? StoredProfile(bytes).profile else { return }
            let drift = Drift(reference: profile, current: profile)
            _ = (drift.json.text(), DriftRule().judge(drift), profile.json.text())
        case .predictions: predictions(bytes)
        case .runTable:
            for path in ["log.csv", "log.jsonl", "log.json", "events.out.tfevents.1"] {
                guard let table = try? RunTable(.bytes(bytes), path: path) else { continue }
                _ = try? LossCurve(table, path: path)
            }
        case .servingLog:
            _ = try? ServingLog(bytes, path: "log.jsonl", of: ModelVersion(model: "m", revision: .zero, tree: .zero))
        default:
            _ = try? JSON(parsing: bytes, python: true)
            guard let value = try? JSON(parsing: bytes) else { return }
            precondition((try? JSON(parsing: value.text())) == value, "what was written is not what was read")
        }
    }

    private func readManifest(_ bytes: [UInt8]) {
        switch self {
        case .manifest:
            let paths = [
                "martlet.yaml", "models/a/model.yaml", "models/a/schema.yaml", "gates/a.yaml", "data/a.yaml",
                "environments/a/environment.yaml", "environments/a/b.yaml", "evidence/a/b.yaml",
            ]
            for path in paths { _ = YAMLManifests().read(bytes, path: path).diagnostics.map(\.description) }
        case .values: _ = try? YAMLManifests.tree(bytes)
        case .pin:
            guard let revision = ObjectID(String(repeating: "a", count: 40)) else { return }
            let path = "environments/a/b.yaml"
            let pin = Pin(revision: revision, version: "v1", digest: SHA256.digest(of: bytes))
            if let edited = try? YAMLManifests().setting(pin, in: bytes, path: path) {
                let problems = YAMLManifests().read(edited, path: path).diagnostics
                precondition(problems.isEmpty, "an edit broke the file: \(problems)")
            }
            _ = try? YAMLManifests().setting(nil, in: bytes, path: path)
        case .flatYAML: _ = FlatYAML(String(decoding: bytes, as: UTF8.self))
        default: _ = (try? JSON(parsing: bytes)).flatMap { Evidence(json: $0) }?.json.text()
        }
    }

    private func readModel(_ bytes: [UInt8]) {
        switch self {
        case .pickle: _ = try? PickleFile.scan(RandomAccessBytes(bytes), name: "m.pkl")
        case .joblib: _ = try? PickleFile.scan(RandomAccessBytes(bytes), name: "m.joblib")
        case .archive: _ = try? PickleFile.scan(RandomAccessBytes(bytes), name: "m.pt")
        case .keras: _ = try? PickleFile.scan(RandomAccessBytes(bytes), name: "m.keras")
        case .hdf5: _ = try? PickleFile.scan(RandomAccessBytes(bytes), name: "m.h5")
        case .gguf: weights(bytes, "m.gguf")
        case .onnx:
            weights(bytes, "m.onnx")
            _ = try? ONNXScan(RandomAccessBytes(bytes))
        case .onnxInputs: _ = try? ONNXInputs.names(RandomAccessBytes(bytes))
        case .savedModel:
            _ = try? TensorFlowScan(savedModel: RandomAccessBytes(bytes))
            _ = TensorFlowScan(graph: RandomAccessBytes(bytes))
        case .safetensors: weights(bytes, "m.safetensors")
        case .npy: weights(bytes, "m.npy")
        case .npz: weights(bytes, "m.npz")
        default: weights(bytes, "m.json")
        }
    }

    private func readReport(_ bytes: [UInt8]) {
        switch self {
        case .xml:
            var reader = XMLReader(bytes)
            while (try? reader.next()) ?? nil != nil {}
        case .tests: _ = try? TestReport(bytes)
        case .coverage: _ = try? CoverageReport(bytes)
        case .pattern:
            let parts = bytes.split(separator: 0, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
            guard let pattern = try? TextPattern(parts.first ?? "") else { return }
            _ = pattern.matches(parts.last ?? "")
        default: _ = bytes.withUnsafeBufferPointer { PersonalData.kind(of: $0) }
        }
    }

    private func readRepository(_ bytes: [UInt8]) {
        switch self {
        case .commit: _ = Commit(.zero, parsing: bytes)
        case .tag: _ = Tag(parsing: bytes)
        case .tree: _ = try? RawTree(parsing: bytes)
        case .index: _ = try? IndexFile(parsing: bytes)
        case .codeOwners: _ = CodeOwners(bytes, path: "x").rule(for: "models/a/b/model.yaml")
        case .lfsPointer: _ = try? LFSPointer(bytes, at: "x")
        case .dvcPointer: _ = try? DVCPointer(YAMLManifests.tree(bytes), at: "x")
        case .dvcFolder: _ = try? DVCFolder(bytes, at: "x")
        case .dvcConfig: _ = DVCConfig([bytes])
        case .zone:
            guard let rules = TimeZoneRules(bytes) else { return }
            for second: Int64 in [-1 << 40, 0, 1_800_000_000, 1 << 40] {
                _ = rules.offset(at: Timestamp(seconds: second))
            }
        default: _ = ZoneFooter(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func table(_ bytes: [UInt8], _ format: TextFormat) {
        _ = try? TableProfile(bytes, format: format).json
        bytes.withUnsafeBytes { raw in
            _ = try? TableSource(raw, format: format, options: TableOptions(nullSpellings: ["NA"])).table()
        }
    }

    private func predictions(_ bytes: [UInt8]) {
        for (task, scores) in [
            (ModelTask.binaryClassification, nil), (.multiclassClassification, "score_*"), (.regression, nil),
            (.ranking, nil),
        ] {
            let columns = PredictionColumns(
                id: nil, label: "label", prediction: "prediction", score: task == .binaryClassification ? "score" : nil,
                scores: scores, slices: ["slice"], sensitive: [], query: task == .ranking ? "slice" : nil)
            guard let rows = try? Predictions(bytes, task: task, columns: columns) else { continue }
            _ = Evaluation(of: rows).json.text()
        }
    }

    private func weights(_ bytes: [UInt8], _ name: String) {
        _ = try? WeightFile(RandomAccessBytes(bytes), name: name)?.report()
    }

    private static let file: Int32 = {
        var name = Array("/var/tmp/martlet-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        unlink(name)
        return file
    }()

    /// Lends `bytes` as a file that needs no disk.
    private static func withFile(_ bytes: [UInt8], _ body: (String) -> Void) {
        ftruncate(file, 0)
        _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        body("/proc/self/fd/\(file)")
    }
}
