public import Domain

/// D4: the features keep the rules about features: registered, allowed, and no sensitive column among them.
///
/// Looks at what the model really takes: the inputs of its ONNX file, the importances, and the schema.
public struct MetaRequirements: Check {
    public static let id = "data.meta-requirements"
    public static let summary = "The model uses only features that are registered and allowed, and no sensitive column."

    let deny: [String: String]
    let allow: [String]
    let allowSensitive: Bool

    public init(_ fields: Fields) throws(FieldErrors) {
        deny = fields.value(
            "deny", default: [:], "features that must not be used, each with the reason; * stands for anything")
        allow = fields.value("allow", default: [], "the only features that may be used; without them all of the schema")
        allowSensitive = fields.value(
            "allowSensitive", default: false, "whether columns of spec.evaluation.sensitive may be used as features")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let schema = subject.schema else {
            return Outcome(.skipped, "no schema configured: it is the register of features; name it in spec.schema")
        }
        return try await Outcome.from {
            let used = try await usedFeatures(subject)
            guard !used.isEmpty else {
                throw MissingEvidence(
                    "which features the model uses is not known: give an ONNX artifact or spec.training.importances")
            }
            let registered = schema.columns.filter { $0.role != .label && $0.role != .id }.map(\.name)
            let sensitive = allowSensitive ? [] : subject.manifest.evaluation?.sensitive ?? []
            var findings: [Finding] = []
            for feature in used {
                let denied = deny.sorted { $0.key < $1.key }.first { NamePattern($0.key).matches(feature) }
                if let denied {
                    findings.append(Finding(.fail, "the model uses \"\(feature)\": denied (\(denied.value))"))
                } else if !registered.contains(feature) {
                    let near = Suggestion.nearest(to: feature, in: registered).map { "; is it \"\($0)\"?" } ?? ""
                    findings.append(
                        Finding(.fail, "the model uses \"\(feature)\", which the schema does not register\(near)"))
                } else if !allow.isEmpty, !allow.contains(where: { NamePattern($0).matches(feature) }) {
                    findings.append(
                        Finding(.fail, "the model uses \"\(feature)\", which is not on the list of allowed features"))
                } else if sensitive.contains(feature) {
                    findings.append(Finding(.fail, "the model uses \"\(feature)\", which is declared sensitive"))
                }
            }
            return Outcome(
                findings, otherwise: "all \(used.count) features are registered and allowed",
                measurements: ["features": .array(used.map(JSON.string))])
        }
    }

    private func usedFeatures(_ subject: Subject) async throws -> [String] {
        var used: [String] = []
        let pointer = subject.manifest.artifact
        if pointer.format == .onnx || pointer.path?.hasSuffix(".onnx") == true {
            let artifact = try await subject.tools.artifact(subject.version, pointer)
            // One matrix instead of named inputs says nothing about single features.
            let inputs = artifact.isFolder ? [] : try ONNXInputs.names(ByteSource(path: artifact.path))
            if inputs.count > 1 || subject.schema?.columns.contains(where: { inputs.contains($0.name) }) == true {
                used += inputs
            }
        }
        if let path = subject.manifest.training.importances,
            let content = try await subject.tools.file(subject.version, path)
        {
            let table = try RunTable(content, path: path)
            used += table.texts(try table.column(nil, or: ["feature", "name", "column"], in: path)) ?? []
        }
        return used.unique
    }
}
