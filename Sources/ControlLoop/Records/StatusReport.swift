public import Domain

/// What the branch and the status reference say of every deployment, read without the loop.
public struct StatusReport: Sendable {
    public struct Line: Hashable, Sendable {
        public let unit: Unit
        public let pin: Pin?
        public let state: String
        public let since: Timestamp?
        public let reason: String
    }

    public let revision: ObjectID
    public let lines: [Line]
    /// Which controller acts, where one loops.
    public let lease: Lease?
    /// Where that stands.
    public let leaseReference: String
    /// Whether the branch was rewritten and no person has accepted that: the controller does not act on what it says now.
    public let isRewritten: Bool
    /// What is wrong with the manifests that were read for it: the settings, environments, gates and the deployments that it is about.
    public let problems: [Diagnostic]

    /// Reads the branch's tip. Only `environments/`, `gates/` and the status reference are opened.
    ///
    /// - Parameters:
    ///   - clone: How the clone that is read stands to what the controller recorded.
    ///   - verify: Is asked where records need signatures.
    public static func read(
        _ store: any Store, _ language: any ManifestLanguage, branch: String, environment: String? = nil,
        model: String? = nil, clone: CloneStanding = .upToDate, memory: (any PinMemory)? = nil,
        verify: @escaping VerifySignature = { _, _ in .notVerifiedHere }
    ) async throws -> StatusReport {
        guard let tip = try await store.read({ try $0.resolve("refs/heads/\(branch)") }) else {
            throw LoopError.noBranch(branch)
        }
        let (files, others, damage) = try await store.read { reader in
            // The listing is not kept: it may be large.
            let listing = try Listing(at: tip, folders: ["environments", "gates"], reader)
            let files = listing.files.filter { file in
                file.place.kind == Deployment.kind && (environment.map { $0 == file.place.environment } ?? true)
                    && (model.map { $0 == file.place.name } ?? true)
            }
            return (files, listing.files.filter { $0.place.kind != Deployment.kind }, listing.damage)
        }
        let trust = try await RecordTrust(at: tip, of: store, language, verify: verify)
        let (prefix, records) = (trust.references, StatusStore(trust))
        let (recorded, lost) = try await statuses(records, store, environment, model)
        let requests = try await store.read { try RequestStore(trust).read($0) }
        let trainings = try await store.read { try RetrainStore(trust).readAll($0) }
        let pins = try await pins(files, store, language, memory)
        if let memory, environment == nil, model == nil, pins.isNews { remember(pins.found, memory) }
        let wrong = try await ManifestPipeline(store: store, language: language).map(others) { $0.errors }
        let isRewritten =
            try await clone.isBehind ? false : Self.isRewritten(tip, records, store)
        let broken = zip(others, wrong).filter { $0.place.kind == Environment.kind && !$1.isEmpty }.map(\.0.place)
        var frozen = Dictionary(broken.map { ($0.name, "\($0.path) cannot be read") }) { first, _ in first }
        let gone = withoutFile(files, others)
        for name in gone { frozen[name] = "there is no \(Snapshot.file(ofEnvironment: name))" }
        var known = 0
        let lines = pins.found.map { file, pin in
            let unit = Unit(environment: file.place.environment ?? "", model: file.place.name)
            let status = recorded[unit]
            if status != nil { known += 1 }
            let isLost = status == nil && lost.contains { $0.concerns(unit) }
            if isLost || records.belief.doubt != nil {
                return Line(
                    unit: unit, pin: pin?.pin, state: "unknown", since: nil,
                    reason: isLost
                        ? "what the controller recorded cannot be read; it finds it out anew"
                        : "what is recorded of it is not believed"
                ).frozen(by: frozen[unit.environment])
            }
            let read = file.isFormer ? nil : pin
            return line(unit, read, status, clone, isRewritten: isRewritten).frozen(
                by: frozen[unit.environment]
            )
            .with(requests[unit]).with(trainings[unit.model])
        }
        let all = known == recorded.count ? lines : withLeftovers(lines, recorded, environment, model)
        let lease = try await store.read { reader in
            // Where it is damaged, nobody can tell who has it.
            try reader.resolve(prefix + "/lease").flatMap { try? Lease.read($0, reader) }
        }
        return StatusReport(
            revision: tip, lines: all, lease: lease, leaseReference: prefix + "/lease", isRewritten: isRewritten,
            problems: trust.doubts.map(\.diagnostic) + damage.map { $0.diagnostic(of: "folder") }
                + wrong.flatMap(\.self)
                + gone.map(Diagnostic.goneEnvironment) + pins.problems
                + lost.map { $0.diagnostic(in: records.reference) })
    }

