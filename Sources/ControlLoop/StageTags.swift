import Domain

/// The tags `MODEL#ENV#N` that assign versions to environments, and `MODEL#ENV!#N` that take them away, as GTO reads them
/// (github.com/iterative/gto): annotated, numbered by model, the newest time counts.
struct StageTags {
    private var byUnit: [Unit: [(reference: Reference, number: Int, isWithdrawal: Bool)]] = [:]
    /// The greatest number among all of a model's events.
    private var numbers: [String: Int] = [:]

    init(_ reader: any ObjectReader) throws {
        for reference in try reader.references(matching: "refs/tags/*#*") {
            var rest = reference.name.dropFirst("refs/tags/".utf8.count)
            var number = 0
            if let hash = rest.lastIndex(of: "#"), let counter = Int(rest[rest.index(after: hash)...]) {
                (number, rest) = (counter, rest[..<hash])
            }
            guard let mark = rest.firstIndex(where: { $0 == "#" || $0 == "@" }) else { continue }
            let model = String(rest[..<mark])
            numbers[model] = max(numbers[model] ?? 0, number)
            guard rest[mark] == "#" else { continue }
            let stage = rest[rest.index(after: mark)...]
            let isWithdrawal = stage.hasSuffix("!")
            let unit = Unit(environment: String(isWithdrawal ? stage.dropLast() : stage), model: model)
            byUnit[unit, default: []].append((reference, number, isWithdrawal))
        }
    }

    /// The tag that is missing to say what runs, or that nothing does; `nil` where the newest one says so.
    ///
    /// GTO orders tags by their seconds alone, so that a new one is always later than those before it.
    func missing(_ unit: Unit, _ pin: Pin?, by author: Person, _ reader: any ObjectReader) throws -> Tag? {
        let events = try (byUnit[unit] ?? []).compactMap { event in
            try reader.tag(event.reference.target).map {
                (tag: $0, number: event.number, isWithdrawal: event.isWithdrawal)
            }
        }
        let newest = events.max { (time($0.tag), $0.number) < (time($1.tag), $1.number) }
        let assigned = newest.flatMap { $0.isWithdrawal ? nil : $0.tag.target }
        guard assigned != pin?.revision, let target = pin?.revision ?? assigned else { return nil }
        var tagger = author
        if let newest { tagger.time = max(author.time, Timestamp(seconds: time(newest.tag) + 1)) }
        let number = (numbers[unit.model] ?? 0) + 1
        let stage = unit.environment, version = pin?.version ?? "\(target)"
        return Tag(
            name: "\(unit.model)#\(stage)\(pin == nil ? "!" : "")#\(number)", target: target, tagger: tagger,
            message: pin == nil
                ? "Unassigning stage '\(stage)' to artifact '\(unit.model)' version '\(version)'"
                : "Assigning stage \(stage) to artifact \(unit.model) version \(version)")
    }

    /// Counts the tag, so that the next one of its model has another number.
    mutating func count(_ unit: Unit) { numbers[unit.model, default: 0] += 1 }

    private func time(_ tag: Tag) -> Int64 { tag.tagger?.time.seconds ?? 0 }
}

extension Controller {
    /// Tags what the deployments run by the branch, where `martlet.yaml` asks for it.
    ///
    /// Pushed apart from everything else: a remote that protects its tags stops no promotion. What could not be pushed is
    /// looked at again, since only the difference to the tags that are there counts.
    func tagStages(_ units: [Unit], _ snapshot: Snapshot) async {
        guard snapshot.settings.stageTags else { return taggedStages = [:] }
        let pins = units.map { ($0, snapshot.deployments[$0.environment]?[$0.model]?.value.pin) }
        let changed = pins.filter { unit, pin in
            // What a person has to agree to runs on.
            let isKept = pin == nil && removesTooMuch[unit.environment] == true && !options.acceptsRemoval
            return taggedStages[unit] != .some(pin?.revision) && !isKept
        }
        guard !changed.isEmpty else { return }
        do {
            let author = author
            let updates = try await surroundings.store.write { writer in
                var (tags, updates) = (try StageTags(writer), [ReferenceUpdate]())
                for (unit, pin) in changed {
                    guard let tag = try tags.missing(unit, pin, by: author, writer) else { continue }
                    tags.count(unit)
                    updates.append(ReferenceUpdate("refs/tags/\(tag.name)", from: nil, to: try writer.write(tag)))
                }
                return updates
            }
            let publisher = Publisher(remote: surroundings.remote, step: surroundings.step)
            guard try await publisher.publish(updates) else {
                return lookAgain(at: changed.map(\.0), after: .seconds(60))
            }
            try await surroundings.store.write { writer in
                for update in updates where try writer.resolve(update.name) == nil {
                    _ = try writer.move(update.name, from: nil, to: update.new, reason: "martlet: published")
                }
            }
            for (unit, pin) in changed { taggedStages[unit] = .some(pin?.revision) }
        } catch {
            surroundings.tell(Event(.warning, "cannot tag what runs: \(error)"))
            lookAgain(at: changed.map(\.0), after: .seconds(600))
        }
    }

    private func lookAgain(at units: [Unit], after wait: Duration) {
        for unit in units { timers.set(unit, at: surroundings.tools.now() + wait) }
    }
}
