import Data
import Domain

/// The rows of a dataset, and the requests that ask a server about them.
struct InferenceRows {
    /// All columns of the table as text; an empty text is no value.
    let columns: [String: [String]]
    let count: Int
    /// What the model is given, in the schema's order.
    let features: [Feature]

    struct Feature {
        let name: String
        let isText: Bool
        let isWhole: Bool
    }

    /// More rows are for a batch job, not for requests.
    static let limit = 1_000_000

    /// The evaluation's dataset. Features are the schema's; without a schema, all columns that the evaluation has no other use for.
    init(of subject: Subject) async throws {
        guard let evaluation = subject.manifest.evaluation, let name = evaluation.data else {
            throw MissingEvidence("no rows to ask about; give spec.evaluation.data")
        }
        let content = try await subject.tools.data(subject.version, name)
        let format = subject.datasets[name]?.format ?? .csv, mark = subject.datasets[name]?.decimal ?? .point
        let nulls = Set(subject.datasets[name]?.nulls ?? [])
        var names: [String] = [], texts: [[String]] = [], isTooLong = false
        try TableRows.visit(content, format, decimalMark: mark.byte) { found in
            names = found
            texts = found.map { _ in [] }
        } value: { column, bytes, _ in
            guard texts[column].count < Self.limit else { return isTooLong = true }
            let text = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
            let isNumber = mark == .comma && bytes.map { DecimalNumber.hasComma($0) } ?? false
            texts[column].append(nulls.contains(text) ? "" : isNumber ? text.replacing(",", with: ".") : text)
        }
        guard !isTooLong else {
            throw MissingEvidence("the dataset '\(name)' has more than \(Self.limit.grouped) rows")
        }
        columns = Dictionary(zip(names, texts)) { first, _ in first }
        count = texts.first?.count ?? 0
        guard count > 0 else { throw MissingEvidence("the dataset '\(name)' has no rows") }
        features = Self.features(subject.schema, names, columns, evaluation)
        if let lacking = features.first(where: { columns[$0.name] == nil }) {
            throw MissingEvidence(
                "the dataset '\(name)' has no column '\(lacking.name)', which the schema names a feature")
        }
    }

    /// Some rows of others, in the order of `places`.
    init(_ all: InferenceRows, places: [Int]) {
        columns = all.columns.mapValues { texts in places.map { texts[$0] } }
        count = places.count
        features = all.features
    }

    /// The features of logged requests. Throws where the log lacks one that the schema names.
    init(of entries: [ServingLog.Entry], in path: String, _ schema: Schema?, _ evaluation: Model.Evaluation)
        throws(MissingEvidence)
    {
        let names = entries.flatMap { $0.features.map(\.key) }.unique
        let texts = { (name: String) in
            entries.map { entry in entry.features.first { $0.key == name }.map { RunTable.text($0.value) } ?? "" }
        }
        columns = Dictionary(uniqueKeysWithValues: names.map { ($0, texts($0)) })
        count = entries.count
        features = Self.features(schema, names, columns, evaluation)
        if let lacking = features.first(where: { columns[$0.name] == nil }) {
            throw MissingEvidence("\(path) has no feature '\(lacking.name)', which the schema names", file: path)
        }
    }

    private static func features(
        _ schema: Schema?, _ names: [String], _ columns: [String: [String]], _ evaluation: Model.Evaluation
    ) -> [Feature] {
        if let schema {
            return schema.columns.filter { $0.role == .feature }.map {
                Feature(name: $0.name, isText: $0.type == .string || $0.type == .timestamp, isWhole: $0.type == .int)
            }
        }
        let others =
            [evaluation.columns.label, evaluation.columns.id].compactMap(\.self) + evaluation.slices
            + evaluation.sensitive
        return names.filter { !others.contains($0) }.map { name in
            let texts = columns[name]?.filter { !$0.isEmpty } ?? []
            return Feature(
                name: name, isText: texts.contains { Double($0) == nil }, isWhole: texts.allSatisfy { Int($0) != nil })
        }
    }

