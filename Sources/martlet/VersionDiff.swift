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

    /// - Parameter subject: Makes what a check would look at, so that predictions can come from a command, too.
    init(
        _ first: KnownVersion, _ second: KnownVersion, _ tools: Subject.Tools, subject: (KnownVersion) -> Subject
    ) async throws {
        titles = (first.version.title, second.version.title)
        sections.append(
            ("metrics", Self.lines(await Self.metrics(subject(first)), await Self.metrics(subject(second)))))
        sections.append(
            (
                "parameters",
                Self.lines(try await Self.parameters(first, tools), try await Self.parameters(second, tools))
            ))
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
        }.joined(separator: "\n")
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
                })
    }

    private static func lines(_ first: [(String, JSON)], _ second: [(String, JSON)]) -> [Line] {
        let one = Dictionary(first) { $1 }, other = Dictionary(second) { $1 }
        let names = first.map(\.0) + second.map(\.0).filter { one[$0] == nil }
        return names.map { Line(name: $0, first: one[$0], second: other[$0]) }
    }

    /// The metrics of the version's predictions; none where they cannot be had.
    private static func metrics(_ subject: Subject) async -> [(String, JSON)] {
        guard let predictions = try? await subject.readPredictions() else { return [] }
        let metrics = Evaluation(of: predictions).json["metrics"]?.members ?? []
        return metrics.filter { $0.value.double != nil }.map { ($0.key, $0.value) }
    }

    private static func parameters(_ known: KnownVersion, _ tools: Subject.Tools) async throws -> [(String, JSON)] {
        guard let path = known.manifest.training.params,
            case .bytes(let bytes)? = try await tools.file(known.version, path),
            let tree = try? YAMLManifests.tree(bytes)
        else { return [] }
        return flattened(tree.json, "")
    }

    /// Nested values with their keys joined by dots, as DVC prints parameters.
    private static func flattened(_ json: JSON, _ prefix: String) -> [(String, JSON)] {
        guard let members = json.members else { return [(prefix, json)] }
        return members.flatMap { flattened($0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }

    private static func data(_ known: KnownVersion) -> [(String, JSON)] {
        known.datasets.sorted { $0.key < $1.key }.map { name, dataset in
            let ids = (dataset.paths(as: name) + [Dataset.path(of: name)]).lazy.compactMap { known.version.data[$0] }
            return (name, JSON(dataset.pointer.sha256?.description ?? ids.first?.short))
        }
    }

    /// What lies at the artifact's path: the id of its blob or folder, or of the DVC pointer beside it.
    private static func content(of model: Model, in tree: ObjectID, _ reader: any ObjectReader) throws -> ObjectID? {
        guard let path = model.artifact.path else { return nil }
        return try (reader.entry(at: path, in: tree) ?? reader.entry(at: path + ".dvc", in: tree))?.id
    }

    private static func artifact(_ known: KnownVersion, _ content: ObjectID?) -> [(String, JSON)] {
        let artifact = known.manifest.artifact
        return [
            ("path", JSON(artifact.path ?? artifact.uri)), ("format", JSON(artifact.format?.rawValue)),
            ("sha256", JSON(artifact.sha256?.digits)), ("content", JSON(content?.description)),
            ("revision", .string(known.version.revision.description)),
        ]
    }
}
