import Data
import Domain

/// How metrics changed from the version that runs now, and from the best of those before it where one is better.
struct QualityChanges {
    /// Another version's value of a metric, and the change from it.
    struct Rival {
        let change: PairedChange
        let version: ModelVersion
        /// Whether it is the best of the last versions; else it is the one that runs now.
        let isBest: Bool
    }

    private var rivals: [String: [Rival]] = [:]
    /// Why nothing could be measured.
    private(set) var gap: Finding?
    /// Whether nothing could be measured because rows or labels are not those of the version that runs now, though both evaluate the
    /// same data.
    private(set) var isOfSameData = false
    /// The rows that are compared with the version that runs now.
    private(set) var overlap: Overlap?

    /// - Parameter earlier: Those of them count that predicted at least half of the rows. The rest says nothing of these.
    init(
        of names: [String], to predictions: Predictions, of subject: Subject, from deployed: Subject,
        or earlier: [Subject], clusterBy: String? = nil
    ) async throws {
        var rowsBefore: Int?
        do {
            let before = try await deployed.readPredictions(clusterBy: clusterBy)
            rowsBefore = before.rowCount
            let pair = try PredictionPair(before, predictions, for: names)
            overlap = Overlap(
                common: pair.rows, of: before.rowCount, and: predictions.rowCount, with: deployed.version.title)
            var changes = try pair.changes(of: names)
            // A new manifest of the same model: that its predictions are the same is no chance.
            if await subject.hasArtifact(of: deployed) == true { changes = changes.mapValues(\.ofOneArtifact) }
            add(changes, of: deployed.version, isBest: false)
        } catch {
            guard let found = Finding(gap: error) else { throw error }
            var (verdict, more) = (found.verdict, "")
            if let mismatch = (error as? DataError)?.mismatch {
                let isNew = subject.evaluatesOtherData(than: deployed)
                let isBorneOut = isNew ? false : try await subject.bearsOut(predictions, against: mismatch)
                isOfSameData =
                    !isNew && !isBorneOut && mismatch.isProof(rows: predictions.rowCount, before: rowsBefore ?? 0)
                if isOfSameData, mismatch == .labels(byID: true) { verdict = .fail }
                more =
                    isNew
                    ? "; the evaluation data is other than then"
                    : isBorneOut ? "; this version's are those of the data" : subject.unnamedDataHint
            }
            let words = "the change from \(deployed.version.title) cannot be measured: \(found.message)\(more)"
            gap = Finding(verdict, words, mayChange: found.mayChange)
            return
        }
        var pairs: [RivalPair] = []
        for version in earlier {
            if let pair = try await Self.pair(version, predictions, names, clusterBy) {
                let isSame = await subject.hasArtifact(of: version) == true
                pairs.append(RivalPair(version: version.version, pair: pair, isSameArtifact: isSame))
            }
        }
        try addBest(of: pairs)
    }

    /// `nil` where the two cannot be compared. A server answers for what it runs now, not for what it ran then.
    private static func pair(
        _ earlier: Subject, _ predictions: Predictions, _ names: [String], _ clusterBy: String?
    ) async throws -> PredictionPair? {
        let evaluation = earlier.manifest.evaluation
        guard evaluation?.predictions != nil || evaluation?.endpoint == nil else { return nil }
        do {
            let pair = try PredictionPair(await earlier.readPredictions(clusterBy: clusterBy), predictions, for: names)
            return 2 * pair.rows >= predictions.rowCount ? pair : nil
        } catch {
            guard let gap = Finding(gap: error), gap.verdict != .error else { throw error }
            return nil
        }
    }

    /// From the version that runs now, then from the best of those before it.
    func rivals(of name: String) -> [Rival] { rivals[name] ?? [] }

    private mutating func add(_ changes: [String: PairedChange], of version: ModelVersion, isBest: Bool) {
        for (name, change) in changes {
            rivals[name, default: []].append(Rival(change: change, version: version, isBest: isBest))
        }
    }