    /// The environments of these deployments that have no file. Deployments of one environment are listed together.
    private static func withoutFile(_ deployments: [Listing.File], _ others: [Listing.File]) -> [String] {
        let described = Set(others.lazy.filter { $0.place.kind == Environment.kind }.map(\.place.name))
        var names: Set<String> = [], last: String?
        for file in deployments where file.place.environment != last {
            last = file.place.environment
            if let last, !described.contains(last) { names.insert(last) }
        }
        return names.sorted()
    }

    /// The lines, and those of what still runs though the branch names it no more.
    private static func withLeftovers(
        _ lines: [Line], _ recorded: [Unit: DeploymentStatus], _ environment: String?, _ model: String?
    ) -> [Line] {
        let known = Set(lines.map(\.unit))
        let leftovers = recorded.filter { unit, status in
            status.state != .empty && !known.contains(unit) && (environment ?? unit.environment) == unit.environment
                && (model ?? unit.model) == unit.model
        }
        let more = leftovers.map { unit, status in
            Line(unit: unit, pin: status.pin, state: status.state.rawValue, since: status.since, reason: status.reason)
        }
        return (lines + more).sorted { $0.unit < $1.unit }
    }

    /// What each file pins, `nil` where it cannot be read, and why not; and whether any had to be.
    private static func pins(
        _ files: [Listing.File], _ store: any Store, _ language: any ManifestLanguage, _ memory: (any PinMemory)?
    ) async throws -> (found: [(Listing.File, RememberedPin?)], problems: [Diagnostic], isNews: Bool) {
        var found = files.map { file in (file, file.mode == .symlink ? nil : memory?.pin(of: file.key)) }
        let missing = found.indices.filter { found[$0].1 == nil }
        let read = try await ManifestPipeline(store: store, language: language).map(missing.map { files[$0] }) { file in
            guard case .deployment(let deployment)? = file.file.documents.first?.manifest, !file.hasErrors else {
                return (nil as RememberedPin?, file.errors)
            }
            return (RememberedPin(pin: deployment.pin), [])
        }
        for (index, one) in zip(missing, read) { found[index].1 = one.0 }
        return (found, read.flatMap(\.1), !missing.isEmpty)
    }

    /// Broken files are not remembered: they are complained about each time.
    private static func remember(_ pins: [(Listing.File, RememberedPin?)], _ memory: any PinMemory) {
        memory.remember(pins.compactMap { file, pin in pin.map { (file.key, $0.pin) } })
    }

    private static func statuses(
        _ status: StatusStore, _ store: any Store, _ environment: String?, _ model: String?
    ) async throws -> ([Unit: DeploymentStatus], lost: [Damage]) {
        try await store.read { reader in
            if let environment, let model {
                let unit = Unit(environment: environment, model: model)
                if let one = try? status.read(unit, reader) { return ([unit: one], []) }
            }
            let ledger = try status.read(reader)
            return (ledger.statuses, ledger.lost)
        }
    }

    /// Whether what the controller has read of the branch is not in its history any more.
    private static func isRewritten(_ tip: ObjectID, _ status: StatusStore, _ store: any Store) async throws -> Bool {
        try await store.read { reader in
            guard let observed = try status.observed(reader) else { return false }
            // One that is gone from the object database was rewritten away, too.
            return try !reader.has(observed) || !reader.reaches(observed, from: tip)
        }
    }

