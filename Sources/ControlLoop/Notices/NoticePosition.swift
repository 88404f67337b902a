import Domain

/// How far Martlet's records have been read for notices.
struct NoticePosition: Hashable, Sendable {
    var status: ObjectID?
    var requests: ObjectID?
    var evidence: ObjectID?
    var retraining: ObjectID?

    /// Where the records are now, believed or not: what is accepted later is not told then.
    init(_ trust: RecordTrust, _ reader: any ObjectReader) throws {
        try self.init(trust) { reference, belief in
            belief == .all ? try reader.resolve(reference) : trust.judgedTip(of: reference)
        }
    }

    /// How far the records can be read.
    init(believing trust: RecordTrust, _ reader: any ObjectReader) throws {
        try self.init(trust) { try reader.tip(of: $0, $1) }
    }

    private init(_ trust: RecordTrust, _ tip: (_ reference: String, Belief) throws -> ObjectID?) throws {
        func find(_ name: String) throws -> ObjectID? {
            let reference = "\(trust.references)/\(name)"
            return try tip(reference, trust.belief(in: reference))
        }
        (status, requests) = (try find(StatusStore.name), try find(RequestStore.name))
        (evidence, retraining) = (try find(EvidenceStore.name), try find(RetrainStore.name))
    }

    var json: JSON {
        [
            "status": JSON(status?.description), "requests": JSON(requests?.description),
            "evidence": JSON(evidence?.description), "retraining": JSON(retraining?.description),
        ]
    }

    init(json: JSON?) {
        func id(_ name: String) -> ObjectID? { json?[name]?.string.flatMap { ObjectID($0) } }
        (status, requests, evidence) = (id("status"), id("requests"), id("evidence"))
        retraining = id("retraining")
    }
}
