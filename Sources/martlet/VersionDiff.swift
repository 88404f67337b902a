import Checks
import ControlLoop
import Data
import Domain
import Manifests

/// Two versions of a model side by side.
struct VersionDiff: Sendable {
    /// A line of the comparison; what only one side has is `nil` on the other.
    struct Line: Sendable {
        let name: String
        let first: JSON?
        let second: JSON?

        var change: String {
            guard let first = first?.double, let second = second?.double else { return "" }
            let difference = second - first
            return (difference > 0 ? "+" : "") + EvaluationText.rounded(difference)
        }
    }

    let titles: (String, String)
    private(set) var sections: [(name: String, lines: [Line])] = []
    /// What could not be had, by section, as sentences that name the version.
    private(set) var missing: [(section: String, words: String)] = []
    /// How the rows differ that the metrics are of, as sentences.
    private(set) var remarks: [String] = []

    /// - Parameter subject: Makes what a check would look at, so that predictions can come from a command, too.
    init(
        _ first: KnownVersion, _ second: KnownVersion, _ tools: Subject.Tools, subject: (KnownVersion) -> Subject
    ) async throws {
        titles = (first.version.title, second.version.title)
        var (metrics, parameters): ([[(String, JSON)]], [[(String, JSON)]]) = ([], [])
        var predictions: [Predictions] = []
        for known in [first, second] {
            do {
                let found = try await Self.predictions(subject(known))
                metrics.append(found.map(Self.metrics) ?? [])
                predictions += [found].compactMap(\.self)
            } catch {
                metrics.append([])
                missing.append(("metrics", Self.told(error, of: known)))
            }
            do { parameters.append(try await Self.parameters(known, tools)) } catch {
                parameters.append([])
                missing.append(("parameters", Self.told(error, of: known)))
            }
        }
        if predictions.count == 2 { remarks = Self.remarks(on: predictions[0], predictions[1]) }
        sections.append(("metrics", Self.lines(metrics[0], metrics[1])))
        sections.append(("parameters", Self.lines(parameters[0], parameters[1])))
        sections.append(("data", Self.lines(Self.data(first), Self.data(second))))
        let (trees, paths) = ((first.version.tree, second.version.tree), (first.manifest, second.manifest))
        let (files, contents) = try await tools.store.read { reader in
            (
                try reader.changes(from: trees.0, to: trees.1, prefix: ""),
                (try Self.content(of: paths.0, in: trees.0, reader), try Self.content(of: paths.1, in: trees.1, reader))
            )
        }
        sections.append(
            ("artifact", Self.lines(Self.artifact(first, contents.0), Self.artifact(second, contents.1))))
        sections.append(
            (
                "files",
                files.map { file in
                    let (old, new) = (file.old?.id.short, file.new?.id.short)
                    return Line(name: file.path, first: old.map(JSON.string), second: new.map(JSON.string))
                }
            ))
    }

    var text: String {
        sections.map { section in
            let gaps = missing.filter { $0.section == section.name }.map { "\n  \($0.words)" }.joined()
            let notes = section.name == "metrics" ? remarks.map { "\n  \($0)" }.joined() : ""
            return (gaps.isEmpty || !section.lines.isEmpty ? text(of: section) : "\(section.name): not to be had")
                + gaps + notes
        }.joined(separator: "\n")
    }

    private func text(of section: (name: String, lines: [Line])) -> String {
        let changed = section.lines.filter { $0.first != $0.second }
        guard !changed.isEmpty else {
            if section.name == "files" { return "files: no difference" }
            let count = section.lines.count
            return "\(section.name): " + (count == 0 ? "nothing to compare" : "no difference in \(count) values")
        }
        let rows = changed.map { line -> [String] in
            let values = [line.first, line.second].map { Self.shown($0, isMetric: section.name == "metrics") }
            return ["  " + line.name] + values + [section.name == "files" ? "" : line.change]
        }
        return Terminal.paint(section.name, .bold) + "\n"
            + Terminal.table([["", titles.0, titles.1, "CHANGE"]] + rows)
    }

    /// Only metrics are rounded: what differs must be seen to differ.
    private static func shown(_ value: JSON?, isMetric: Bool) -> String {
        guard let value, value != .null else { return "–" }
        return Excerpt.line(isMetric ? EvaluationText.number(value) : value.string ?? value.text(), limit: 41)
    }

