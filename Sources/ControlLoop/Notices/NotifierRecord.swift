import Domain

/// What one notifier has been told: a file of `refs/martlet/notices`.
struct NotifierRecord: Hashable, Sendable {
    /// Everything up to here was told or given up.
    var position: NoticePosition
    /// When there was this notifier for the first time.
    let began: Timestamp
    /// When this was written; stands in for a position that was rewritten away.
    var time: Timestamp
    /// The ids of the newest notices that it took, newest last.
    var told: [String] = []
    /// What it would not take for a whole day, newest last.
    var lost: [String] = []

    private static let mostTold = 1000
    /// Of what lies before the position, so many are kept: what stands in no record is known by them alone.
    private static let mostBefore = 50

    /// Notes that nothing before `position` waits any more.
    mutating func advance(to position: NoticePosition) {
        self.position = position
        told = Array(told.suffix(Self.mostBefore))
    }

    mutating func tell(_ ids: [String]) { told = Array((told + ids).suffix(Self.mostTold)) }

    mutating func lose(_ notice: Notice) {
        tell([notice.id])
        lost = Array((lost + ["\(notice.time) \(notice.event.rawValue): \(notice.headline)"]).suffix(50))
    }

    /// The other's further knowledge taken in: what either told is told.
    mutating func merge(_ other: NotifierRecord) {
        let mine = Set(told)
        tell(other.told.filter { !mine.contains($0) })
    }

    var json: JSON {
        [
            "position": position.json, "began": .string(began.description), "time": .string(time.description),
            "told": .array(told.map(JSON.string)), "lost": .array(lost.map(JSON.string)),
        ]
    }
}

extension NotifierRecord {
    /// Reads what ``json`` wrote; `nil` where something is missing.
    init?(json: JSON) {
        guard let began = json["began"]?.string.flatMap({ Timestamp($0) }),
            let time = json["time"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            position: NoticePosition(json: json["position"]), began: began, time: time,
            told: (json["told"]?.array ?? []).compactMap(\.string),
            lost: (json["lost"]?.array ?? []).compactMap(\.string))
    }
}