    private static func line(
        _ unit: Unit, _ read: RememberedPin?, _ status: DeploymentStatus?, _ clone: CloneStanding, isRewritten: Bool
    ) -> Line {
        guard let deployment = read else {
            let line = Line(
                unit: unit, pin: status?.pin, state: status?.state.rawValue ?? "broken", since: status?.since,
                reason: status?.reason ?? "no version yet")
            return line.frozen(by: "\(Snapshot.path(ofDeployment: unit.model, in: unit.environment)) cannot be read")
        }
        if let status, status.pin?.revision == deployment.pin?.revision {
            return Line(
                unit: unit, pin: deployment.pin, state: status.state.rawValue, since: status.since,
                reason: status.reason + (status.hold.map { "; held: \($0.cause)" } ?? "")
                    + (status.hindrance.map { "; \($0.reason)" } ?? "") + status.left.map { "; \($0.words)" }.joined())
        }
        if isRewritten, let status {
            let words = status.state == .failed || status.state == .stalled ? ": \(status.reason)" : ""
            return Line(
                unit: unit, pin: deployment.pin, state: DeploymentStatus.State.pending.rawValue, since: nil,
                reason: "the branch was rewritten, and the controller acts on it only after martlet reconcile "
                    + "--accept-rewrite; there, \(status.pin?.label ?? "no version") is \(status.state.rawValue)\(words)"
            )
        }
        if clone.isBehind, let status {
            return Line(
                unit: unit, pin: deployment.pin, state: DeploymentStatus.State.pending.rawValue, since: nil,
                reason: "this clone is behind the controller, where \(status.pin?.label ?? "no version") is "
                    + status.state.rawValue)
        }
        if deployment.pin == nil, let status, let running = status.pin {
            return Line(
                unit: unit, pin: nil, state: DeploymentStatus.State.pending.rawValue, since: nil,
                reason:
                    "the branch names no version any more, and the controller has not acted on that; "
                    + "\(running.label) is \(status.state.rawValue)")
        }
        if case .withoutRecords = clone, deployment.pin != nil {
            return Line(
                unit: unit, pin: deployment.pin, state: "unknown", since: nil,
                reason: "this clone has none of the controller's records")
        }
        let state: DeploymentStatus.State = deployment.pin == nil ? .empty : .pending
        return Line(
            unit: unit, pin: deployment.pin, state: state.rawValue, since: nil,
            reason: deployment.pin == nil ? "no version yet" : "the controller has not seen this commit yet")
    }

    /// The report as JSON, piece by piece: it may have a hundred thousand lines.
    ///
    /// - Parameter remark: What else is to be known of where it was read.
    public func writeJSON(remark: String? = nil, _ write: (String) -> Void) {
        write("{\n  \"revision\": \"\(revision)\",\n  \"environments\": {")
        var last: String?
        for line in lines {
            let isNew = line.unit.environment != last
            if isNew {
                write((last == nil ? "\n" : "\n    },\n") + "    \(JSON.string(line.unit.environment).text()): {\n")
            } else {
                write(",\n")
            }
            write("      \(JSON.string(line.unit.model).text()): \(line.json.text())")
            last = line.unit.environment
        }
        write((last == nil ? "" : "\n    }\n  ") + "},\n  \"lease\": \(lease?.json.text() ?? "null"),\n")
        write("  \"remark\": \(JSON(remark).text()),\n")
        write("  \"diagnostics\": \(JSON.array(problems.map(\.json)).text())\n}\n")
    }
}

extension StatusReport.Line {
    /// The line with what of its manifests cannot be read: that keeps versions out, and leaves what runs watched.
    fileprivate func frozen(by cause: String?) -> StatusReport.Line {
        guard let cause else { return self }
        let words = "\(cause): what was valid last counts, and nothing enters"
        return StatusReport.Line(unit: unit, pin: pin, state: state, since: since, reason: "\(reason); \(words)")
    }

    /// The line with what an open request waits for.
    fileprivate func with(_ request: RequestStatus?) -> StatusReport.Line {
        // What Martlet has taken back is history: what it says may have changed since.
        guard let request, !request.isOver, !request.isWithdrawn else { return self }
        return StatusReport.Line(
            unit: unit, pin: pin, state: state, since: since, reason: "\(reason); \(request.summary)")
    }

    /// The line with what became of a training that the deployment's monitor asked for.
    fileprivate func with(_ trainings: RetrainRecord?) -> StatusReport.Line {
        guard let words = trainings?.words(for: unit) else { return self }
        return StatusReport.Line(unit: unit, pin: pin, state: state, since: since, reason: "\(reason); \(words)")
    }

    public var json: JSON {
        [
            "revision": JSON(pin?.revision.description), "version": JSON(pin?.version),
            "digest": JSON(pin?.digest?.description),
            "state": .string(state), "since": JSON(since?.description), "reason": .string(reason),
        ]
    }
}

extension Listing.File {
    /// Names the content at this very path, which it has to agree with, in the memory of pins. FNV-1a: nobody gains by a collision.
    fileprivate var key: ObjectID {
        let path = place.path.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return ObjectID(high: blob.words.high ^ path, middle: blob.words.middle, low: blob.words.low)
    }
}

extension ParsedFile {
    fileprivate var errors: [Diagnostic] { file.diagnostics.filter { $0.severity == .error } }
}
