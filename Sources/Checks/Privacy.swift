public import Domain

/// D5: no personal data stands in the data unless it is declared, and nobody can be singled out by the declared columns.
public struct Privacy: Check {
    public static let id = "data.privacy"
    public static let reads: [DeclaredFile] = [.predictions, .servingLog, .membership, .erased]
    public static let version = 7
    public static let summary =
        "Finds personal data and secrets, groups too small to hide in, rows kept too long, and a model that remembers."

    public static let looksAt: Set<CheckInput> = [.clock]

    let declared: [String]
    let minShare: Double
    let minChecked: Int
    let quasiIdentifiers: [String]
    let k: Int
    let datasets: [String]
    let secrets: Bool
    let timeColumn: String?
    let retention: Duration?
    let idColumn: String?
    let erased: String?
    let membership: String?
    let maxMembershipAUC: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        declared = fields.value(
            "declared", default: [], "columns that may hold personal data; looked for are \(PersonalData.listed)")
        minShare = fields.value(
            "minShare", default: 0.01, within: .between(0, 1),
            "from which share of values on a column counts as personal")
        minChecked = fields.value(
            "minChecked", default: 5, within: .atLeast(1), "or from how many values with check digits on")
        quasiIdentifiers = fields.value(
            "quasiIdentifiers", default: [],
            "columns that together could single a person out, such as age, sex and county")
        k = fields.value("k", default: 5, within: .atLeast(2), "the least number of people who share their values")
        datasets = fields.value(
            "datasets", default: [], "the datasets; without them those that trained and tested the version")
        secrets = fields.value(
            "secrets", default: true, "whether the version's files are searched for keys and passwords")
        timeColumn = fields.optional("timeColumn", "the column that says when a row was recorded")
        retention = fields.optional("retention", "how old a row may be")
        idColumn = fields.optional("idColumn", "the column that names a person")
        erased = fields.optional(
            "erased", "a file in the model's folder: SHA-256 of the ids that must be in no dataset, one a line")
        membership = fields.optional(
            "membership",
            "a table in the model's folder: split, and loss or label and score, of rows trained on and others")
        maxMembershipAUC = fields.value(
            "maxMembershipAUC", default: 0.6,
            within: .between(0.5, 1), "how well the loss may tell those trained on from others (0.5: not at all)")
        if (retention == nil) != (timeColumn == nil) {
            fields.complain(about: "retention", "give retention and timeColumn, or neither")
        }
        if (erased == nil) != (idColumn == nil) {
            fields.complain(about: "erased", "give erased and idColumn, or neither")
        }
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let named = subject.manifest.training.data + [subject.manifest.evaluation?.data].compactMap { $0 }
        let names = (datasets.isEmpty ? named : datasets).unique
        guard !names.isEmpty else {
            return Outcome(.skipped, "no dataset configured; name them in spec.training.data and spec.evaluation.data")
        }
        return try await Outcome.from {
            var findings = secrets ? try await SecretScan.findings(in: subject) : [], rows = 0
            findings += try await remembered(subject)
            let digests = try await erasedDigests(subject)
            for name in names {
                guard let dataset = subject.datasets[name] else {
                    throw MissingEvidence("dataset '\(name)' is named in model.yaml and has no data/\(name).yaml")
                }
                let content = try await subject.tools.data(subject.version, name)
                var scan = PrivacyScan(quasiIdentifiers: quasiIdentifiers)
                try scan.run(content, dataset.format, decimal: dataset.decimal)
                guard scan.rows > 0 else { throw MissingEvidence("dataset '\(name)' has no rows") }
                rows += scan.rows
                findings += judge(scan, name)
                findings += try lifetime(content, dataset, name, digests, subject.now)
            }
            findings += try await beside(subject)
            return Outcome(
                findings, otherwise: "no undeclared personal data in \(rows.grouped) rows of \(names.listed())",
                measurements: ["rows": .int(rows), "datasets": .array(names.map(JSON.string))])
        }
    }

    /// What the version's folder holds of people besides the datasets: its predictions, and requests, whichever version answered them.
    private func beside(_ subject: Subject) async throws -> [Finding] {
        var findings: [Finding] = []
        if let path = subject.manifest.evaluation?.predictions,
            let content = try await subject.tools.file(subject.version, path)
        {
            findings += try people(in: path) { try $0.run(content, TableFormat(fileName: path)) }
        }
        if let path = subject.manifest.serving?.log, let content = try await subject.tools.file(subject.version, path) {
            findings += try people(in: path) { scan in
                let log = try ServingLog(try RandomAccessBytes(content).all(atMost: 1 << 30), path: path, of: nil)
                try scan.run(.bytes(log.featureLines), .jsonl)
            }
        }
        return findings
    }

    /// A table that cannot be read hides nothing that was found elsewhere.
    private func people(in path: String, _ read: (inout PrivacyScan) throws -> Void) throws -> [Finding] {
        var scan = PrivacyScan(quasiIdentifiers: [])
        do { try read(&scan) } catch {
            guard let gap = Finding(gap: error) else { throw error }
            return [gap]
        }
        return people(scan, path)
    }

    private func judge(_ scan: PrivacyScan, _ name: String) -> [Finding] { people(scan, name) + groups(scan, name) }

    /// Columns that hold people's data and are not declared.
    private func people(_ scan: PrivacyScan, _ name: String) -> [Finding] {
        var findings: [Finding] = []
        for column in scan.columns where !declared.contains(column.name) {
            for (kind, hits) in column.hits.sorted(by: { $0.value.count > $1.value.count }) {
                let share = Double(hits.count) / Double(max(1, column.values))
                guard Double(hits.count) >= kind.leastShare * Double(column.forms[kind] ?? 0) else { continue }
                guard share >= minShare || (kind.hasCheckDigit && hits.count >= minChecked) else { continue }
                findings.append(
                    Finding(
                        .fail,
                        "\(name): \"\(column.name)\": \(hits.count.grouped) of \(column.values.grouped) values look like "
                            + "\(kind.rawValue) (e.g. \(hits.example)); drop the column, or declare it", file: name,
                        value: share, threshold: minShare))
            }
        }
        return findings
    }

    /// Groups of people who share too few values to hide in.
    private func groups(_ scan: PrivacyScan, _ name: String) -> [Finding] {
        guard !quasiIdentifiers.isEmpty else { return [] }
        guard scan.missing.isEmpty else {
            return [
                Finding(.inconclusive, "\(name) has no columns \(scan.missing.listed()) to group people by")
            ]
        }
        let small = scan.groups.values.filter { $0 < k }
        guard let least = small.min() else { return [] }
        let people = small.reduce(0, +)
        return [
            Finding(
                .fail,
                "\(name): \(people.grouped) of \(scan.rows.grouped) rows share \(quasiIdentifiers.listed()) with fewer than "
                    + "\(k - 1) others (smallest group: \(least))", file: name, value: Double(least),
                threshold: Double(k))
        ]
    }
}

