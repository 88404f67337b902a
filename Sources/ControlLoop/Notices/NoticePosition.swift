import Domain

/// How far Martlet's records have been read for notices.
struct NoticePosition: Hashable, Sendable {
    var status: ObjectID?
    var requests: ObjectID?
    var evidence: ObjectID?

    /// Where the records are now.
    init(_ references: String, _ reader: any ObjectReader) throws {
        status = try reader.resolve(references + "/status")
        requests = try reader.resolve(references + "/requests")
        evidence = try reader.resolve(references + "/evidence")
    }

    var json: JSON {
        [
            "status": JSON(status?.description), "requests": JSON(requests?.description),
            "evidence": JSON(evidence?.description),
        ]
    }

    init(json: JSON?) {
        func id(_ name: String) -> ObjectID? { json?[name]?.string.flatMap { ObjectID($0) } }
        (status, requests, evidence) = (id("status"), id("requests"), id("evidence"))
    }
}
