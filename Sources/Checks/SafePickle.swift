public import Domain

/// A model file that is a pickle imports nothing but what its framework needs: loading it runs no code of strangers. A graph of operators
/// (ONNX, TensorFlow) has none that reach out of it.
///
/// An allow-list for what pickles import and for the domains of ONNX operators: whatever is not known to be harmless fails. Of TensorFlow's
/// operators those known to be harmful do. The opcodes are walked; nothing is ever unpickled.
public struct SafePickle: Check {
    public static let id = "infra.safe-pickle"
    public static let reads: [DeclaredFile] = [.pickles]
    public static let version = 7
    public static let summary =
        "Model files run no code of strangers: pickles import only what frameworks need, Keras files hold no Lambda, graphs reach "
        + "nothing outside of them."

    let allow: [String]
    let forbid: Bool
    let files: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        allow = fields.value(
            "allow", default: [],
            "further imports, such as mypackage.layers.*, and operators of graphs, such as tensorflow.raw_ops.ReadFile or "
                + "com.example.*; * stands for anything")
        forbid = fields.value("forbid", default: false, "whether any pickle at all fails")
        files = fields.value("files", default: [], "further files in the model's folder")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        try await Outcome.from {
            let pointer = subject.manifest.artifact
            let artifact = try await subject.tools.artifact(subject.version, pointer)
            let name = pointer.path ?? pointer.uri?.pathParts().last.map(String.init) ?? "artifact"
            let declared = pointer.format == .pickle || pointer.format == .joblib
            var findings: [Finding] = [], imports: Set<String> = [], pickles = 0, graphs = 0
            let inside = artifact.isFolder ? try FolderListing.files(below: artifact.path) : [""]
            for file in inside {
                let source = try RandomAccessBytes(path: file.isEmpty ? artifact.path : artifact.path + "/" + file)
                let format = artifact.isFolder ? nil : pointer.format
                findings += look(source, file.isEmpty ? name : file, format, &imports, &pickles, &graphs)
            }
            if declared, pickles == 0, findings.isEmpty {
                findings.append(Finding(.fail, "the manifest calls \(name) a pickle, and no pickle is found in it"))
            }
            if let format = pointer.format, format == .savedmodel || format == .onnx, graphs == 0, findings.isEmpty {
                let words =
                    "the manifest calls \(name) \(format.rawValue), and no graph that can be read is found in it"
                findings.append(Finding(.inconclusive, words))
            }
            for file in files {
                findings += look(
                    try RandomAccessBytes(try await subject.evidence(file, "model file", namedBy: "the gate")), file,
                    nil,
                    &imports, &pickles,
                    &graphs)
            }
            return Outcome(
                findings,
                otherwise: (pickles == 0 ? "\(name) holds no pickle" : words(pickles, imports))
                    + (graphs == 0 ? "" : ", and no operator reaches out of its graph"),
                measurements: [
                    "pickles": .int(pickles), "graphs": .int(graphs),
                    "imports": .array(imports.sorted().map(JSON.string)),
                ])
        }
    }

    private func words(_ pickles: Int, _ imports: Set<String>) -> String {
        let verb = pickles == 1 ? "1 pickle imports" : "\(pickles) pickles import"
        return imports.isEmpty ? "\(verb) nothing" : "\(verb) nothing but \(imports.sorted().listed(3))"
    }

    private func look(
        _ source: RandomAccessBytes, _ name: String, _ format: ModelFormat?, _ imports: inout Set<String>,
        _ pickles: inout Int,
        _ graphs: inout Int
    ) -> [Finding] {
        let found: [PickleFile.Finding]?
        do throws(Malformed) { found = try PickleFile.scan(source, name: name, format: format) } catch {
            return [Finding(.fail, "\(name) cannot be read: \(error)", file: name)]
        }
        guard let found else { return [] }
        let isPickle = found.contains { $0.isPickle && !KerasModel.isConfig($0.place) && $0.unseen == nil }
        var findings =
            forbid && isPickle ? [Finding(.fail, "\(name) is a pickle; ship safetensors, ONNX or npz", file: name)] : []
        for part in found {
            let place = part.place == name ? name : "\(name) (\(Excerpt.line(part.place)))"
            if let unseen = part.unseen {
                let words = part.isPickle ? "\(place) may hold a pickle: \(unseen)" : "\(place): \(unseen)"
                findings.append(Finding(.inconclusive, words, file: name))
                if part.operators.isEmpty { continue }
            }
            if part.isPickle { pickles += 1 } else { graphs += 1 }
            imports.formUnion(part.imports)
            findings += part.faults.map {
                Finding(.fail, "\(place) is no pickle that can be followed: \($0)", file: name)
            }
            findings += part.dangers.map { Finding(.fail, "\(place) \(Excerpt.line($0, limit: 200))", file: name) }
            for item in part.imports where !isHarmless(item) {
                findings.append(strange("\(place) imports \(Excerpt.line(item, limit: 200))", name))
            }
            let strangers = part.operators.filter { !isHarmless($0) }
            if !strangers.isEmpty {
                findings.append(
                    Finding(
                        .fail,
                        "\(place) has operators that reach out of the graph or are the runtime's own to bring: "
                            + Excerpt.line(strangers.listed(5), limit: 400), file: name))
            }
            for item in part.importsOfPickle where !isHarmless(item) {
                let words = "\(place), unless joblib loads it (say format: joblib then), imports"
                findings.append(strange("\(words) \(Excerpt.line(item, limit: 200))", name))
            }
        }
        return findings
    }

    private func strange(_ words: String, _ file: String) -> Finding {
        Finding(.fail, "\(words), which is not known to be harmless", file: file)
    }

    /// `module:name.attribute` may reach anything that the module imports, so that only a pattern with a colon allows it.
    private func isHarmless(_ item: String) -> Bool {
        HarmlessNames.contains(item)
            || allow.contains { NamePattern($0).matches(item) && (!item.contains(":") || $0.contains(":")) }
    }
}