    /// The request about some rows: one matrix of numbers, or a tensor for each feature, as the server's metadata says.
    ///
    /// Where it says nothing, numbers go as one matrix of FP64, and anything with text as columns.
    func request(_ rows: Range<Int>, to metadata: InferenceServer.Metadata, asking outputs: [String]) throws -> JSON {
        try request(rows, to: metadata, asking: outputs) { feature, row in columns[feature.name]?[row] ?? "" }
    }

    /// The same with values of the caller's choice.
    func request(
        _ rows: Range<Int>, to metadata: InferenceServer.Metadata, asking outputs: [String],
        value: (Feature, Int) -> String
    ) throws -> JSON {
        let byColumn = isByColumn(metadata)
        var members: [(String, JSON)] = [("id", .string("rows-\(rows.lowerBound)"))]
        if byColumn {
            // What tells MLServer that the tensors are the columns of one table; others let it be.
            members.append(("parameters", ["content_type": "pd"]))
        }
        let inputs = try byColumn ? tensors(rows, metadata, value) : [matrix(rows, metadata, value)]
        members.append(("inputs", .array(inputs.map(\.json))))
        if !outputs.isEmpty { members.append(("outputs", .array(outputs.map { ["name": .string($0)] }))) }
        return .object(members)
    }

    private func isByColumn(_ metadata: InferenceServer.Metadata) -> Bool {
        metadata.inputs.isEmpty
            ? features.contains(where: \.isText) : metadata.inputs.count > 1 || features.count == 1
    }

    /// What a feature's values are sent as.
    func datatype(of feature: Feature, to metadata: InferenceServer.Metadata) -> String {
        guard isByColumn(metadata) else { return metadata.inputs.first?.datatype ?? "FP64" }
        return metadata.inputs.first { $0.name == feature.name }?.datatype
            ?? (feature.isText ? "BYTES" : feature.isWhole ? "INT64" : "FP64")
    }

    private func matrix(
        _ rows: Range<Int>, _ metadata: InferenceServer.Metadata, _ value: (Feature, Int) -> String
    ) throws -> InferenceTensor {
        let datatype = metadata.inputs.first?.datatype ?? "FP64"
        var data: [JSON] = []
        for row in rows {
            for feature in features { data.append(try Self.json(value(feature, row), datatype, feature.name, row)) }
        }
        return InferenceTensor(
            metadata.inputs.first?.name ?? "input-0", datatype, shape: [rows.count, features.count], data: data)
    }

    private func tensors(
        _ rows: Range<Int>, _ metadata: InferenceServer.Metadata, _ value: (Feature, Int) -> String
    ) throws -> [InferenceTensor] {
        let names = metadata.inputs.isEmpty ? features.map(\.name) : metadata.inputs.map(\.name)
        return try names.map { name in
            guard let feature = features.first(where: { $0.name == name }) else {
                throw MissingEvidence(
                    "the server asks for the input '\(Excerpt.line(name))', which is no feature of the schema")
            }
            let datatype = datatype(of: feature, to: metadata)
            return InferenceTensor(
                name, datatype, shape: [rows.count, 1],
                data: try rows.map { try Self.json(value(feature, $0), datatype, name, $0) })
        }
    }

    /// A value as the datatype wants it; no value is null.
    private static func json(_ text: String, _ datatype: String, _ name: String, _ row: Int) throws(MissingEvidence)
        -> JSON
    {
        if datatype == "BYTES" { return .string(text) }
        if text.isEmpty { return .null }
        switch datatype {
        case "BOOL":
            if let flag = ["true": true, "1": true, "false": false, "0": false][text.lowercased()] {
                return .bool(flag)
            }
        case let type where type.hasPrefix("INT") || type.hasPrefix("UINT"):
            if let number = Int(text) { return .int(number) }
        default: if let number = Double(text), number.isFinite { return .double(number) }
        }
        throw MissingEvidence("row \(row + 1), column \(name): '\(Excerpt.line(text))' cannot be sent as \(datatype)")
    }
}
