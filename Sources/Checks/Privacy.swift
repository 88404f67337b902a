public import Domain

/// D5: no personal data stands in the data unless it is declared, and nobody can be singled out by the declared columns.
public struct Privacy: Check {
    public static let id = "data.privacy"
    public static let summary = "Finds personal data in datasets, and groups of people too small to hide in."

    let declared: [String]
    let minShare: Double
    let minChecked: Int
    let quasiIdentifiers: [String]
    let k: Int
    let datasets: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        declared = fields.value("declared", default: [], "columns that may hold personal data")
        minShare = fields.value("minShare", default: 0.01, "from which share of values on a column counts as personal")
        minChecked = fields.value("minChecked", default: 5, "or from how many values with check digits on")
        quasiIdentifiers = fields.value(
            "quasiIdentifiers", default: [],
            "columns that together could single a person out, such as age, sex and county")
        k = fields.value("k", default: 5, "the least number of people who share their values")
        datasets = fields.value(
            "datasets", default: [], "the datasets; without them those that trained and tested the version")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let named = subject.manifest.training.data + [subject.manifest.evaluation?.data].compactMap { $0 }
        let names = (datasets.isEmpty ? named : datasets).unique
        guard !names.isEmpty else {
            return Outcome(.skipped, "no dataset configured; name them in spec.training.data and spec.evaluation.data")
        }
        return try await Outcome.from {
            var findings: [Finding] = [], rows = 0
            for name in names {
                guard let dataset = subject.datasets[name] else {
                    throw MissingEvidence("dataset '\(name)' is named in model.yaml and has no data/\(name).yaml")
                }
                let content = try await subject.tools.data(subject.version, name)
                var scan = PrivacyScan(quasiIdentifiers: quasiIdentifiers)
                try scan.run(content, dataset)
                guard scan.rows > 0 else { throw MissingEvidence("dataset '\(name)' has no rows") }
                rows += scan.rows
                findings += judge(scan, name)
            }
            return Outcome(
                findings, otherwise: "no undeclared personal data in \(rows.grouped) rows of \(names.listed())",
                measurements: ["rows": .int(rows), "datasets": .array(names.map(JSON.string))])
        }
    }

    private func judge(_ scan: PrivacyScan, _ name: String) -> [Finding] {
        var findings: [Finding] = []
        for column in scan.columns where !declared.contains(column.name) {
            for (kind, hits) in column.hits.sorted(by: { $0.value.count > $1.value.count }) {
                let share = Double(hits.count) / Double(max(1, column.values))
                guard share >= minShare || (kind.hasCheckDigit && hits.count >= minChecked) else { continue }
                findings.append(
                    Finding(
                        .fail,
                        "\(name): \"\(column.name)\": \(hits.count.grouped) of \(column.values.grouped) values look like "
                            + "\(kind.rawValue) (e.g. \(hits.example)); drop the column, or declare it", file: name,
                        value: share, threshold: minShare))
            }
        }
        guard !quasiIdentifiers.isEmpty else { return findings }
        guard scan.missing.isEmpty else {
            return findings + [
                Finding(.inconclusive, "\(name) has no columns \(scan.missing.listed()) to group people by")
            ]
        }
        let small = scan.groups.values.filter { $0 < k }
        if let least = small.min() {
            let people = small.reduce(0, +)
            findings.append(
                Finding(
                    .fail,
                    "\(name): \(people.grouped) of \(scan.rows.grouped) rows share \(quasiIdentifiers.listed()) with fewer than "
                        + "\(k - 1) others (smallest group: \(least))", file: name, value: Double(least),
                    threshold: Double(k)))
        }
        return findings
    }
}

/// What a look at every value of a table says about people.
struct PrivacyScan {
    struct Column {
        let name: String
        var values = 0
        var hits: [PersonalData: (count: Int, example: String)] = [:]
    }

    let quasiIdentifiers: [String]
    private(set) var columns: [Column] = []
    private(set) var rows = 0
    /// How many rows share the same values of the quasi-identifiers.
    private(set) var groups: [[String]: Int] = [:]
    private(set) var missing: [String] = []

    init(quasiIdentifiers: [String]) { self.quasiIdentifiers = quasiIdentifiers }

    mutating func run(_ content: Content, _ dataset: Dataset) throws {
        var found: [Column] = [], places: [Int] = [], group: [String] = [], absent: [String] = []
        var counts: [[String]: Int] = [:], seen = 0
        try TableRows.visit(content, dataset.format) { names in
            found = names.map { Column(name: $0) }
            places = names.map { name in quasiIdentifiers.firstIndex(of: name) ?? -1 }
            absent = quasiIdentifiers.filter { !names.contains($0) }
            group = Array(repeating: "", count: quasiIdentifiers.count)
        } value: { column, text, _ in
            if column == 0 { seen += 1 }
            if !text.isEmpty {
                found[column].values += 1
                if let kind = PersonalData.kind(of: text) {
                    let old = found[column].hits[kind]
                    found[column].hits[kind] = ((old?.count ?? 0) + 1, old?.example ?? Self.masked(text))
                }
            }
            if places[column] >= 0 { group[places[column]] = String(decoding: text, as: UTF8.self) }
            if column == found.count - 1, !quasiIdentifiers.isEmpty { counts[group, default: 0] += 1 }
        }
        columns = found
        rows = seen
        groups = counts
        missing = absent
    }

    /// The first character and what structures the text; the rest is hidden.
    private static func masked(_ text: UnsafeBufferPointer<UInt8>) -> String {
        let bytes = text.enumerated().map { index, byte in
            index == 0 || "@.-+ ".utf8.contains(byte) ? (byte >= 0x20 && byte < 0x7F ? byte : 0x2A) : UInt8(ascii: "*")
        }
        return String(decoding: bytes.prefix(30), as: UTF8.self)
    }
}
