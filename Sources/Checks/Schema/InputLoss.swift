import Domain

/// What requests may no longer bring once a version runs, and the version before it needs: going back would break it.
struct InputLoss {
    let findings: [Finding]

    /// Compares schemas: features that `old` requires have to be columns of `new`. Where either has no schema, nothing is said.
    init(from old: Subject, to new: Subject) {
        guard let before = old.schema, let now = new.schema else {
            let bare = old.schema == nil ? old : new
            findings = [
                Finding(
                    .skipped,
                    "whether requests would still bring what \(old.version.title) needs is not known: \(bare.version.title) has no spec.schema"
                )
            ]
            return
        }
        let needed = old.neededWhenServing(before)
        let types = Dictionary(now.columns.map { ($0.name, $0.type) }) { first, _ in first }
        let lost = needed.filter { types[$0.name] == nil }.map { "\"\($0.name)\"" }
        let changed = needed.compactMap { column in
            types[column.name].flatMap { type in
                type == column.type || (type, column.type) == (.int, .float)
                    ? nil : "\"\(column.name)\" (\(column.type.rawValue) → \(type.rawValue))"
            }
        }
        var findings: [Finding] = []
        if !lost.isEmpty {
            findings.append(
                Finding(
                    .fail,
                    "\(old.version.title), which a rollback leads to, needs \(lost.listed()), and the schema of \(new.version.title) has no such "
                        + "column; keep it there, with required: false, until a version runs that does without",
                    file: new.manifest.schema))
        }
        if !changed.isEmpty {
            findings.append(
                Finding(
                    .warn,
                    "\(old.version.title), which a rollback leads to, knows columns as another type: \(changed.listed())",
                    file: new.manifest.schema))
        }
        self.findings = findings
    }
}

extension Subject {
    /// The features that a request must have: those that the schema requires, but for what evaluation adds to them.
    func neededWhenServing(_ schema: Schema) -> [Schema.Column] {
        let columns = manifest.evaluation?.columns
        let added = [columns?.id, columns?.label, columns?.prediction, columns?.score, columns?.query].compactMap(
            \.self)
        return schema.columns.filter { $0.role == .feature && $0.required && !added.contains($0.name) }
    }
}