extension Privacy {
    /// Rows that are too old, and people who are to be forgotten.
    fileprivate func lifetime(
        _ content: Content, _ dataset: Dataset, _ name: String, _ digests: Set<Digest>, _ now: Timestamp
    ) throws -> [Finding] {
        guard retention != nil || erased != nil else { return [] }
        let lifetime = try DataLifetime(
            of: content, dataset, time: timeColumn, id: idColumn, erased: digests)
        guard lifetime.missing.isEmpty else {
            return [Finding(.inconclusive, "\(name) has no column \(lifetime.missing.listed())", file: name)]
        }
        var findings: [Finding] = []
        if lifetime.erased > 0 {
            findings.append(
                Finding(
                    .fail, "\(name): \(lifetime.erased.grouped) rows belong to people who are to be erased", file: name,
                    value: Double(lifetime.erased), threshold: 0))
        }
        if lifetime.undated > 0 {
            findings.append(
                Finding(
                    .inconclusive, "\(name): \(lifetime.undated.grouped) rows have no \(timeColumn ?? "")", file: name))
        }
        if lifetime.unreadable > 0 {
            findings.append(
                Finding(
                    .inconclusive,
                    "\(name): \(lifetime.unreadable.grouped) values of \(timeColumn ?? "") are no moment such as "
                        + "2026-11-21T09:30:00Z", file: name))
        }
        if let retention, let oldest = lifetime.oldest, now - oldest.time > retention {
            let days = (now - oldest.time).milliseconds / 86_400_000
            findings.append(
                Finding(
                    .fail, "\(name): the oldest row is \(days) days old, \(retention.text) are allowed", file: name,
                    line: oldest.line))
        }
        return findings
    }

    fileprivate func erasedDigests(_ subject: Subject) async throws -> Set<Digest> {
        guard let erased else { return [] }
        let content = try await subject.evidence(erased, "list of erased ids", namedBy: "the gate")
        let text = String(decoding: try RandomAccessBytes(content).all(atMost: 64 << 20), as: UTF8.self)
        return Set(
            try text.split(whereSeparator: \.isNewline).map { line throws(MissingEvidence) in
                guard let digest = Digest(String(line).trimmed) else {
                    throw MissingEvidence("\(erased): '\(Excerpt.line(String(line)))' is no SHA-256", file: erased)
                }
                return digest
            })
    }

    /// Whether the model knows those it was trained on better than others.
    fileprivate func remembered(_ subject: Subject) async throws -> [Finding] {
        guard let membership else { return [] }
        let found = try MembershipInference(
            try await subject.runTable(membership, "membership"), path: membership,
            positive: subject.manifest.evaluation?.positive)
        return found.finding(in: membership, atMost: maxMembershipAUC).map { [$0] } ?? []
    }
}
