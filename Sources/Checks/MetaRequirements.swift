import Data
public import Domain

/// D4: the features keep the rules about features: registered, allowed, no sensitive column among them, and none that stands in
/// for one.
///
/// Looks at what the model really takes: the inputs of its ONNX file, the importances, and the schema; and at the data, in which
/// a feature that goes closely with a sensitive column tells nearly what that does.
public struct MetaRequirements: Check {
    public static let id = "data.meta-requirements"
    public static let reads: [DeclaredFile] = [.importances]
    public static let version = 3
    public static let summary =
        "The model uses only features that are registered and allowed, and no sensitive column or what stands in for one."

    let deny: [String: String]
    let allow: [String]
    let allowSensitive: Bool
    let proxies: [String: String]
    let maxAssociation: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        deny = fields.value(
            "deny", default: [:], "features that must not be used, each with the reason; * stands for anything")
        allow = fields.value("allow", default: [], "the only features that may be used; without them all of the schema")
        allowSensitive = fields.value(
            "allowSensitive", default: false, "whether columns of spec.evaluation.sensitive may be used as features")
        proxies = fields.value(
            "proxies", default: [:],
            "features that may stand in for a sensitive column, each with the reason; * stands for anything")
        maxAssociation = fields.value(
            "maxAssociation", default: 0.8, within: .above(0, upTo: 1),
            "a feature stands in for a sensitive column if their Cramér's V, or the area under the ROC curve by which a number "
                + "tells its groups, reaches this")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let schema = subject.schema else {
            return Outcome(.skipped, "no schema configured: it is the register of features; name it in spec.schema")
        }
        return try await Outcome.from {
            let used = try await usedFeatures(subject)
            guard !used.isEmpty else {
                throw MissingEvidence(
                    "which features the model uses is not known: give an ONNX artifact with an input for each feature, or spec.training.importances"
                )
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
            let closest = try await standIns(used.filter { !sensitive.contains($0) }, sensitive, subject)
            findings += closest.findings
            return Outcome(
                findings, otherwise: "all \(used.count) features are registered and allowed",
                measurements: .object(
                    [("features", .array(used.map(JSON.string)))]
                        + (closest.json.isEmpty ? [] : [("closest", .object(closest.json))])))
        }
    }

    private func usedFeatures(_ subject: Subject) async throws -> [String] {
        var used = try await subject.namedInputs() ?? []
        if let path = subject.manifest.training.importances,
            let content = try await subject.tools.file(subject.version, path)
        {
            let table = try RunTable(content, path: path)
            let names = table.texts(try table.column(nil, or: ["feature", "name", "column"], in: path)) ?? []
            let members = table.texts("members") ?? []
            // The row of a group names no feature.
            used += names.indices.filter { !members.indices.contains($0) || members[$0].isEmpty }.map { names[$0] }
        }
        return used.unique
    }
}

extension MetaRequirements {
    /// Features that go closely with a sensitive column, in the first dataset that has it; and of each such column the closest feature.
    fileprivate func standIns(
        _ used: [String], _ sensitive: [String], _ subject: Subject
    ) async throws -> (findings: [Finding], json: [(String, JSON)]) {
        var findings: [Finding] = [], json: [(String, JSON)] = [], unseen = sensitive.unique
        var compared: [String: Set<String>] = [:]
        let datasets = (subject.manifest.training.data + [subject.manifest.evaluation?.data].compactMap(\.self)).unique
        for name in datasets where !unseen.isEmpty {
            let columns: DatasetColumns?
            do { columns = try await subject.columns(of: name, used + unseen) } catch {
                guard let gap = Finding(gap: error) else { throw error }
                findings.append(gap)
                continue
            }
            guard let columns else { continue }
            for column in unseen.compactMap({ columns[$0]?.grouped }) {
                let close = Self.associations(columns.features.filter { used.contains($0.name) }, with: column)
                guard let first = close.first else { continue }
                let before = compared[column.name] ?? []
                compared[column.name] = before.union(close.map(\.feature))
                if compared[column.name]?.isSuperset(of: used) ?? false { unseen.removeAll { $0 == column.name } }
                if before.isEmpty { json.append((column.name, first.json)) }
                findings += close.filter { !before.contains($0.feature) }.filter {
                    $0.association.value >= maxAssociation && !isKnown($0.feature)
                }.map {
                    .standIn($0, for: column.name, in: name, maxAssociation)
                }
            }
        }
        for column in unseen {
            guard let seen = compared[column] else { continue }
            let missing = used.unique.filter { !seen.contains($0) && $0 != column && !isKnown($0) }
            guard !missing.isEmpty else { continue }
            findings.append(
                Finding(
                    .warn,
                    "whether \(missing.listed()) \(missing.count == 1 ? "stands" : "stand") in for \"\(column)\" is not known: no "
                        + "dataset has them beside it with values that can be compared; name them in proxies with the reason"
                ))
        }
        unseen.removeAll { compared[$0] != nil }
        let columns = unseen.map { "\"\($0)\"" }.listed()
        if !unseen.isEmpty, !used.isEmpty {
            findings.append(
                Finding(
                    .warn,
                    "whether a feature stands in for \(columns) is not known: no dataset has it beside features to compare with"
                ))
        }
        return (findings, json)
    }

    private func isKnown(_ feature: String) -> Bool { proxies.keys.contains { NamePattern($0).matches(feature) } }

    fileprivate struct Closeness {
        let feature: String
        let association: FeatureAssociation

        var json: JSON {
            [
                "feature": .string(feature), "measure": .string(association.measure.rawValue),
                "value": JSON(association.value),
            ]
        }
    }

    /// The closest first.
    private static func associations(_ features: [FeatureColumn], with column: FeatureColumn) -> [Closeness] {
        let column = column.thinned(to: FeatureScreen.pairRows)
        return features.compactMap { feature in
            let feature = feature.thinned(to: FeatureScreen.pairRows)
            // A category may be coded as a number, whose order says nothing.
            return [feature, feature.grouped].compactMap { FeatureAssociation($0, column) }.max { $0.value < $1.value }
                .map { Closeness(feature: feature.name, association: $0) }
        }.sorted { ($1.association.value, $0.feature) < ($0.association.value, $1.feature) }
    }
}

extension Finding {
    fileprivate static func standIn(
        _ closeness: MetaRequirements.Closeness, for column: String, in dataset: String, _ threshold: Double
    ) -> Finding {
        Finding(
            .warn,
            "the model uses \"\(closeness.feature)\", which tells nearly what the sensitive \"\(column)\" does "
                + "(\(closeness.association.words) in \(dataset)); remove it, or name it in proxies with the reason",
            value: closeness.association.value, threshold: threshold)
    }
}
