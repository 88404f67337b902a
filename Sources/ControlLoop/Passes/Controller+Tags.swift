import Domain

extension Controller {
    /// What tags are to say of a deployment.
    struct TagWish: Hashable, Sendable {
        let pin: Pin?
        let stage: Bool
        let version: Bool
    }

    /// What a deployment lacks in tags; none where they say it all.
    private struct Lack: Sendable {
        let unit: Unit
        let wish: TagWish
        let updates: [ReferenceUpdate]
    }

    /// Tags what the deployments run by the branch, and its versions, where `martlet.yaml` asks for it.
    ///
    /// Pushed apart from everything else, so that a remote that protects its tags stops no promotion, and one tag that cannot be
    /// written or pushed stops no other. What failed is tried again after ten minutes, since only the difference to the tags that are
    /// there counts. A branch that was rewritten says nothing until a person accepts that.
    func tag(_ units: [Unit], _ snapshot: Snapshot) async {
        let (stage, version) = (snapshot.settings.stageTags, snapshot.settings.versionTags)
        guard stage || version else { return (tagging.wishes, tagging.retries) = ([:], [:]) }
        let now = surroundings.tools.now()
        let changed = units.map { unit in
            let pin = snapshot.deployments[unit.environment]?[unit.model]?.value.pin
            return (unit, TagWish(pin: pin, stage: stage, version: version))
        }.filter { unit, wish in
            tagging.wishes[unit] != wish && tagging.retries[unit].map { now >= $0 } ?? true
                && (wish.pin != nil || hasEnded(unit))
        }
        guard !branchMemory.wasRewritten, !changed.isEmpty else { return }
        do {
            let author = author
            let (lacking, objections, failed) = try await surroundings.store.write { writer in
                var (stages, versions) = (try stage ? StageTags(writer) : nil, try version ? VersionTags(writer) : nil)
                var (lacking, objections, failed) = ([Lack](), [String](), [(Unit, String)]())
                for (unit, wish) in changed {
                    do {
                        var missing = try stages?.missing(unit, wish.pin, by: author, writer) ?? []
                        stages?.count(missing.count, of: unit.model)
                        if let pin = wish.pin {
                            switch try versions?.look(at: pin, of: unit.model, by: author, writer) {
                            case nil, .nothing: break
                            case .missing(let tag): missing.append(tag)
                            case .objection(let words): objections.append(words)
                            }
                        }
                        let updates = try missing.map {
                            ReferenceUpdate("refs/tags/\($0.name)", from: nil, to: try writer.write($0))
                        }
                        lacking.append(Lack(unit: unit, wish: wish, updates: updates))
                    } catch { failed.append((unit, "\(error)")) }
                }
                return (lacking, objections, failed)
            }
            for words in objections where told.tagObjections.insert(words).inserted {
                surroundings.tell(Event(.warning, words))
            }
            for (unit, words) in failed { fail([unit], words) }
            for lack in lacking where lack.updates.isEmpty { tagging.wishes[lack.unit] = lack.wish }
            let news = await signed(lacking.filter { !$0.updates.isEmpty })
            for start in stride(from: 0, to: news.count, by: max(1, options.batch)) {
                guard try await push(Array(news[start..<min(start + options.batch, news.count)])) else { return }
            }
        } catch {
            fail(changed.map(\.0), "\(error)")
        }
    }

    /// The same with each tag signed, where there is a key; without those of deployments for which that fails.
    private func signed(_ lacking: [Lack]) async -> [Lack] {
        var signed: [Lack] = []
        for lack in lacking {
            do {
                var updates = lack.updates
                for index in updates.indices {
                    if let tag = updates[index].new { updates[index].new = try await surroundings.signTag(tag) }
                }
                signed.append(Lack(unit: lack.unit, wish: lack.wish, updates: updates))
            } catch { fail([lack.unit], "\(error)") }
        }
        return signed
    }

    /// Nothing runs there any more, as far as is known: what waits for a person, or stands in an environment that is broken, runs on.
    private func hasEnded(_ unit: Unit) -> Bool { ledger[unit].map { $0.state == .empty } ?? true }

    /// Pushes the tags of all at once, and where that is refused, one deployment's after another. Returns `false` after a lost race.
    private func push(_ lacking: [Lack]) async throws -> Bool {
        let publisher = Publisher(remote: surroundings.remote, step: surroundings.step)
        do {
            guard try await publisher.publish(lacking.flatMap(\.updates)) else {
                // The tags that are there now have to be fetched before the next try.
                seen = [:]
                let next = surroundings.tools.now() + .seconds(60)
                for lack in lacking { timers.set(lack.unit, at: next) }
                return false
            }
        } catch {
            guard lacking.count > 1 else {
                fail(lacking.map(\.unit), "\(error)")
                return true
            }
            var refused = 0
            for (index, lack) in lacking.enumerated() {
                guard refused < 3 else {
                    fail(lacking[index...].map(\.unit), "\(error)")
                    break
                }
                guard try await push([lack]) else { return false }
                refused = tagging.retries[lack.unit] == nil ? 0 : refused + 1
            }
            return true
        }
        let updates = lacking.flatMap(\.updates)
        try await surroundings.store.write { writer in
            for update in updates where try writer.resolve(update.name) == nil {
                _ = try writer.move(update.name, from: nil, to: update.new, reason: "martlet: published")
            }
        }
        for lack in lacking { (tagging.wishes[lack.unit], tagging.retries[lack.unit]) = (lack.wish, nil) }
        // The next promotion of such a version names it by its label.
        if lacking.contains(where: \.wish.version) { await catalog.forgetLabels() }
        return true
    }

    private func fail(_ units: [Unit], _ words: String) {
        guard let first = units.first else { return }
        let more = units.count > 1 ? " and \(units.count - 1) more" : ""
        surroundings.tell(Event(.warning, "cannot tag what runs, \(first)\(more): \(words)"))
        let next = surroundings.tools.now() + .seconds(600)
        for unit in units {
            tagging.retries[unit] = next
            timers.set(unit, at: next)
        }
    }
}
