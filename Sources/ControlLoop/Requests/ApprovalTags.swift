import Domain

/// The tags below `approve/ENV/MODEL/` that are looked at: whoever may push can make as many as they like.
struct ApprovalTags: Sendable {
    struct Found: Sendable {
        let name: ApprovalTag
        let id: ObjectID
        /// `nil` where the reference leads straight to a commit.
        let tag: Tag?
        /// Why the tag cannot be read. Whoever may push can push one that is no tag.
        var fault: String?
    }

    /// By name.
    let found: [Found]
    /// How many there are besides.
    let left: Int

    /// How many are looked at whose names are none that the list of signers has. A signature takes some 30 ms to verify.
    static let mostOthers = 32

    /// Those that people of the list would make come first, so that nobody's are crowded out.
    init(of unit: Unit, among signers: Signers, _ reader: any ObjectReader) throws {
        let all = try reader.references(matching: "\(ApprovalTag.prefix)\(unit.environment)/\(unit.model)/*")
            .compactMap { reference in
                ApprovalTag(reference.name).flatMap { $0.unit == unit ? (name: $0, id: reference.target) : nil }
            }.sorted { $0.name.who < $1.name.who }
        let names = all.isEmpty ? [] : Self.names(signers)
        let others = all.filter { !names.contains($0.name.who) }
        let taken = all.filter { names.contains($0.name.who) } + others.prefix(Self.mostOthers)
        left = all.count - taken.count
        found = try taken.map { name, id in
            do {
                return Found(name: name, id: id, tag: try reader.tag(id))
            } catch let failure as any Failure where failure.remedy == .askHuman {
                return Found(name: name, id: id, tag: nil, fault: failure.description)
            }
        }
    }

    /// How tags of the people in the list are called.
    private static func names(_ signers: Signers) -> Set<String> {
        let people = signers.people
        return Set(people).union(people.compactMap { $0.split(separator: "@").first.map(String.init) })
    }
}

extension ApprovalTags {
    /// What is said of those that nobody looked at.
    func refusal(_ unit: Unit) -> Approvals.Refusal? {
        guard left > 0 else { return nil }
        return Approvals.Refusal(
            tag: "each of \(left) more tags approve/\(unit.environment)/\(unit.model)/*",
            reason:
                "\(Self.mostOthers) are looked at under names that \(Signers.file) does not have; delete those of no use"
        )
    }
}