    /// The best is the one from which the candidate gains least. Only there is the error of the change computed.
    private mutating func addBest(of pairs: [RivalPair]) throws {
        var best: [Int: [String]] = [:]
        for (name, found) in rivals {
            let gains = pairs.enumerated().compactMap { index, each in each.pair.gain(of: name).map { (index, $0) } }
            guard let least = gains.min(by: { $0.1 < $1.1 }), let now = found.first?.change.gain, least.1 < now else {
                continue
            }
            best[least.0, default: []].append(name)
        }
        for (index, names) in best {
            var changes = try pairs[index].pair.changes(of: names)
            if pairs[index].isSameArtifact { changes = changes.mapValues(\.ofOneArtifact) }
            add(changes, of: pairs[index].version, isBest: true)
        }
    }
}

/// An earlier version's predictions beside the candidate's.
private struct RivalPair {
    let version: ModelVersion
    let pair: PredictionPair
    let isSameArtifact: Bool
}

extension PredictionMismatch {
    /// Whether it cannot be where both versions predict the same data: more rows than before may be more of it.
    fileprivate func isProof(rows: Int, before: Int) -> Bool { self != .rowCount || rows < before }
}

extension Subject {
    /// Whether the evaluation's dataset is not that of another version: its digest, its address, or what lies at its paths in Git.
    ///
    /// A version that names none, unlike the other, does not evaluate other data.
    fileprivate func evaluatesOtherData(than other: Subject) -> Bool {
        guard let mine = evaluationData else { return false }
        guard let theirs = other.evaluationData else { return true }
        if let one = mine.pointer.sha256, let two = theirs.pointer.sha256 { return one != two }
        return mine.pointer.uri != theirs.pointer.uri || mine.objects != theirs.objects
    }

    private var evaluationData: (pointer: ArtifactPointer, objects: [ObjectID])? {
        guard let name = manifest.evaluation?.data, let dataset = datasets[name] else { return nil }
        // The file itself, or its pointer; a lock is of other files, too.
        let paths = dataset.paths(as: name)
        let own = paths.prefix(2).compactMap { version.data[$0] }
        return (dataset.pointer, own.isEmpty ? paths.compactMap { version.data[$0] } : own)
    }

    /// What to do where nothing tells whether the data changed.
    fileprivate var unnamedDataHint: String {
        evaluationData == nil ? "; name the data in spec.evaluation.data, so that its changes are known" : ""
    }
}

extension QualityGate.Threshold {
    /// The change against the strictest margin that is set; `standard`, a share, where none is.
    func test(_ rival: QualityChanges.Rival, _ standard: Double) -> TestedChange {
        let size = abs(rival.change.first)
        let named = [maxDrop, maxRelativeDrop.map { $0 * size }].compactMap { $0 }.min()
        let test = rival.change.nonInferiority(margin: named ?? standard * size, alpha: 1 - confidence)
        return TestedChange(rival: rival, test: test, share: named == nil ? standard : nil)
    }
}

/// A change, and whether it is shown to be no worse than allowed.
struct TestedChange {
    let rival: QualityChanges.Rival
    let test: NonInferiority
    /// Of the margin that holds where none is named.
    let share: Double?

    func finding(_ threshold: QualityGate.Threshold) -> Finding? {
        let alpha = 1 - threshold.confidence
        if threshold.by == .value { return rival.change.isWithin(test.margin) ? nil : worse(.fail, alpha) }
        switch test.verdict {
        case .shown: return nil
        case .notShown: return worse(.fail, alpha)
        case .inconclusive: return worse(.inconclusive, alpha)
        }
    }

    private func worse(_ verdict: Verdict, _ alpha: Double) -> Finding {
        let change = rival.change
        let margin = test.margin.brief + (share.map { " (\($0.percent), for want of a maxDrop)" } ?? "")
        let whose = rival.isBest ? "of \(rival.version.title), the best of the last versions" : "which runs now"
        let more = verdict == .fail ? nil : test.rowsNeeded.map { "; about \($0.grouped) rows would settle it" }
        return Finding(
            verdict,
            "\(change.name) \(change.second.brief): not shown to be at most \(margin) worse than \(change.first.brief), "
                + "\(whose); difference \(change.text(alpha: alpha))\(more ?? "")",
            value: change.difference, threshold: test.margin)
    }

    var json: JSON {
        [
            "from": .string(rival.version.revision.description), "gain": .double(test.gain),
            "low": .double(test.bounds.lower), "high": .double(test.bounds.upper), "margin": .double(test.margin),
            "p_value": .double(test.pValue), "rows_needed": test.rowsNeeded.map(JSON.int) ?? .null,
        ]
    }
}
