import Domain

/// The tags `MODEL#ENV#N` that assign versions to environments, and `MODEL#ENV!#N` that take them away, as GTO reads them
/// (github.com/iterative/gto): annotated, numbered by model. Of each version the newest event counts, and among the versions that are
/// assigned by that the newest one.
struct StageTags {
    private var byUnit: [Unit: [Event]] = [:]
    /// The greatest number among all of a model's events.
    private var numbers: [String: Int] = [:]

    private struct Event {
        let target: ObjectID
        let number: Int
        let isWithdrawal: Bool
    }

    private struct Assignment {
        let tag: Tag
        let number: Int
        let isWithdrawal: Bool

        var time: Int64 { tag.tagger?.time.seconds ?? 0 }
        static func isOlder(_ one: Assignment, _ other: Assignment) -> Bool {
            (one.time, one.number) < (other.time, other.number)
        }
    }

    /// Longer numbers are nobody's: who may push tags must not be able to use all of them up.
    private static let digits = 12

    init(_ reader: any ObjectReader) throws {
        for reference in try reader.references(matching: "refs/tags/*#*") {
            var rest = reference.name.dropFirst("refs/tags/".utf8.count)
            var number = 0
            if let hash = rest.lastIndex(of: "#") {
                let end = rest[rest.index(after: hash)...]
                if end.utf8.count <= Self.digits, end.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let counter = Int(end) {
                    (number, rest) = (counter, rest[..<hash])
                }
            }
            guard let mark = rest.firstIndex(where: { $0 == "#" || $0 == "@" }) else { continue }
            let model = String(rest[..<mark])
            numbers[model] = max(numbers[model] ?? 0, number)
            guard rest[mark] == "#" else { continue }
            let stage = rest[rest.index(after: mark)...]
            let isWithdrawal = stage.hasSuffix("!")
            let unit = Unit(environment: String(isWithdrawal ? stage.dropLast() : stage), model: model)
            byUnit[unit, default: []].append(
                Event(target: reference.target, number: number, isWithdrawal: isWithdrawal))
        }
    }

    /// The tags that are missing to say what runs: an assignment, or where nothing does, a withdrawal of each that stands.
    ///
    /// GTO orders tags by their seconds alone, so that a new one is always later than those before it.
    func missing(_ unit: Unit, _ pin: Pin?, by author: Person, _ reader: any ObjectReader) throws -> [Tag] {
        let events = try (byUnit[unit] ?? []).compactMap { event -> Assignment? in
            // A tag of something else than a commit is none of GTO's.
            guard let tag = try reader.tag(event.target), (try? reader.commit(tag.target)) != nil else { return nil }
            return Assignment(tag: tag, number: event.number, isWithdrawal: event.isWithdrawal)
        }
        let standing = Dictionary(grouping: events, by: \.tag.target).values.compactMap {
            $0.max(by: Assignment.isOlder)
        }.filter { !$0.isWithdrawal }.sorted(by: Assignment.isOlder)
        var tagger = author
        if let newest = events.map(\.time).max() {
            tagger.time = max(author.time, Timestamp(seconds: min(newest, 1 << 40) + 1))
        }
        let (stage, next) = (unit.environment, (numbers[unit.model] ?? 0) + 1)
        if let pin {
            guard standing.last?.tag.target != pin.revision else { return [] }
            return [
                Tag(
                    name: "\(unit.model)#\(stage)#\(next)", target: pin.revision, tagger: tagger,
                    message:
                        "Assigning stage \(stage) to artifact \(unit.model) version \(pin.version ?? "\(pin.revision)")"
                )
            ]
        }
        return standing.enumerated().map { offset, assignment in
            let target = assignment.tag.target
            return Tag(
                name: "\(unit.model)#\(stage)!#\(next + offset)", target: target, tagger: tagger,
                message: "Unassigning stage '\(stage)' to artifact '\(unit.model)' version '\(target)'")
        }
    }

    /// Counts tags that were written, so that the next one of their model has another number.
    mutating func count(_ tags: Int, of model: String) { numbers[model, default: 0] += tags }
}
