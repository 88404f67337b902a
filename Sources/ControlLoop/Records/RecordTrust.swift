public import Domain

/// Which commits of Martlet's own records count, as the branch asks for it.
///
/// Whoever reads records goes by this and not by the references, which anybody who may push them can move meanwhile.
public struct RecordTrust: Sendable {
    public private(set) var references: String
    /// `nil` where records need no signature.
    private(set) var policy: RecordPolicy?
    private var known: [String: Known] = [:]

    private struct Known: Sendable {
        var isJudged = true
        /// What the reference was when it was judged.
        var tip: ObjectID?
        /// What counts.
        var believed: ObjectID?
        /// What was believed last, also where the reference is gone by now.
        var mark: RecordJudge.Mark?
        var doubt: RecordDoubt?
    }

    /// Everything is believed.
    public init(references: String = RepositorySettings().references) { self.references = references }

    /// Judges the records of a repository, for those who only read them. Starts no program where nobody asks for signatures.
    ///
    /// - Parameter names: Which of them will be read, such as `evidence`; of the others nothing is believed. `nil`: all.
    public init(
        at tip: ObjectID, of store: any Store, _ language: any ManifestLanguage, only names: Set<String>? = nil,
        verify: @escaping VerifySignature
    ) async throws {
        let policy = try await store.read { try RecordPolicy(at: tip, $0, language) }
        try await self.init(policy, of: store, only: names, verify: verify)
    }

    init(
        _ policy: RecordPolicy, of store: any Store, only names: Set<String>? = nil, verify: @escaping VerifySignature
    ) async throws {
        self.init(references: policy.references)
        guard policy.asksForSignatures else { return }
        adopt(policy)
        let wanted = names.map { $0.map { "\(policy.references)/\($0)" } }
        for (reference, tip) in try await Self.tips(policy, store) where wanted?.contains(reference) ?? true {
            note(try await judge(reference, at: tip, store, verify), on: reference, at: tip)
        }
    }

    /// What a policy's records are now.
    static func tips(_ policy: RecordPolicy, _ store: any Store) async throws -> [(reference: String, tip: ObjectID?)] {
        let names = policy.records
        return try await store.read { reader in try names.map { ($0, try reader.resolve($0)) } }
    }

    /// Takes over what the branch asks for now. All is to be judged anew by that, and nothing more is believed before.
    mutating func adopt(_ policy: RecordPolicy) {
        self.policy = policy
        references = policy.references
        for reference in Array(known.keys) { known[reference]?.isJudged = false }
    }

    /// Whether a record was judged as it is now.
    func knows(_ reference: String, at tip: ObjectID?) -> Bool {
        known[reference].map { $0.isJudged && $0.tip == tip } ?? (tip == nil)
    }

    func judge(
        _ reference: String, at tip: ObjectID?, _ store: any Store, _ verify: @escaping VerifySignature
    ) async throws -> RecordJudge.Verdict? {
        guard let tip, let policy else { return nil }
        return try await RecordJudge(policy: policy, store: store, verify: verify).verdict(
            on: reference, at: tip, after: known[reference]?.mark)
    }

    /// - Parameter verdict: `nil` where there is no such reference.
    mutating func note(_ verdict: RecordJudge.Verdict?, on reference: String, at tip: ObjectID?) {
        var one = known[reference] ?? Known()
        (one.isJudged, one.tip, one.doubt) = (true, tip, nil)
        switch verdict {
        case nil: one.believed = nil
        case .believed(let mark): (one.believed, one.mark) = (tip, mark)
        case .doubted(let doubt): one.doubt = doubt
        }
        known[reference] = one
    }

    func belief(in reference: String) -> Belief {
        guard policy != nil else { return .all }
        return .only(known[reference]?.believed, doubt: known[reference]?.doubt)
    }

    /// What counts for nothing as it is, by name.
    public var doubts: [RecordDoubt] {
        guard let policy else { return [] }
        return policy.records.compactMap { known[$0]?.doubt }
    }

    /// What a record was when it was judged.
    func judgedTip(of reference: String) -> ObjectID? { known[reference]?.tip }
}

/// Reads and writes one of Martlet's own records, as far as that is believed.
protocol RecordStore: Sendable {
    /// What the reference is called below the others of Martlet's.
    static var name: String { get }

    init(reference: String, belief: Belief)
}

extension RecordStore {
    init(_ trust: RecordTrust) {
        let reference = "\(trust.references)/\(Self.name)"
        self.init(reference: reference, belief: trust.belief(in: reference))
    }
}

extension RequestNotes {
    init(_ trust: RecordTrust) {
        self.init(prefix: trust.references)
        belief = trust.belief(in: reference)
    }
}