    var json: JSON {
        .object(
            [("first", .string(titles.0)), ("second", .string(titles.1))]
                + sections.map { section in
                    (
                        section.name,
                        .object(
                            section.lines.map { ($0.name, ["first": $0.first ?? .null, "second": $0.second ?? .null]) })
                    )
                }
                + [("remarks", .array(remarks.map(JSON.string)))]
                + [("missing", .array(missing.map { ["section": .string($0.section), "words": .string($0.words)] }))])
    }

    private static func told(_ error: any Error, of known: KnownVersion) -> String {
        Excerpt.line("\(known.version.title): \(error)", limit: 400)
    }

    private static func lines(_ first: [(String, JSON)], _ second: [(String, JSON)]) -> [Line] {
        let one = Dictionary(first) { $1 }, other = Dictionary(second) { $1 }
        let names = first.map(\.0) + second.map(\.0).filter { one[$0] == nil }
        return names.map { Line(name: $0, first: one[$0], second: other[$0]) }
    }

    /// The version's predictions; `nil` where it names none.
    private static func predictions(_ subject: Subject) async throws -> Predictions? {
        guard subject.manifest.evaluation != nil else { return nil }
        return try await subject.readPredictions()
    }

    /// Where both are not of the same rows with the same labels, which their metrics do not show.
    private static func remarks(on first: Predictions, _ second: Predictions) -> [String] {
        do {
            let rows = try Comparison(of: first, and: second, bootstrap: nil, named: []).rows
            guard rows < max(first.rowCount, second.rowCount) else { return [] }
            return [
                "the metrics are of other rows: \(rows) of \(first.rowCount) and of \(second.rowCount) have predictions of both"
            ]
        } catch {
            return [Excerpt.line("the metrics are not of the same rows and labels: \(error.message)", limit: 400)]
        }
    }

    private static func metrics(_ predictions: Predictions) -> [(String, JSON)] {
        let metrics = Evaluation(of: predictions).json["metrics"]?.members ?? []
        return metrics.filter { $0.value.double != nil }.map { ($0.key, $0.value) }
    }

    private static func parameters(_ known: KnownVersion, _ tools: Subject.Tools) async throws -> [(String, JSON)] {
        guard let path = known.manifest.training.params else { return [] }
        guard let content = try await tools.file(known.version, path) else {
            throw ArtifactFailure(.missing, "there is no \(path)")
        }
        guard content.size <= 16 << 20 else { throw ArtifactFailure(.unsupported, "\(path) is larger than 16 MiB") }
        let bytes =
            switch content {
            case .bytes(let bytes): bytes
            case .file(let place, _): try LocalFile.bytes(of: place)
            }
        do { return flattened(try YAMLManifests.tree(bytes).json, "") } catch {
            throw ArtifactFailure(.invalid, "\(path) is no YAML: \(error)")
        }
    }

    /// Nested values with their keys joined by dots, as DVC prints parameters.
    private static func flattened(_ json: JSON, _ prefix: String) -> [(String, JSON)] {
        guard let members = json.members else { return [(prefix, json)] }
        return members.flatMap { flattened($0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }

    private static func data(_ known: KnownVersion) -> [(String, JSON)] {
        known.datasets.sorted { $0.key < $1.key }.flatMap { name, dataset in
            let ids = (dataset.paths(as: name) + [Dataset.path(of: name)]).lazy.compactMap { known.version.data[$0] }
            let data = [(name, JSON(dataset.pointer.sha256?.description ?? ids.first?.short))]
            guard let path = dataset.profilePath(as: name) else { return data }
            return data + [("\(name) (profile)", JSON(known.version.data[path]?.short))]
        }
    }

    /// What lies at the artifact's path: the id of its blob or folder, or of the DVC pointer or lock that stands for it.
    private static func content(of model: Model, in tree: ObjectID, _ reader: any ObjectReader) throws -> ObjectID? {
        guard let path = model.artifact.path else { return nil }
        for file in ArtifactPointer.files(for: path) {
            if let entry = try reader.entry(at: file, in: tree) { return entry.id }
        }
        return nil
    }

    private static func artifact(_ known: KnownVersion, _ content: ObjectID?) -> [(String, JSON)] {
        let artifact = known.manifest.artifact
        return [
            ("path", .string(artifact.shown)), ("format", JSON(artifact.format?.rawValue)),
            ("sha256", JSON(artifact.sha256?.digits)), ("content", JSON(content?.description)),
            ("revision", .string(known.version.revision.description)),
        ]
    }
}
