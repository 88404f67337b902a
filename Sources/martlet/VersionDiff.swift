import ControlLoop
import Data
import Domain
import Manifests

/// Two versions of a model side by side.
struct VersionDiff: Sendable {
    /// A line of the comparison; what only one side has is `nil` on the other.
    struct Line: Sendable {
        let name: String
        let first: String?
        let second: String?

        var change: String {
            guard let first = first.flatMap({ Double($0) }), let second = second.flatMap({ Double($0) }) else {
                return ""
            }
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
            ("files", files.map { Line(name: $0.path, first: $0.old?.id.short, second: $0.new?.id.short) }))
    }

    var text: String {
        sections.map { section in
            let changed = section.lines.filter { $0.first != $0.second }
            guard !changed.isEmpty else {
                return "\(section.name): no difference"
                    + (section.lines.isEmpty ? "" : " in \(section.lines.count) values")
            }
            let rows = changed.map { line in
                ["  " + line.name] + [line.first, line.second].map { $0.map { Excerpt.line($0, limit: 41) } ?? "–" }
                    + [section.name == "files" ? "" : line.change]
            }
            return Terminal.paint(section.name, .bold) + "\n"
                + Terminal.table([["", titles.0, titles.1, "CHANGE"]] + rows)
        }.joined(separator: "\n")
    }

    var json: JSON {
        .object(
            [("first", .string(titles.0)), ("second", .string(titles.1))]
                + sections.map { section in
                    (
                        section.name,
                        .object(section.lines.map { ($0.name, ["first": JSON($0.first), "second": JSON($0.second)]) })
                    )
                })
    }

    private static func lines(_ first: [(String, String)], _ second: [(String, String)]) -> [Line] {
        let one = Dictionary(first) { $1 }, other = Dictionary(second) { $1 }
        let names = first.map(\.0) + second.map(\.0).filter { one[$0] == nil }
        return names.map { Line(name: $0, first: one[$0], second: other[$0]) }
    }

    /// The metrics of the version's predictions; none where they cannot be had.
    private static func metrics(_ subject: Subject) async -> [(String, String)] {
        guard let evaluation = subject.manifest.evaluation, let content = try? await subject.tools.predictions(subject),
            let bytes = try? bytes(of: content),
            let predictions = try? Predictions(
                bytes, task: subject.manifest.task, columns: PredictionColumns(evaluation),
                format: .init(fileName: evaluation.predictions ?? "predictions.csv"))
        else { return [] }
        let metrics = Evaluation(of: predictions).json["metrics"]?.members ?? []
        return metrics.filter { $0.value.double != nil }.map { ($0.key, EvaluationText.number($0.value)) }
    }

    private static func bytes(of content: Content) throws -> [UInt8] {
        switch content {
        case .bytes(let bytes): bytes
        case .file(let path, _): try LocalFile.bytes(of: path)
        }
    }

    private static func parameters(_ known: KnownVersion, _ tools: Subject.Tools) async throws -> [(String, String)] {
        guard let path = known.manifest.training.params,
            case .bytes(let bytes)? = try await tools.file(known.version, path),
            let tree = try? YAMLManifests.tree(bytes)
        else { return [] }
        return flattened(tree.json, "")
    }

    /// Nested values with their keys joined by dots, as DVC prints parameters.
    private static func flattened(_ json: JSON, _ prefix: String) -> [(String, String)] {
        guard let members = json.members else { return [(prefix, json.string ?? json.text())] }
        return members.flatMap { flattened($0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }

    private static func data(_ known: KnownVersion) -> [(String, String)] {
        known.datasets.sorted { $0.key < $1.key }.map { name, dataset in
            (name, dataset.pointer.sha256?.description ?? known.version.data[name]?.short ?? "–")
        }
    }

    /// What lies at the artifact's path: the id of its blob or folder, or of the DVC pointer beside it.
    private static func content(of model: Model, in tree: ObjectID, _ reader: any ObjectReader) throws -> ObjectID? {
        guard let path = model.artifact.path else { return nil }
        return try (reader.entry(at: path, in: tree) ?? reader.entry(at: path + ".dvc", in: tree))?.id
    }

    private static func artifact(_ known: KnownVersion, _ content: ObjectID?) -> [(String, String)] {
        let artifact = known.manifest.artifact
        return [
            ("path", artifact.path ?? artifact.uri ?? "–"), ("format", artifact.format?.rawValue ?? "–"),
            ("sha256", artifact.sha256?.digits ?? "–"), ("content", content?.description ?? "–"),
            ("revision", known.version.revision.description),
        ]
    }
}
